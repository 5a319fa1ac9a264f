"""Versions of models: kept, pinned, served again, taken back, and refused where not whole."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from ml.kept import from_bytes, to_bytes
from ml.prediction import Learned
from orchestration.errors import PortraitError
from orchestration.modelling import model_versions
from orchestration.modelling.pinning import pin_to_take_back, version_to_pin
from orchestration.modelling.pins import pin_of, pin_version, read_pins, unpin
from orchestration.modelling.pins_table import pins_digest, remember_pins
from orchestration.modelling.predictions import make_predictions
from orchestration.modelling.steps import tidy_metrics
from orchestration.modelling.targets import Declared
from tests.orchestration.modelled_shop import (
    DECLARED,
    FORCED,
    NORMAL,
    TABLES,
    Warehouse,
    declared,
    make_features,
)
from tests.orchestration.test_kept_models import NEXT_DAY
from tests.orchestration.test_kept_of_shops import OTHER_SHOP

NEXT_MONTH = """
    update features.as_of_dates set is_current = false where shop = 's';
    insert into features.as_of_dates
    values ('s', '2024-05-01', false), ('s', '2024-05-02', true);
    insert into features.training_labels
    select shop, customer_id, as_of_date, 29,
        (days_since_last_order + hash(customer_id, as_of_date) % 20 < 30)::bigint
    from features.customer_features where shop = 's' and as_of_date = '2024-04-01';
    insert into features.customer_features by name
    select * replace (days.as_of_date as as_of_date, days_since_last_order + 9
        as days_since_last_order)
    from features.customer_features as held, (
        values (date '2024-05-01'), (date '2024-05-02')
    ) as days (as_of_date)
    where held.as_of_date = '2024-04-01' and shop = 's';
    delete from features.customer_features where shop = 's' and as_of_date = date '2024-04-17';
    delete from features.as_of_dates where shop = 's' and as_of_date = date '2024-04-17';
"""
MADE = (
    *("customer_predictions", "prediction_outcomes", "prediction_reasons"),
    *("model_metrics", "model_versions"),
)
VERSIONS = """
    select model_version, is_latest, is_pinned, is_served, cast(served_since as varchar),
        cast(made_for as varchar), cast(trained_from as varchar), cast(trained_to as varchar),
        row_count, customer_count
    from ml.model_versions where shop = 's' order by made_for, model_version
