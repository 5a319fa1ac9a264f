"""`python -m bench.identities_at_scale`: who is who among millions of keys, by the models alone.

Keys and identifiers are generated in place, as int_source_keys and int_identifiers would hold them;
one in a hundred comes the day after.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
import duckdb

from bench.machine import machine
from bench.measure import cost_so_far
from orchestration.entering import enter
from orchestration.project import Project
from orchestration.quoting import quoted
from orchestration.state.memory import limited_connection
from orchestration.warehouse.opening import scalar
from orchestration.warehouse.plain_project import DATABASE, PlainProject, Statement
from orchestration.warehouse.plain_sql import compile_project

# A person has an account, an app and a card, but for one in ten; each tells an identifier or two,
# but for one in five. One telephone in fifty is a neighbour's.
_KEYS = """
    create temp table generated_int_source_keys as
    select 'shop' as shop, 'till:' || kind || person as source_key, 'till' as source_system,
        kind || person as source_customer_id,
        case when hash(person, kind, 9) % 100 = 0 then date '2024-11-01'
            else date '2024-01-01' + (hash(person, kind) % 300)::integer end as first_known_date
    from range({persons}) as persons (person)
    cross join (values ('w'), ('a'), ('c')) as kinds (kind)
    where hash(person, kind, 1) % 10 < 9
"""
_IDENTIFIERS = """
    create temp table generated_int_identifiers as
    select keys.shop, keys.source_key, keys.source_system, keys.source_customer_id,
        told.identifier_kind,
        case told.identifier_kind
            when 'email' then person || '@mail.example'
            when 'phone' then '+86' || (13000000000 + person - (hash(person) % 50 = 0)::integer)
            else 'C' || person
        end as identifier,
        keys.first_known_date as first_seen_date, null::date as last_seen_date,
        false as is_nobodys
    from (
        select *, source_customer_id[1] as kind, source_customer_id[2:]::bigint as person
        from generated_int_source_keys
    ) as keys
    join (values
        ('w', 'email'), ('w', 'phone'), ('a', 'email'), ('c', 'phone'), ('c', 'card_number')
    ) as told (kind, identifier_kind) using (kind)
    where hash(person, kind, told.identifier_kind, 2) % 10 < 8
"""


# What a partial build leaves: the rows, those that differ, and the number of the build.
_DAY = """
    insert into intermediate.{table} by name from generated_{table}
    where ({seen} = date '2024-11-01') = {is_later};
    insert into increments.changed_{table} by name
    select *, (select max(build) + 1 from increments.builds) as _build from generated_{table}
    where {seen} = date '2024-11-01' and {is_later};
    update increments.builds set build = (select max(build) + 1 from increments.builds)
    where relation = '{table}';
"""
_MEASURED = ("int_identit", "int_impossible", "int_merged", "int_household", "int_passed_on")
_GENERATED = {"int_source_keys": "first_known_date", "int_identifiers": "first_seen_date"}


@click.command()
@click.option("--persons", type=click.IntRange(min=10), default=2_800_000, show_default=True)
def main(persons: int) -> None:
    """CPU and rows of each model, on the first day and the next, and the memory of all."""
    for name, value in machine().items():
        click.echo(f"{name}: {value}")
    with tempfile.TemporaryDirectory(prefix="portrait-bench-") as folder:
        project = enter(replace(Project.find(), home=Path(folder, "home")))
        plain = compile_project(project)
        tables = tuple(f"intermediate.{name}" for name in _MEASURED)
        models = [one for one in plain.built if one.relation.startswith(tables)]
        with limited_connection(Path(folder)) as connection:
            warehouse = quoted(Path(folder, "warehouse.duckdb"))
            connection.execute(f"attach {warehouse} as {DATABASE}").fetchall()
            plain.create(connection)
            others = [one for one in plain.built if one not in models]
            PlainProject((), tuple(others), ()).update(
                connection, {"staging", "inputs", "intermediate"}
            )
            for sql in (_KEYS, _IDENTIFIERS):
                connection.execute(sql.format(persons=persons)).fetchall()
            first, next_day = (_day(connection, models, is_later) for is_later in (False, True))
            click.echo(
                f"CPU of the first day: {first:.1f} s, of the next: {next_day:.1f} s "
                f"({next_day / first:.0%}), peak memory: {cost_so_far().peak_memory / 1e9:.1f} GB"
            )


def _day(
    connection: duckdb.DuckDBPyConnection, models: Sequence[Statement], is_later: bool
) -> float:
    """Brings the tables up to date with a day's keys, and says what each costs, in s of CPU."""
    for table, seen in _GENERATED.items():
        connection.execute(_DAY.format(table=table, seen=seen, is_later=is_later)).fetchall()
        rows = scalar(connection, f"select count(*) from intermediate.{table}")
        click.echo(f"{table}: {rows:,} rows")
    began = cost_so_far().cpu
    for one in models:
        before = cost_so_far().cpu
        made = one.plan.update(connection, one.query) if one.plan else "whole"
        rows = scalar(connection, f"select count(*) from {one.relation}")
        cost = cost_so_far().cpu - before
        click.echo(f"{one.relation}: {made}, {rows:,} rows, {cost:.1f} s")
    return cost_so_far().cpu - began


if __name__ == "__main__":
    main(prog_name="python -m bench.identities_at_scale")
