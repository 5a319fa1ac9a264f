"""What the package knows about names and values, read from its yml files, and the contract."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.landing.table_place import numbers_among, values_among
from orchestration.project import Project

_HERE = Path(__file__).parent
CUSTOMER_KEY = "source_customer_id"
# Every entity has these; they are not guessed but written.
_OF_LANDING = {
    "source_system",
    "unparsed_values",
    "origin_file",
    "origin_row",
    "load_id",
    "loaded_at",
}


@dataclass(frozen=True)
class ColumnWords:
    """How a contract column is recognised: by its names elsewhere and by its values' looks.

    `day` and `hour` are the contract columns that follow from a time.
    """

    looks: str
    names: frozenset[str]
    also: frozenset[str]
    unlike: frozenset[str]
    is_shared: bool
    day: str | None = None
    hour: str | None = None


@dataclass(frozen=True)
class EntityWords:
    """How an entity is recognised.

    Attributes:
        tables: Words in names of tables.
        needs: Each member is a set of columns of which one must be found.
        columns: The contract's columns that can be guessed, and helpers.
        helpers: Columns that are not in the contract.
        required: Contract columns that a row must have to be accepted.
    """

    tables: frozenset[str]
    needs: tuple[frozenset[str], ...]
    columns: Mapping[str, ColumnWords]
    helpers: frozenset[str]
    required: tuple[str, ...]


@dataclass(frozen=True)
class Contract:
    """The columns of each input entity with their types, in the contract's order."""

    entities: Mapping[str, Mapping[str, str]]

    def guessable(self, entity: str) -> list[str]:
        """The columns of an entity that a source can bring."""
        return [name for name in self.entities[entity] if name not in _OF_LANDING]


def read_contract(dbt_project: Path) -> Contract:
    """The inputs contract, from the one place where it stands."""
    entities = {}
    for path in sorted((dbt_project / "models" / "inputs").glob("input_*.yml")):
        (model,) = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
        entities[path.stem.removeprefix("input_")] = {
            column["name"]: column["data_type"] for column in model["columns"]
        }
    return Contract(entities)


@cache
def entity_words() -> dict[str, EntityWords]:
    """How each entity and its columns are recognised (`entities.yml`, and `languages/`)."""
    languages = [_read(f"languages/{path.name}") for path in sorted(_HERE.glob("languages/*.yml"))]
    known = {
        name: _entity(read, [language.get(name, {}) for language in languages])
        for name, read in _read("entities.yml").items()
    }
    customers, products = (known[name].columns for name in ("customers", "products"))
    # Where nothing else names a customer or a product, an address or a name does.
    instead = {
        CUSTOMER_KEY: customers["email"].names | customers["phone"].names,
        "source_product_id": products["name"].names - customers["name"].names,
    }
    found = {name: _with_others(words, instead) for name, words in known.items()}
    # A line calls its order what the order calls itself.
    lines, number = found["order_lines"], found["orders"].columns["source_order_id"]
    own = lines.columns["source_order_id"]
    named = replace(own, names=own.names | number.names)
    found["order_lines"] = replace(lines, columns={**lines.columns, "source_order_id": named})
    return found


def _with_others(words: EntityWords, instead: Mapping[str, frozenset[str]]) -> EntityWords:
    """Names in whatever language that may stand for a key, where some already may."""
    columns = dict(words.columns)
    for key, names in instead.items():
        if key in columns and columns[key].also:
            columns[key] = replace(
                columns[key], also=(columns[key].also | names) - columns[key].names
            )
    return replace(words, columns=columns)


def column_words(entity: str, column: str) -> ColumnWords:
    """How a column is recognised that may stand in rows of another entity than its own.

    What both have bears the other's name in front there: `order_discount_amount` of a line.
    """
    known = entity_words()
    homes = [known[name].columns for name in (entity, "orders", *known)]
    for name in (column, column.partition("_")[2]):
        for columns in homes:
            if name in columns:
                return columns[name]
    raise KeyError(column)


@cache
def known_names() -> frozenset[str]:
    """All names of columns that are known, of whatever entity, without blanks and case."""
    columns = [column for words in entity_words().values() for column in words.columns.values()]
    return frozenset(squeezed(name) for one in columns for name in (*one.names, *one.also))


@cache
def phone_names() -> frozenset[str]:
    """What columns of phone numbers are called, without blanks and case."""
    return frozenset(map(squeezed, entity_words()["customers"].columns["phone"].names))


