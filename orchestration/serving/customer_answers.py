"""The answer about one customer, as JSON, made of the marts in SQL for all customers at once."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from orchestration.publishing.reading import PublishedColumn, Snapshot
from orchestration.quoting import identifier

PROFILES = "customer_profiles"
# Said once of a customer, and not again of each row about it.
SAID_ONCE = ("shop", "customer_id", "as_of_date")
# So many are in memory at once, as text of some 16 kB each.
_BATCH = 1_000


class Part(NamedTuple):
    """A mart of which the answer has rows.

    Attributes:
        name: What the answer calls it.
        order: Columns that its rows are sorted by; none where a customer has one row at most.
        left_out: Columns that only the mart has.
    """

    name: str
    order: tuple[str, ...]
    left_out: tuple[str, ...] = ()


REASONS = "prediction_reasons"
PARTS: Mapping[str, Part] = {
    "customer_segments": Part("segment", ()),
    "customer_lifetime_value": Part("lifetime_value", ()),
    "customer_tags": Part("tags", ("tag_key",)),
    "customer_predictions": Part(
        "predictions", ("target",), ("baseline_probability", "baseline_amount")
    ),
    "customer_next_categories": Part(
        "next_categories",
        ("slot", "rank"),
        (
            *("model_name", "model_version", "because_category", "reason_kind"),
            *("reason_count", "purchase_day_count"),
            *("days_since_last_purchase", "days_between_purchases"),
        ),
    ),
    "customer_recommendations": Part(
        "recommendations",
        ("slot", "rank"),
        (
            *("model_name", "model_version", "because_product_name", "reason_kind"),
            *("reason_count", "purchase_day_count"),
            *("days_since_last_purchase", "days_between_purchases"),
        ),
    ),
}
"""What the answer has beside the profile, by mart, in its order.

