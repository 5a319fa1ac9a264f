"""`python -m bench.identities`: who is who in a simulated shop, beside the truth.

It ends with 0 whether or not the targets are met, since it is no test.
"""

import sys
import tempfile
from pathlib import Path

import click
import duckdb

from bench.machine import machine
from bench.measure import ONE_THREAD, Cost, measure
from bench.rows import ROOT
from orchestration.quoting import quoted
from orchestration.simulator.generate import simulate
from orchestration.simulator.plan import Plan
from orchestration.warehouse.opening import scalar

_PORTRAIT = [sys.executable, "-c", "from orchestration.cli.main import main; main()"]
_FIGURES = Path(__file__).parent / "queries" / "identities.sql"
# Of all pairs of keys that are one person's those that are found, and of those found the true ones.
_PAIRS = """
    with

    together as (
        select customer_id, person_id, count(*) as key_count
        from accounts inner join keys using (source_key)
        group by all
    ),

    pairs as (
        select 'found' as of, sum(n * (n - 1)) as pairs
        from (select sum(key_count) as n from together group by customer_id)
        union all
        select 'true', sum(n * (n - 1))
        from (select sum(key_count) as n from together group by person_id)
        union all
        select 'both', sum(key_count * (key_count - 1)) from together
    )

    select
        any_value(pairs) filter (of = 'both') / any_value(pairs) filter (of = 'found') as precision,
        any_value(pairs) filter (of = 'both') / any_value(pairs) filter (of = 'true') as recall,
        (select count(distinct customer_id) / count(distinct person_id) from together)
            as portraits_a_person
    from pairs
"""


def open_truth(home: Path, shop: Path) -> duckdb.DuckDBPyConnection:
    """The published tables of a run, with `accounts` (the truth), `keys` and the `warehouse`."""
    connection = duckdb.connect(home / "published" / "current" / "marts.duckdb", read_only=True)
    connection.execute(f"attach {quoted(home / 'warehouse.duckdb')} as warehouse (read_only)")
    connection.execute(f"""
        create temp table accounts as
        select person_id, 'simulated:' || system || '-' || number as source_key
        from {quoted(shop / "truth" / "accounts-*.parquet")}
    """)
    connection.execute("""
        create temp table keys as
        select customer_id, source_system || ':' || source_customer_id as source_key
        from customer_identifiers
    """)
    return connection


@click.command()
@click.option("--customers", type=click.IntRange(min=50), default=5000, show_default=True)
def main(customers: int) -> None:
    """How many persons are one portrait, what that does to what is told, and what a merge costs."""
    for name, value in machine().items():
        click.echo(f"{name}: {value}")
    with tempfile.TemporaryDirectory(prefix="portrait-bench-") as folder:
        shop, home = Path(folder, "shop"), Path(folder, "home")
        simulate(Plan(customers=customers), shop)

        def portrait(*arguments: str) -> Cost:
            return measure(
                [*_PORTRAIT, *arguments],
                environment={"PORTRAIT_HOME": str(home), **ONE_THREAD},
                folder=ROOT,
                log=Path(folder, "log"),
            )

        first = portrait("run", "--source", f"simulated={shop / 'raw'}")
        with open_truth(home, shop) as connection:
            click.echo(connection.sql(_PAIRS))
            click.echo(connection.sql(_FIGURES.read_text()))
            ((one, other),) = connection.execute(
                "select min(customer_id), max(customer_id) from customer_profiles"
            ).fetchall()
            build = scalar(connection, "select max(build) from warehouse.increments.builds")
        portrait("identity", "merge", one, other)
        again = portrait("run")
        click.echo(f"CPU of all: {first.cpu:.0f} s, after a merge of two: {again.cpu:.0f} s")
        with open_truth(home, shop) as connection:
            for table, count in connection.execute(_changed_since(connection, build)).fetchall():
                click.echo(f"{table}: {count:,}")


def _changed_since(connection: duckdb.DuckDBPyConnection, build: int) -> str:
    """A query for what each table has noted since a build: rows that differ, or partitions."""
    notes = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'warehouse'"
        " and schema_name = 'increments' and starts_with(table_name, 'changed_')"
    ).fetchall()
    counts = " union all ".join(
        f"select '{table.removeprefix('changed_')}' as made_anew, count(*) as rows_or_partitions"
        f" from warehouse.increments.{table} where _build > {build}"
        for (table,) in notes
    )
    return f"from ({counts}) where rows_or_partitions > 0 order by all"


if __name__ == "__main__":
    main(prog_name="python -m bench.identities")
