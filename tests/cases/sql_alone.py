"""`python -m tests.cases.sql_alone SOURCE DATABASE`: what a run makes, by its SQL alone.

A run takes half a minute, of which the numbers of customers need a third.
"""

import sys
from pathlib import Path

import duckdb

from orchestration.cli.errors import telling_errors
from orchestration.connections.sources import choose
from orchestration.entering import entered
from orchestration.landing.collect import land_origin
from orchestration.onboarding.same_columns import same_columns
from orchestration.project import Project
from orchestration.quoting import quoted
from orchestration.warehouse.declared_project import DeclaredProject
from orchestration.warehouse.manifest import source_systems
from orchestration.warehouse.plain_project import DATABASE
from orchestration.warehouse.rendered_sql import render_models

_WANTED = ("customer_rfm", "orders", "int_quarantine")


def main(name: str, database: Path) -> None:
    """Lands a source and runs the SQL that its customers' numbers come from."""
    with telling_errors(), entered(Project.find()) as project:
        declared = DeclaredProject(project.dbt_project)
        systems = source_systems(declared.manifest)
        origin = choose(project, systems, [name])[name]
        plain = render_models(declared, _WANTED, [name])
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(f"attach {quoted(database)} as {DATABASE}")
            plain.create(connection)
            land_origin(project, connection, systems[name], origin, same_columns=same_columns)
            plain.build(connection)
            refused = connection.execute("""
                select entity, reason_code, count(*) from intermediate.int_quarantine
                group by all order by all
            """).fetchall()
            for entity, reason, count in refused:
                print(f"{count} {entity} in quarantine: {reason}")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