"""
STATUS = "select note from ml.model_metrics where metric = 'status' and shop = 's'"


@pytest.fixture
def shop(warehouse: Warehouse) -> Warehouse:
    """A shop in April, whose labels of March make a second version in May."""
    make_features(warehouse)
    make(warehouse)
    return warehouse


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "own" / "pinned_models.yml"


def make(warehouse: Warehouse, one: Declared = DECLARED, *, is_forced: bool = False) -> bool:
    return make_predictions(warehouse, TABLES, [one], FORCED if is_forced else NORMAL).is_learned


def contents(warehouse: Warehouse) -> dict[str, list[tuple[object, ...]]]:
    """What the predictions made."""
    return {name: warehouse.execute(f"from ml.{name} order by all").fetchall() for name in MADE}


def versions(warehouse: Warehouse, shop: str = "s") -> list[tuple[str, bytes]]:
    """The versions of a shop with their bytes, the latest first."""
    kept = model_versions.kept_versions(warehouse, "repurchase")
    return [(version, content) for of, version, content in kept if of == shop]


def pin(warehouse: Warehouse, file: Path, number: int, shop: str = "s") -> str:
    """Pins a version by its place, the latest first, and has a run read that."""
    version, content = versions(warehouse, shop)[number]
    pin_version(file, pin_of(shop, "repurchase", version, content), content)
    remember_pins(warehouse, file)
    return version


def take_back(warehouse: Warehouse, file: Path) -> None:
    found = pin_to_take_back(file, "repurchase", None)
    assert found
    unpin(file, found)
    assert remember_pins(warehouse, file) == ""


def status(warehouse: Warehouse) -> str:
    ((note,),) = warehouse.execute(STATUS).fetchall()
    return str(note)


def test_a_version_says_what_it_learned_from(shop: Warehouse) -> None:
    ((first, *told),) = shop.execute(VERSIONS).fetchall()
    until = ["2024-02-01", "2024-03-01", 160, 80]
    assert told == [True, False, True, "2024-04-17", "2024-04-17", *until]
    shop.execute(NEXT_DAY)
    assert not make(shop)
    ((again, *_, since, made_for, _, _, _, _),) = shop.execute(VERSIONS).fetchall()
    assert (again, since, made_for) == (first, "2024-04-17", "2024-04-17")
    shop.execute(NEXT_MONTH)
    assert make(shop)
    older, newer = shop.execute(VERSIONS).fetchall()
    assert older[:6] == (first, False, False, False, None, "2024-04-17")
    assert newer[1:] == (
        *(True, False, True, "2024-05-02", "2024-05-02", "2024-02-01", "2024-04-01", 240, 80),
    )
    ((predicted,),) = shop.execute(
        "select distinct model_version from ml.customer_predictions"
    ).fetchall()
    ((served,),) = shop.execute(
        "select served_version from ml.model_versions where is_served"
    ).fetchall()
    assert predicted == served


def test_what_is_learned_again_is_the_same_version(shop: Warehouse) -> None:
    before = contents(shop)
    assert make(shop, is_forced=True)
    assert contents(shop) == before
    # A run was killed after the model was kept, and before its version was.
    shop.execute("delete from increments.model_versions")
    assert not make(shop)
    assert contents(shop) == before


def test_an_older_version_is_served_again_and_taken_back(shop: Warehouse, file: Path) -> None:
    before = contents(shop)
    shop.execute(NEXT_MONTH)
    make(shop)
    latest = contents(shop)
    version = pin(shop, file, 1)
    assert not make(shop)
    note = status(shop)
    assert note.startswith(f"pinned by the user (version {version}, first made for 2024-04-17): ")
    older, newer = shop.execute(VERSIONS).fetchall()
    # The portraits of 2 May are by it now, and so were those before.
    assert older[:5] == (version, False, True, True, "2024-04-17")
    assert newer[1:5] == (True, False, False, None)
    pinned = contents(shop)
    assert {row[4] for row in pinned["customer_predictions"]} == {
        row[4] for row in before["customer_predictions"]
    }
    # Its test is its own, as it was when it was made.
    test = "select value from ml.model_metrics where metric = 'roc_auc'"
    assert shop.execute(test).fetchall() == [
        (row[8],) for row in before["model_metrics"] if row[7] == "roc_auc"
    ]
    assert make(shop, is_forced=True)
    assert contents(shop) == pinned
    take_back(shop, file)
    assert not make(shop)
    assert contents(shop) == latest
    assert read_pins(file) == []
    assert not list(file.parent.glob("models/*"))


def test_a_pinned_version_outlives_the_warehouse(shop: Warehouse, file: Path) -> None:
    shop.execute(NEXT_MONTH)
    make(shop)
    version = pin(shop, file, 1)
    make(shop)
    before = contents(shop)
    shop.execute(
        "drop schema increments cascade; drop schema ingest cascade; drop schema ml cascade"
    )
    remember_pins(shop, file)
    assert make(shop)
    # Of what was served before the warehouse was made nobody knows.
    shop.execute("update ml.model_versions set served_since = '2024-04-17' where is_served")
    assert contents(shop) == before
    assert (version, True) in shop.execute(
        "select model_version, is_served from ml.model_versions"
    ).fetchall()


def test_the_last_versions_stay_and_the_pinned_one(
    shop: Warehouse, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_versions, "KEPT_VERSIONS", 2)
    first = pin(shop, file, 0)
    made = []
    for number in range(1, 5):
        shop.execute(
            "update features.customer_features set days_since_last_order = 40 - "
            f"days_since_last_order where customer_id in ('c{number}', 'c{number + 5}')"
        )
        assert make(shop)
        made.append(versions(shop)[0][0])
    assert len({first, *made}) == 5
    assert {version for version, _ in versions(shop)} == {first, *made[-2:]}
    take_back(shop, file)
    make(shop)
    assert {version for version, _ in versions(shop)} == {*made[-2:]}


def test_versions_of_what_is_gone_are_forgotten(shop: Warehouse) -> None:
    shop.execute(OTHER_SHOP)
    make(shop)
    tidy_metrics(shop, TABLES, [DECLARED])
    assert versions(shop) and versions(shop, "t")
    shop.execute("delete from features.as_of_dates where shop = 't'")
    tidy_metrics(shop, TABLES, [DECLARED])
    assert versions(shop) and not versions(shop, "t")
    tidy_metrics(shop, TABLES, [])
    assert not versions(shop)


def test_a_choice_is_one_shops(shop: Warehouse, file: Path, tmp_path: Path) -> None:
    shop.execute(OTHER_SHOP)
    make(shop)
    before = contents(shop)
    shop.execute(NEXT_MONTH)
    make(shop)
    latest = contents(shop)
    pin(shop, file, 1)
    make(shop)
    served = contents(shop)
    for name, rows in latest.items():
        others = [row for row in rows if row[0] == "t"]
        assert [row for row in served[name] if row[0] == "t"] == others
    assert served["customer_predictions"] != before["customer_predictions"]
    pin(shop, file, 0, "t")
    with pytest.raises(PortraitError, match="pinned of several shops"):
        pin_to_take_back(file, "repurchase", None)
    found = pin_to_take_back(file, "repurchase", "t")
    assert found
    unpin(file, found)
    assert [one.shop for one in read_pins(file)] == ["s"]
    assert len(list(file.parent.glob("models/*"))) == 1


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        pytest.param(
            declared(29, name="comes_again"), "another question: since then, target", id="target"
        ),
        pytest.param(
            replace(DECLARED, eligible="order_count > 1"),
            "another question: since then, eligible",
            id="of whom",
        ),
        pytest.param(
            replace(DECLARED, outcome="labels.order_day_count > 0 and true"),
            "another question: since then, outcome",
            id="outcome",
        ),
    ],
)
def test_a_version_that_answers_another_question_is_passed_over(
    shop: Warehouse,
    file: Path,
    changed: Declared,
    why: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    version = pin(shop, file, 0)
    make(shop, changed)
    assert why in status(shop)
    assert status(shop).startswith(f"the latest in place of the pinned version {version}, which ")
    ((warned,),) = [[one.message] for one in caplog.records if "is pinned for s" in one.message]
    assert "portrait models serve repurchase latest --shop s" in warned
    assert (version, True) in shop.execute(
        "select model_version, is_pinned from ml.model_versions"
    ).fetchall()


def test_a_version_whose_features_are_gone_is_passed_over(shop: Warehouse, file: Path) -> None:
    version = pin(shop, file, 0)
    ((features,),) = shop.execute("select features from ml.model_versions").fetchall()
    gone = next(name for name in features.split(", ") if name.startswith("lines"))
    shop.execute(f"alter table features.customer_features drop column {gone}")
    assert make(shop)
    assert f"version {version}, which needs features that are gone: {gone}: " in status(shop)
    ((predicted,),) = shop.execute(
        "select distinct model_version from ml.customer_predictions"
    ).fetchall()
    assert predicted != version


def test_a_past_day_is_by_what_was_known(shop: Warehouse, file: Path) -> None:
    then = contents(shop)
    shop.execute("create table features.then as from features.as_of_dates")
    shop.execute("create table features.then_customers as from features.customer_features")
    shop.execute(NEXT_MONTH)
    make(shop)
    version = pin(shop, file, 0)
    make(shop)
    shop.execute("create or replace table features.as_of_dates as from features.then")
    shop.execute(
        "create or replace table features.customer_features as from features.then_customers"
    )
    make(shop)
    assert f"pinned version {version}, which has learned what came after 2024-04-17" in status(shop)
    assert contents(shop)["customer_predictions"] == then["customer_predictions"]
    assert contents(shop)["model_versions"] == then["model_versions"]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda kept: kept[:50] + bytes([kept[50] ^ 1]) + kept[51:], id="flipped"),
        pytest.param(lambda kept: kept[: len(kept) // 2], id="cut"),
        pytest.param(lambda kept: b"", id="empty"),
        pytest.param(lambda kept: to_bytes(from_bytes(kept).learned), id="another, well formed"),
        pytest.param(lambda kept: to_bytes(Fraction(1, 2)), id="a foreign type"),
    ],
)
def test_a_model_that_was_exchanged_is_refused(
    shop: Warehouse, file: Path, damage: Callable[[bytes], bytes]
) -> None:
    pin(shop, file, 0)
    digest = pins_digest(shop)
    ((model,),) = [list(file.parent.glob("models/*"))]
    model.write_bytes(damage(model.read_bytes()))
    with pytest.raises(PortraitError, match="is not the model that was pinned") as raised:
        remember_pins(shop, file)
    assert str(model) in raised.value.message
    assert "portrait models serve repurchase latest --shop s" in raised.value.hint
    # What the last run knew is as it was.
    assert pins_digest(shop) == digest
    model.unlink()
    with pytest.raises(PortraitError, match="cannot be read"):
        remember_pins(shop, file)
    take_back(shop, file)


def test_a_foreign_type_is_not_unpacked_though_its_hash_is_right(
    shop: Warehouse, file: Path
) -> None:
    """Whoever can write the text too gets no further: nothing but our types is read."""
    latest = contents(shop)["customer_predictions"]
    version, _ = versions(shop)[0]
    for content in (to_bytes(Fraction(1, 2)), to_bytes({"model": 1}), b"none"):
        pin_version(file, pin_of("s", "repurchase", version, content), content)
        remember_pins(shop, file)
        make(shop)
        assert status(shop).startswith("the latest in place of the pinned version")
        assert contents(shop)["customer_predictions"] == latest


def test_a_model_of_other_code_is_passed_over(shop: Warehouse, file: Path, tmp_path: Path) -> None:
    """Code before an upgrade knew no rule of thumb beside the model."""
    ((version, content),) = versions(shop)
    whole = from_bytes(content)
    learned = object.__new__(Learned)
    learned.__dict__.update({k: v for k, v in vars(whole.learned).items() if k != "rule"})
    older = to_bytes(replace(whole, learned=learned))
    pin_version(file, pin_of("s", "repurchase", version, older), older)
    remember_pins(shop, file)
    make(shop)
    assert "cannot be read by this code (TypeError: its Learned has no rule)" in status(shop)
    shop.execute("update increments.model_versions set content = ?", [older])
    shop.close()
    with pytest.raises(PortraitError, match="its Learned has no rule"):
        version_to_pin(tmp_path / "warehouse.duckdb", "repurchase", version, None)


def test_a_model_under_the_name_of_another_is_not_served(shop: Warehouse, file: Path) -> None:
    shop.execute(NEXT_MONTH)
    make(shop)
    (newer, _), (_, content) = versions(shop)
    pin_version(file, pin_of("s", "repurchase", newer, content), content)
    remember_pins(shop, file)
    make(shop)
    assert "which is another: that of repurchase of s" in status(shop)


def test_a_version_is_named_by_how_it_begins(warehouse: Warehouse, tmp_path: Path) -> None:
    make_features(warehouse)
    make(warehouse)
    ((version, content),) = versions(warehouse)
    file = tmp_path / "warehouse.duckdb"
    warehouse.close()
    pin, found = version_to_pin(file, "repurchase", version[:4], None)
    assert (pin.shop, pin.model_version, found) == ("s", version, content)
    for prediction, named, shop in (
        ("repurchase", "xyz", None),
        ("churn", version, None),
        ("repurchase", version, "t"),
    ):
        with pytest.raises(PortraitError, match="there is no such version"):
            version_to_pin(file, prediction, named, shop)
    with pytest.raises(PortraitError, match="no warehouse yet"):
        version_to_pin(tmp_path / "none.duckdb", "repurchase", version, None)


@pytest.mark.parametrize("damaged", [b"none", to_bytes(Fraction(1, 2)), to_bytes({"a": 1})])
def test_a_damaged_version_cannot_be_pinned(
    shop: Warehouse, tmp_path: Path, damaged: bytes
) -> None:
    ((version, _),) = versions(shop)
    shop.execute("update increments.model_versions set content = ?", [damaged])
    shop.close()
    with pytest.raises(PortraitError, match="it is damaged, or other code made it"):
        version_to_pin(tmp_path / "warehouse.duckdb", "repurchase", version, None)


def test_what_is_served_is_noted_day_by_day(shop: Warehouse, file: Path) -> None:
    def since() -> list[tuple[object, ...]]:
        return shop.execute(
            "select model_version, cast(served_since as varchar) from ml.model_versions"
            " where is_served"
        ).fetchall()

    ((first, _),) = since()
    shop.execute(NEXT_MONTH)
    make(shop)
    ((second, day),) = since()
    assert (second != first, day) == (True, "2024-05-02")
    shop.execute("""
        update features.as_of_dates set as_of_date = date '2024-05-03' where is_current;
        update features.customer_features set as_of_date = date '2024-05-03'
        where as_of_date = date '2024-05-02'
    """)
    pin(shop, file, 1)
    make(shop)
    assert since() == [(first, "2024-05-03")]
    take_back(shop, file)
    make(shop)
    assert since() == [(second, "2024-05-02")]
