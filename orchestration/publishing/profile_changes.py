"""The table `profile_changes` of a snapshot: what is new in it against the snapshot before.

Downstream systems consume it: each version says what changed since which version, so that who has
followed all versions has them all, and who has missed one sees it and reads the marts.
"""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import duckdb

from orchestration.publishing.snapshot import (
    MARTS_FILE,
    PublishedTable,
    attach_snapshot,
    describe,
    published_table,
    write_parquet,
)
from orchestration.quoting import quoted
from orchestration.state.memory import limited_connection
from orchestration.warehouse.manifest import Column, Table
from orchestration.warehouse.opening import columns_of

PROFILE_CHANGES = Table(
    schema="snapshot",
    name="profile_changes",
    description="One row a published version, customer and attribute whose value differs from the "
    "version before; of the last versions, as many as are kept (PORTRAIT_KEEP).",
    columns=(
        Column("shop", "varchar", "The shop that the person is a customer of."),
        Column("customer_id", "varchar", "The resolved person."),
        Column(
            "as_of_date",
            "date",
            "Day of these portraits; NULL where the shop has no customer any more.",
        ),
        Column(
            "change_kind",
            "varchar",
            "added: a customer who was not there before. removed: one who is there no more, as "
            "when all rows were deleted at the source. changed: everybody else.",
        ),
        Column("attribute", "varchar", "A tag of tag_catalog."),
        Column("old_value", "varchar", "Value in the snapshot before; NULL where there was none."),
        Column("new_value", "varchar", "Value in this snapshot; NULL where there is none."),
        Column("previous_as_of_date", "date", "Day of the portraits before; NULL at the first."),
        Column("previous_published_at", "timestamp", "When they were published, UTC."),
        Column("published_at", "timestamp", "When these were published, UTC."),
    ),
)

_QUERY = """
    with
    days as (
        select unnest($shops)::varchar as shop, unnest($as_of_dates)::date as as_of_date
    ),
    previous_days as (
        select shop, max(as_of_date) as as_of_date from {before}.run_manifest group by shop
    ),
    old_values as (
        select shop, customer_id, attribute, attribute_value
        from {before}.customer_profile_history
        where is_current
    ),
    new_values as (
        select shop, customer_id, attribute, attribute_value
        from snapshot.customer_profile_history
        where is_current
    ),
    differing as (
        select
            coalesce(new_values.shop, old_values.shop) as shop,
            coalesce(new_values.customer_id, old_values.customer_id) as customer_id,
            coalesce(new_values.attribute, old_values.attribute) as attribute,
            old_values.attribute_value as old_value,
            new_values.attribute_value as new_value
        from old_values
        full join new_values
            on old_values.customer_id = new_values.customer_id
            and old_values.attribute = new_values.attribute
        where old_values.attribute_value is distinct from new_values.attribute_value
    )
    select
        differing.shop,
        differing.customer_id,
        days.as_of_date,
        case
            when old_profiles.customer_id is null then 'added'
            when new_profiles.customer_id is null then 'removed'
            else 'changed'
        end as change_kind,
        differing.attribute,
        differing.old_value,
        differing.new_value,
        previous_days.as_of_date as previous_as_of_date,
        $previous_published_at::timestamp as previous_published_at,
        $published_at::timestamp as published_at
    from differing
    left join days on differing.shop = days.shop
    left join previous_days on differing.shop = previous_days.shop
    left join {before}.customer_profiles as old_profiles
        on differing.customer_id = old_profiles.customer_id
    left join snapshot.customer_profiles as new_profiles
        on differing.customer_id = new_profiles.customer_id
    order by all
"""


# The changes of the versions before stay for a while: who looks once a week has missed none.
_EARLIER = """
    select {columns} from before.profile_changes
    where published_at in (
        select distinct published_at from before.profile_changes
        order by published_at desc limit $versions
    )
"""


def add_profile_changes(
    folder: Path,
    before: Path,
    as_of_dates: Mapping[str, date | None],
    published_at: datetime,
    kept: int = 1,
) -> PublishedTable:
    """Writes `profile_changes` into a snapshot that is being built.

    Args:
        folder: The snapshot, with its marts.
        before: The folder of the snapshot before; where there is none, or one without history,
            everybody is new.
        as_of_dates: Day of the portraits of each shop.
        published_at: UTC.
        kept: The changes of so many versions are in it, this one included.
    """
    with limited_connection(folder) as connection:
        connection.execute("set TimeZone = 'UTC'")
        attach_snapshot(connection, folder)
        schema, previous = _attach_before(connection, before)
        parameters = {
            "shops": list(as_of_dates),
            "as_of_dates": list(as_of_dates.values()),
            "published_at": published_at.replace(tzinfo=None),
            "previous_published_at": previous,
        }
        query = _QUERY.format(before=schema)
        connection.execute(f"create table {PROFILE_CHANGES.relation} as {query}", parameters)
        if kept > 1 and "shop" in columns_of(connection, "before.profile_changes"):
            columns = ", ".join(column.name for column in PROFILE_CHANGES.columns)
            connection.execute(
                f"insert into {PROFILE_CHANGES.relation} ({columns})"
                + _EARLIER.format(columns=columns),
                {"versions": kept - 1},
            )
        describe(connection, PROFILE_CHANGES)
        write_parquet(connection, PROFILE_CHANGES.name, folder)
        table = published_table(connection, PROFILE_CHANGES.name)
        connection.execute("detach snapshot")
    return table


def _attach_before(connection: duckdb.DuckDBPyConnection, before: Path) -> tuple[str, object]:
    """The schema of the snapshot before, and when it was published."""
    file = before / MARTS_FILE
    if file.exists():
        connection.execute(f"attach {quoted(file.resolve())} as before (read_only)")
        needed = ("customer_profile_history", "customer_profiles", "run_manifest")
        if all("shop" in columns_of(connection, f"before.{name}") for name in needed):
            ((published_at,),) = connection.execute(
                "select max(published_at) from before.run_manifest"
            ).fetchall()
            return "before", published_at
    connection.execute("create schema nothing")
    for name in ("customer_profile_history", "customer_profiles"):
        connection.execute(f"create view nothing.{name} as from snapshot.{name} limit 0")
    connection.execute("create table nothing.run_manifest (shop varchar, as_of_date date)")
    return "nothing", None
