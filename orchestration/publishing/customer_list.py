"""A list of customers, as somebody gives it: ids in a file, or a condition on customer_profiles."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.errors import PortraitError
from orchestration.publishing.reading import Snapshot
from orchestration.quoting import shortened

_SHOWN = 5
# What may stand above ids.
_HEADINGS = ("customer_id", "customer", "source_customer_id", "id")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class CustomerList:
    """Customers of one shop.

    Attributes:
        shop: Theirs.
        customers: Their ids of customer_profiles, ascending, each once.
        named_columns: Columns of customer_profiles that a condition names.
    """

    shop: str
    customers: tuple[str, ...]
    named_columns: frozenset[str] = frozenset()


def read_list(snapshot: Snapshot, file: Path) -> CustomerList:
    """The customers whose keys stand in the first column of a text file, a line each.

    Args:
        snapshot: The published snapshot.
        file: Text or CSV in UTF-8; a heading such as customer_id may stand above, blank lines and
            keys that come again are passed over. Keys are as in `Snapshot.profile`.

    Raises:
        PortraitError: It cannot be read, names somebody that nobody is, or customers of several
            shops.
    """
    keys = _keys_of(file)
    found = snapshot.customers(keys)
    _check_known(file, keys, found["customer_key"][found["customer_id"].isna()].tolist())
    several = found["customer_key"][found["customer_key"].duplicated()].unique().tolist()
    if several:
        raise PortraitError(
            f"Several sources have a customer {_some(several)} of {file}.",
            "Write the source before the id, as in customer_profiles: source:id.",
        )
    shops = found.drop_duplicates("customer_id")["shop"].value_counts(sort=False).sort_index()
    if len(shops) > 1:
        told = ", ".join(f"{count:,} of {shop}" for shop, count in shops.items())
        raise PortraitError(
            f"{file} names customers of several shops: {told}.",
            "Customers are compared within their shop: give a list of one.",
        )
    return CustomerList(shops.index[0], tuple(sorted(set(found["customer_id"]))))


def select_list(snapshot: Snapshot, condition: str) -> CustomerList:
    """The customers of whom a condition on customer_profiles holds.

    Args:
        snapshot: The published snapshot.
        condition: SQL, such as `is_coupon_user and value_tier = 'high'`.

    Raises:
        PortraitError: It is no condition, or holds of customers of several shops or of nobody.
    """
    query = f"select shop, customer_id from customer_profiles where ({condition}\n) order by all"
    try:
        if len(duckdb.extract_statements(query)) != 1:
            raise PortraitError(f"This is no condition: {condition}", _ONE_CONDITION)
        rows = snapshot.rows(query)
    except duckdb.Error as error:
        said = str(error).split("\n", 1)[0]
        raise PortraitError(f"This is no condition: {condition}. {said}", _ONE_CONDITION) from error
    shops = sorted({row["shop"] for row in rows})
    if not shops:
        raise PortraitError(
            f"Of no customer holds: {condition}", "See portrait show for the words."
        )
    if len(shops) > 1:
        raise PortraitError(
            f"The condition holds of customers of several shops: {', '.join(shops)}.",
            f"Add one: and shop = '{shops[0]}'.",
        )
    words = frozenset(_WORD.findall(condition))
    return CustomerList(shops[0], tuple(str(row["customer_id"]) for row in rows), words)


_ONE_CONDITION = "Give one on columns of customer_profiles, as: --where \"value_tier = 'high'\""


def _keys_of(file: Path) -> list[str]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            head = lines.readline()
            delimiter = next((mark for mark in "\t;," if mark in head), ",")
            lines.seek(0)
            cells = [row[0].strip() for row in csv.reader(lines, delimiter=delimiter) if row]
    except FileNotFoundError as error:
        raise PortraitError(f"There is no file {file}.", "Name a text file of ids.") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PortraitError(
            f"{file} cannot be read as text: {error}.", "Write it as UTF-8, an id a line."
        ) from error
    keys = list(dict.fromkeys(cell for cell in cells if cell))
    if keys and keys[0].casefold() in _HEADINGS:
        del keys[0]
    if not keys:
        raise PortraitError(
            f"{file} names nobody.", "Write an id of customer_profiles on each line."
        )
    return keys


def _check_known(file: Path, keys: Sequence[str], unknown: Sequence[str]) -> None:
    if unknown:
        raise PortraitError(
            f"{len(unknown):,} of {len(keys):,} ids in {file} are no customers: {_some(unknown)}.",
            "Take them out, or name customers as customer_profiles or a source does.",
        )


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(shortened(name, 60) for name in names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else shown
