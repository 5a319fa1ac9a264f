"""A zip archive is read as the files in it, or told why not."""

import stat
import zipfile
from pathlib import Path

import pytest

from orchestration.landing import formats
from orchestration.landing.archives import unpacked
from orchestration.landing.files import HashCache
from orchestration.landing.unread import unread_files
from orchestration.onboarding.sample import sample_files

from .landings import Connection, land_location, refused, sales, shop

GOOD = "customer\nanna\n"
SHOP = shop("customer", files=("export_*.zip/orders_*.csv",))
WHOLE = shop("customer", files=("orders_*.csv",))


def pack(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def test_the_files_of_an_archive_land_like_others(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    pack(folder / "export_03.zip", {"orders_3.csv": GOOD, "readme.txt": "x"})
    pack(folder / "export_04.zip", {"orders_4.csv": "customer\nbert\n", "__MACOSX/x": "x"})
    land_location(warehouse, hashes, SHOP, folder)
    assert sales(warehouse, "customer, _origin_file") == [
        ("anna", "export_03.zip/orders_3.csv"),
        ("bert", "export_04.zip/orders_4.csv"),
    ]
    assert unread_files(SHOP, folder) == ("export_03.zip/readme.txt",)
    # A new version of an archive brings its own rows, and one that is gone takes its rows away.
    pack(folder / "export_03.zip", {"orders_3.csv": "customer\ncleo\n"})
    (folder / "export_04.zip").unlink()
    assert land_location(warehouse, hashes, SHOP, folder).read_count == 1
    assert sales(warehouse, "customer") == [("cleo",)]


def test_an_archive_that_is_named_is_a_folder(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    path = pack(tmp_path / "march.zip", {"orders_3.csv": GOOD, "more/x.csv": "a,b\n1,2\n"})
    land_location(warehouse, hashes, WHOLE, path)
    assert sales(warehouse, "customer, _origin_file") == [("anna", "orders_3.csv")]
    assert unread_files(WHOLE, path) == ("more/x.csv",)
    pack(path, {"orders_3.csv": "customer\nanna\na,b\n"})
    assert f"{path}/orders_3.csv cannot be read" in refused(warehouse, hashes, WHOLE, path)


def test_a_sample_reads_archives(tmp_path: Path) -> None:
    pack(
        tmp_path / "export_2025-03.zip", {"orders.csv": "id,day\n1,2\n", "lines.json": '[{"a":1}]'}
    )
    pack(tmp_path / "other.zip", {"inner.zip": "x"})
    with sample_files(tmp_path) as sample:
        assert [(one.name, one.meta["files"]) for one in sample.tables] == [
            ("lines", ["export_*.zip/lines.json"]),
            ("orders", ["export_*.zip/orders.csv"]),
        ]
        (told,) = sample.unread
        assert told.startswith("other.zip holds another archive, inner.zip.")
    with sample_files(tmp_path / "export_2025-03.zip") as sample:
        assert [one.meta["files"] for one in sample.tables] == [["lines.json"], ["orders.csv"]]


def tricky(path: Path, name: str, *, mode: int = 0, flags: int = 0, say: int | None = None) -> None:
    member = zipfile.ZipInfo(name)
    member.external_attr = mode << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, GOOD)
    content = bytearray(path.read_bytes())
    place = content.index(b"PK\x01\x02")
    if flags:
        content[6] |= flags
        content[place + 8] |= flags
    if say is not None:
        content[place + 24 : place + 28] = say.to_bytes(4, "little")
    path.write_bytes(bytes(content))


TRICKS = {
    "../orders_1.csv": ({}, "which leads out of its folder"),
    "/orders_1.csv": ({}, "which leads out of its folder"),
    "..\\orders_1.csv": ({}, "which leads out of its folder"),
    "orders_1.csv": ({"mode": stat.S_IFLNK | 0o777}, "is no plain file"),
    "orders_2.csv": ({"flags": 1}, "march.zip has a password. Unpack it"),
    "orders_3.zip": ({}, "march.zip holds another archive, orders_3.zip"),
    "orders_4.csv": ({"say": 5}, "march.zip cannot be unpacked"),
    "orders_5.csv": ({"say": 1 << 30}, "which is more than 200 times its size"),
}


@pytest.mark.parametrize("name", TRICKS)
def test_tricks_are_refused(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, name: str
) -> None:
    how, told = TRICKS[name]
    tricky(tmp_path / "march.zip", name, **how)  # type: ignore[arg-type]
    assert told in refused(warehouse, hashes, WHOLE, tmp_path / "march.zip")
    assert not list(tmp_path.glob("*.csv"))


def test_names_that_are_one_and_a_damaged_archive_are_told(
    warehouse: Connection, hashes: HashCache, tmp_path: Path
) -> None:
    path = pack(tmp_path / "march.zip", {"orders_1.csv": GOOD, "ORDERS_1.csv": GOOD})
    assert "holds two files of one name" in refused(warehouse, hashes, WHOLE, path)
    content = pack(path, {"orders_1.csv": GOOD * 50}).read_bytes()
    path.write_bytes(content[:60])
    assert "still being written" in refused(warehouse, hashes, WHOLE, path)
    path.write_bytes(content[:45] + b"\0\0\0" + content[48:])
    assert "march.zip cannot be unpacked" in refused(warehouse, hashes, WHOLE, path)


def test_a_bomb_is_not_unpacked(
    warehouse: Connection, hashes: HashCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "_ALWAYS_ALLOWED", 1 << 20)
    path = pack(tmp_path / "march.zip", {"orders_1.csv": "customer\n" + "a\n" * (1 << 20)})
    assert "If that is meant, unpack it yourself" in refused(warehouse, hashes, WHOLE, path)


@pytest.mark.parametrize(
    ("raw", "name"),
    [("订单.csv".encode("gb2312"), "订单.csv"), ("Aufträge.csv".encode("cp437"), "Aufträge.csv")],
)
def test_a_name_without_encoding_is_what_windows_meant(
    tmp_path: Path, raw: bytes, name: str
) -> None:
    path = tmp_path / "march.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x" * len(raw), GOOD)
    path.write_bytes(path.read_bytes().replace(b"x" * len(raw), raw))
    found = unpacked(path, cache=tmp_path / "cache").iterdir()
    assert [one.name for one in found] == [name]


def test_what_an_archive_held_goes_with_it(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = pack(tmp_path / "march.zip", {"orders_1.csv": GOOD})
    unpacked(first, cache=cache)
    first.unlink()
    unpacked(pack(tmp_path / "april.zip", {"orders_2.csv": GOOD}), cache=cache)
    assert [path.name for path in cache.rglob("*.csv")] == ["orders_2.csv"]
