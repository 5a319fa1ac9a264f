"""The invariants of the design as checks on a warehouse whose raw tables are filled."""

from datetime import date

import duckdb

from orchestration.warehouse.plain_project import PlainProject

SQL_LAYERS = {"staging", "inputs", "intermediate", "features"}

# The day of a row of each dated entity, and what is its key beside the source system.
DATED = {
    "customers": ("registered_at", ["source_customer_id"]),
    "orders": ("order_date", ["source_order_id"]),
    "events": ("event_date", ["source_event_id"]),
    "reviews": ("review_date", ["source_review_id"]),
    "campaign_contacts": (
        "contact_date",
        ["source_campaign_id", "source_customer_id", "contacted_at"],
    ),
    "coupon_redemptions": (
        "redemption_date",
        ["source_coupon_id", "source_customer_id", "redeemed_at"],
    ),
    "survey_responses": ("answer_date", ["source_survey_id", "source_customer_id", "question"]),
    "consents": ("change_date", ["source_customer_id", "purpose", "changed_at"]),
}
# What adds up over people, whoever they are; what nobody knows of one may be known of two together.
ADDITIVE = {
    "feature_purchases": [
        "sum(order_count)",
        "sum(unvalued_order_count)",
        "case when sum(unvalued_order_count) = 0 then sum(total_spend) end",
        "sum(line_count)",
        "sum(returned_amount)",
    ],
    "feature_engagement": ["sum(session_count)", "sum(review_count)"],
    "feature_campaigns": ["sum(coupon_redemption_count)"],
}

Rows = list[tuple[object, ...]]


def contents(connection: duckdb.DuckDBPyConnection, schema: str) -> dict[str, Rows]:
    """All rows of all relations of a schema, sorted."""
    names = connection.execute(
        "select table_name from information_schema.tables where table_schema = ?", [schema]
    ).fetchall()
    return {
        name: connection.sql(f"select * from {schema}.{name} order by all").fetchall()
        for (name,) in names
    }


def check_data_tests(connection: duckdb.DuckDBPyConnection, plain: PlainProject) -> None:
    """Conservation, grain, closed keys and netting, as the project's own tests state them."""
    plain.build(connection)
    failing = plain.failing_tests(connection)
    assert failing == {}, failing
    assert accounted_rows(connection) == staged_rows(connection)
    for entity, count in _accepted_rows(connection).items():
        found = f"select count(*) from intermediate.int_{entity}"
        assert connection.execute(found).fetchall() == [(count,)], entity


def staged_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows that each staging model hands over, by its name; those without rows left out."""
    names = connection.execute("""
        select table_name from information_schema.tables
        where table_schema = 'staging' and table_name like 'stg!_%' escape '!'
    """).fetchall()
    counts = {
        name: connection.execute(f"select count(*) from staging.{name}").fetchall()[0][0]
        for (name,) in names
    }
    return {name: count for name, count in counts.items() if count}


def accounted_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows that data_quality accounts for, by the staging model that they came from."""
    return dict(
        connection.execute("""
            select 'stg_' || source_system || '__' || entity, sum(row_count)
            from marts.data_quality group by all
        """).fetchall()
    )


def _accepted_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    return dict(
        connection.execute("""
            select entity, coalesce(sum(row_count) filter (where outcome = 'accepted'), 0)
            from marts.data_quality group by entity
        """).fetchall()
    )


def check_no_future(
    connection: duckdb.DuckDBPyConnection, plain: PlainProject, day: date
) -> dict[str, int]:
    """Features as of `day`, the day of `plain`, are the same without rows dated on it or later.

    Returns:
        How many rows of each entity were left out.
    """
    plain.build(connection, {"staging", "inputs"})
    _keep_one_side_of_the_day(connection, day)
    plain.build(connection, {"intermediate", "features"})
    known = contents(connection, "features")
    left_out = _forget_the_future(connection, day)
    plain.build(connection, {"intermediate", "features"})
    now = contents(connection, "features")
    changed = [table for table in known if now[table] != known[table]]
    assert not changed, f"The future changes {', '.join(changed)}"
    return left_out


def _keep_one_side_of_the_day(connection: duckdb.DuckDBPyConnection, day: date) -> None:
    """Takes later versions of earlier rows away: of several the last is kept, whenever it is asked.

    Test accounts that are opened later go too: who is found out has been one all along.
    """
    connection.execute(
        "delete from inputs.input_customers where registered_at >= ?"
        " and (email ilike 'test%' or email ilike 'qa%' or name ilike 'test%')",
        [day],
    )
    for entity, (dated, key) in DATED.items():
        keys = ", ".join(["source_system", *key])
        connection.execute(
            f"delete from inputs.input_{entity} where {dated} >= $1 and ({keys}) in"
            f" (select ({keys}) from inputs.input_{entity} where ({dated} >= $1) is not true)",
            [day],
        )


def _forget_the_future(connection: duckdb.DuckDBPyConnection, day: date) -> dict[str, int]:
    conditions = {
        "order_lines": "(source_system, source_order_id) in (select (source_system,"
        " source_order_id) from inputs.input_orders where order_date >= ?)",
        **{entity: f"{dated} >= ?" for entity, (dated, _) in DATED.items()},
    }
    return {
        entity: connection.execute(
            f"delete from inputs.input_{entity} where {condition}", [day]
        ).fetchall()[0][0]
        for entity, condition in conditions.items()
    }


def check_late_attribution(connection: duckdb.DuckDBPyConnection, plain: PlainProject) -> None:
    """Facts know no person; merging a shop's accounts moves sums to one, and can be undone."""
    plain.build(connection, SQL_LAYERS)
    assert connection.execute("""
        select table_name from information_schema.columns
        where table_schema = 'intermediate' and column_name = 'customer_id' order by all
    """).fetchall() == [("int_household_links",), ("int_identities",), ("int_merged_persons",)]
    before, sums = contents(connection, "features"), _sums(connection)
    connection.execute("create temp table apart as from intermediate.int_identities")
    connection.execute("""
        create or replace table intermediate.int_identities as
        select distinct on (source_key) * replace (
            shop || ': everybody' as customer_id, date '0001-01-01' as known_from,
            date '9999-12-31' as known_until
        )
        from apart order by source_key
    """)
    plain.build(connection, {"features"})
    assert _sums(connection) == sums
    people = "select count(distinct customer_id) from features.feature_customers group by shop"
    assert set(connection.execute(people).fetchall()) <= {(1,)}
    connection.execute("create or replace table intermediate.int_identities as from apart")
    plain.build(connection, {"features"})
    assert contents(connection, "features") == before


def _sums(connection: duckdb.DuckDBPyConnection) -> dict[str, Rows]:
    return {
        name: connection.execute(
            f"select shop, as_of_date, {', '.join(sums)} from features.{name}"
            " group by all order by all"
        ).fetchall()
        for name, sums in ADDITIVE.items()
    }
