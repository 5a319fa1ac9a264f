"""`python -m bench.identities_at_scale`: who is who among millions of keys, by the models alone.

Keys and identifiers are generated in place, as int_source_keys and int_identifiers would hold them.
"""

import tempfile
from dataclasses import replace
from pathlib import Path

import click

from bench.machine import machine
from bench.measure import cost_so_far
from orchestration.entering import enter
from orchestration.project import Project
from orchestration.quoting import quoted
from orchestration.state.memory import limited_connection
from orchestration.warehouse.opening import scalar
from orchestration.warehouse.plain_project import DATABASE
from orchestration.warehouse.plain_sql import compile_project

# A person has an account, an app and a card, but for one in ten; each tells an identifier or two,
# but for one in five. One telephone in fifty is a neighbour's.
_KEYS = """
    create or replace table intermediate.int_source_keys as
    select 'shop' as shop, 'till:' || kind || person as source_key, 'till' as source_system,
        kind || person as source_customer_id,
        date '2024-01-01' + (hash(person, kind) % 300)::integer as first_known_date
    from range({persons}) as persons (person)
    cross join (values ('w'), ('a'), ('c')) as kinds (kind)
    where hash(person, kind, 1) % 10 < 9
"""
_IDENTIFIERS = """
    create or replace table intermediate.int_identifiers as
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
        from intermediate.int_source_keys
    ) as keys
    join (values
        ('w', 'email'), ('w', 'phone'), ('a', 'email'), ('c', 'phone'), ('c', 'card_number')
    ) as told (kind, identifier_kind) using (kind)
    where hash(person, kind, told.identifier_kind, 2) % 10 < 8
"""


@click.command()
@click.option("--persons", type=click.IntRange(min=10), default=2_800_000, show_default=True)
def main(persons: int) -> None:
    """CPU and rows of each model, and the memory of all."""
    for name, value in machine().items():
        click.echo(f"{name}: {value}")
    with tempfile.TemporaryDirectory(prefix="portrait-bench-") as folder:
        project = enter(replace(Project.find(), home=Path(folder, "home")))
        plain = compile_project(project)
        with limited_connection(Path(folder)) as connection:
            warehouse = quoted(Path(folder, "warehouse.duckdb"))
            connection.execute(f"attach {warehouse} as {DATABASE}").fetchall()
            plain.create(connection)
            for sql in (_KEYS, _IDENTIFIERS):
                connection.execute(sql.format(persons=persons)).fetchall()
            count = scalar(connection, "select count(*) from intermediate.int_identifiers")
            click.echo(f"identifiers: {count:,}")
            began = cost_so_far().cpu
            for statement in plain.built:
                if statement.relation == "intermediate.int_source_systems":
                    connection.execute(statement.sql).fetchall()
                if statement.relation.startswith("intermediate.int_identit"):
                    before = cost_so_far().cpu
                    connection.execute(statement.sql).fetchall()
                    rows = scalar(connection, f"select count(*) from {statement.relation}")
                    click.echo(
                        f"{statement.relation}: {rows:,} rows, {cost_so_far().cpu - before:.1f} s"
                    )
            cost = cost_so_far()
            click.echo(
                f"CPU in all: {cost.cpu - began:.1f} s, "
                f"peak memory: {cost.peak_memory / 1e9:.1f} GB"
            )


if __name__ == "__main__":
    main(prog_name="python -m bench.identities_at_scale")
