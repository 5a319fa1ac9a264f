"""Column lineage: values are followed to the columns of the tables that a query reads."""

import pytest
from sqlglot.errors import SqlglotError

from orchestration.defs.table_metadata import lineage_metadata
from orchestration.warehouse.column_lineage import Origin, origins_of

COLUMNS = {
    "tags": {"tags_value": {"customer_id": "varchar", "spend": "double", "day": "date"}},
    "ml": {"segments": {"customer_id": "varchar", "name": "varchar"}},
}
SQL = """
with

spend as (

    select * from "warehouse"."tags"."tags_value"
    where day = date '2024-01-01'

),

segments as (

    select * from "warehouse"."ml"."segments"

),

joined as (

    select
        spend.customer_id,
        coalesce(segments.name, cast(spend.spend as varchar)) as name,
        count(*) over () as customer_count
    from spend
    left join segments on spend.customer_id = segments.customer_id

)

select * from joined
"""


def test_values_are_followed_through_stars_and_joins() -> None:
    assert origins_of(SQL, COLUMNS) == {
        "customer_id": [Origin("tags", "tags_value", "customer_id")],
        "name": [Origin("ml", "segments", "name"), Origin("tags", "tags_value", "spend")],
        "customer_count": [],
    }


def test_both_parts_of_a_union_are_origins() -> None:
    sql = """
        select customer_id from "warehouse"."ml"."segments"
        union all
        select customer_id from "warehouse"."tags"."tags_value"
    """
    (found,) = origins_of(sql, COLUMNS).values()
    assert {origin.schema for origin in found} == {"ml", "tags"}


def test_a_union_by_name_is_left_without() -> None:
    sql = """
        select customer_id, name from "warehouse"."ml"."segments"
        union all by name
        select spend, customer_id from "warehouse"."tags"."tags_value"
    """
    assert origins_of(sql, COLUMNS) == {}
    assert lineage_metadata({}) == {}


def test_what_is_no_sql_is_refused() -> None:
    with pytest.raises(SqlglotError):
        origins_of("select from where (", COLUMNS)