What a sentence says already is left out: with all columns of all marts the file took twice the time
and was a third larger.
"""
REASONS_PART = Part("reasons", ("rank",), ("prediction", "target", "theme"))
"""What a prediction has of prediction_reasons."""


class Answer(NamedTuple):
    """An answer as `packed.pack` takes it."""

    customer_id: str
    plain: str
    personal: str


def said_columns(snapshot: Snapshot, mart: str, part: Part | None = None) -> list[PublishedColumn]:
    """The columns of a mart that stand in the answer."""
    left_out = {*SAID_ONCE, *(part.left_out if part else ())}
    return [column for column in snapshot.columns(mart) if column.name not in left_out]


def customer_answers(snapshot: Snapshot) -> Iterator[list[Answer]]:
    """The answers of all customers, in the order of their profiles, some at a time."""
    query = _query(snapshot)
    places = [snapshot.rows(_PLACES.format(mart=mart), _BATCH) for mart in _ASKED]
    for batch in zip(*places, strict=True):
        ends = [end for place in batch for end in (place["first"], place["last"])]
        rows = snapshot.rows(query, *ends)
        yield [Answer(row["customer_id"], row["plain"], row["personal"]) for row in rows]


# The first and the last row of a mart about the customers of each batch.
_PLACES = f"""
    with
    asked as (select customer_id, {PROFILES}.rowid // $1 as batch from {PROFILES}),
    held as (
        select asked.batch, min({{mart}}.rowid) as first, max({{mart}}.rowid) as last
        from {{mart}}
        inner join asked using (customer_id)
        group by asked.batch
    )
    select held.first, held.last
    from (select distinct batch from asked) as batches
    left join held using (batch)
    order by batches.batch
"""
_ASKED = (PROFILES, REASONS, *PARTS)


def _query(snapshot: Snapshot) -> str:
    """SQL for a batch, whose first and last rows are $1 and $2 of the first mart, and so on.

    Every mart is sorted by customer, so that only what is about these is read of it. Asked by
    their ids, all ids would be gone through for each batch: DuckDB knows of a part of a column no
    more than how its texts begin, and those of a shop begin alike.
    """
    profile = said_columns(snapshot, PROFILES)
    fields = [
        *((name, f"to_json(asked.{name})") for name in SAID_ONCE),
        ("profile", _object("asked", [one for one in profile if not one.is_personal])),
        *((part.name, f"coalesce({part.name}.said, {_nothing(part)})") for part in PARTS.values()),
    ]
    personal = [
        ("profile", _object("asked", [one for one in profile if one.is_personal])),
        ("tags", "coalesce(tags.personal, '[]')"),
    ]
    by = ("customer_id", "prediction", "target")
    joins = "\n".join(f"left join {part.name} using (customer_id)" for part in PARTS.values())
    return f"""
        with
        asked as (from {_asked(PROFILES)}),
        internal_tags as (select distinct tag_key from tag_catalog where sensitivity = 'internal'),
        reasons as ({_rows(snapshot, REASONS, REASONS_PART, by)}),
        {", ".join(f"{part.name} as ({_part(snapshot, mart)})" for mart, part in PARTS.items())}
        select customer_id, '{{' || {_fields(fields)} as plain,
            '{{' || {_fields(personal)} || '}}' as personal
        from asked
        {joins}
        order by customer_id
    """


def _part(snapshot: Snapshot, mart: str) -> str:
    part, columns = PARTS[mart], said_columns(snapshot, mart, PARTS[mart])
    if not part.order:
        return f"select customer_id, {_object(mart, columns)} as said from {_asked(mart)}"
    if part.name == "tags":
        return _rows(snapshot, mart, part, ("customer_id",), is_split=True)
    if part.name == "predictions":
        reasons = [("reasons", "coalesce(reasons.said, '[]')")]
        joined = f"{_asked(mart)} left join reasons using (customer_id, prediction, target)"
        said = f"{_array(_object(mart, columns, reasons), _order(mart, part))} as said"
        return f"select customer_id, {said} from {joined} group by customer_id"
    return _rows(snapshot, mart, part, ("customer_id",))


def _rows(
    snapshot: Snapshot, mart: str, part: Part, by: Sequence[str], *, is_split: bool = False
) -> str:
    """The rows of a mart as one array; the personal tags in another."""
    row, order = _object(mart, said_columns(snapshot, mart, part)), _order(mart, part)
    said = f"{_array(row, order)} as said"
    if is_split:
        is_internal = "tag_key in (from internal_tags)"
        said = (
            f"{_array(row, order, is_internal)} as said, "
            f"{_array(row, order, f'not {is_internal}')} as personal"
        )
    keys = ", ".join(by)
    return f"select {keys}, {said} from {_asked(mart)} group by {keys}"


def _asked(mart: str) -> str:
    """A mart, cut to where the customers of the batch are."""
    last = 2 * (_ASKED.index(mart) + 1)
    return f"(from {mart} where {mart}.rowid between ${last - 1} and ${last}) as {mart}"


def _order(mart: str, part: Part) -> str:
    return ", ".join(f"{mart}.{identifier(column)}" for column in part.order)


def _nothing(part: Part) -> str:
    return "'[]'" if part.order else "'null'"


def _array(row: str, order: str, condition: str = "true") -> str:
    listed = f"string_agg({row}, ',' order by {order}) filter ({condition})"
    return f"coalesce('[' || {listed} || ']', '[]')"


def _object(
    table: str, columns: Sequence[PublishedColumn], more: Sequence[tuple[str, str]] = ()
) -> str:
    """A row as a JSON object; `more` are fields whose values are JSON already."""
    values = ", ".join(
        f"{identifier(column.name)} := {_value(table, column)}" for column in columns
    )
    if not values:
        return "'{}'"
    said = f"cast(to_json(struct_pack({values})) as varchar)"
    if not more:
        return said
    return f"{said}[:-2] || ',' || {_fields(more)} || '}}'"


def _value(table: str, column: PublishedColumn) -> str:
    value = f"{table}.{identifier(column.name)}"
    if column.name == "evidence":
        return f"{value}::json"
    # JSON has no NaN and no infinity.
    return f"case when isfinite({value}) then {value} end" if _is_double(column) else value


def _is_double(column: PublishedColumn) -> bool:
    return column.data_type in ("DOUBLE", "FLOAT")


def _fields(fields: Sequence[tuple[str, str]]) -> str:
    """Fields of an object, without its braces; names are those of columns and of parts."""
    return " || ',' || ".join(f"""'"{name}":' || {value}""" for name, value in fields)