@cache
def known_values() -> dict[str, dict[str, list[str]]]:
    """Kind of value → the contract's word → how others write it (`values.yml`).

    What statuses mean is data of the warehouse too: the seed `order_statuses`.
    """
    kinds = {name: sets for name, sets in _read("values.yml").items() if isinstance(sets, dict)}
    statuses: dict[str, list[str]] = {}
    seed = Project.find().dbt_project / "seeds" / "order_statuses.csv"
    with seed.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            statuses.setdefault(row["status"], []).append(row["status_word"])
    return {**kinds, "order_status": statuses}


@cache
def placeholder_words() -> frozenset[str]:
    """Words in small letters that stand for no customer: the seed `placeholder_customers`.

    Its patterns of mailboxes are left out.
    """
    seed = Project.find().dbt_project / "seeds" / "placeholder_customers.csv"
    with seed.open(encoding="utf-8", newline="") as stream:
        words = [row["pattern"] for row in csv.DictReader(stream)]
    return frozenset(word.lower() for word in words if "%" not in word)


def status_word(value: str) -> str:
    """A status as the seed `order_statuses` writes it; the macro of that name does the same.

    `-1` is a number and stays one: 1 is another status.
    """
    bare = value.strip().lower().removeprefix("wc-")
    return " ".join(re.sub(r"(^-\d+$)|[-_]", r"\1 ", bare).split())


@cache
def time_formats() -> list[str]:
    """Formats of dates and times in the order in which they are tried."""
    return list(_read("values.yml")["time_formats"])


@cache
def spelt_formats() -> list[str]:
    """Formats of what the macro `spelt_time` makes of times in words."""
    read = _read("values.yml")
    return [f"{day}{clock}" for clock in read["spelt_clocks"] for day in read["spelt_days"]]


@cache
def spelt_times() -> list[tuple[str, str]]:
    """What the macro `spelt_time` replaces in a time, and by what: a var of the dbt project."""
    settings = (Project.find().dbt_project / "dbt_project.yml").read_text(encoding="utf-8")
    return [
        (pattern, instead) for pattern, instead in yaml.safe_load(settings)["vars"]["spelt_times"]
    ]


@cache
def lacking() -> dict[str, str]:
    """What it means that `entity` or `entity.column` is lacking (`lacking.yml`)."""
    return dict(_read("lacking.yml"))


def table_words() -> list[tuple[str, str]]:
    """(word, entity) for names of tables, the longest words first."""
    pairs = [(word, name) for name, entity in entity_words().items() for word in entity.tables]
    return sorted(pairs, key=lambda pair: (-len(pair[0]), pair))


def words_of(name: str) -> tuple[str, ...]:
    """A name's words in lower case: `orderDate`, `Order Date` and `order_date` give the same."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return tuple(re.findall(r"\w+", spaced.replace("_", " ").lower()))


def squeezed(name: str) -> str:
    """A name without case, blanks and punctuation."""
    return "".join(words_of(name))


def has_no_header(names: Sequence[str]) -> bool:
    """Whether what stands in the place of the names are values of a first row."""
    values, numbers = values_among(names), numbers_among(names)
    known = sum(squeezed(name) in known_names() for name in names)
    told = len({*values, *numbers})
    is_mostly_numbers = len(numbers) > 1 and 2 * told >= len(names)
    return told > known and bool(values or is_mostly_numbers)


def _read(name: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((_HERE / name).read_text(encoding="utf-8"))
    return read


def _entity(read: Mapping[str, Any], languages: Sequence[Mapping[str, Any]]) -> EntityWords:
    helpers = read.get("helpers", {})
    tables = [*read["tables"], *(word for own in languages for word in own.get("tables", []))]
    return EntityWords(
        tables=frozenset(" ".join(words_of(word)) for word in tables),
        needs=tuple(frozenset(need.split(" or ")) for need in read["needs"]),
        columns={
            name: _column(
                name,
                words,
                [own.get(name, []) for own in languages],
                [own.get(f"{name}_also", []) for own in languages],
            )
            for name, words in {**read["columns"], **helpers}.items()
        },
        helpers=frozenset(helpers),
        required=tuple(read["required"]),
    )


def _column(
    name: str,
    words: Mapping[str, Any],
    languages: Sequence[Sequence[str]],
    also: Sequence[Sequence[str]],
) -> ColumnWords:
    return ColumnWords(
        looks=words["looks"],
        names=frozenset({name, *words["names"], *(word for own in languages for word in own)}),
        also=frozenset({*words.get("also", []), *(word for own in also for word in own)}),
        unlike=frozenset(words.get("unlike", [])),
        is_shared=words.get("shared", False),
        day=words.get("day"),
        hour=words.get("hour"),
    )
