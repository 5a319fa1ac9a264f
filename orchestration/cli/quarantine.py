"""`portrait quarantine`: rejected rows looked at, corrected, judged again."""

from pathlib import Path

import click

from orchestration.cli.errors import telling_errors
from orchestration.console import make_console, showing_progress
from orchestration.project import Project, enter
from orchestration.state.lock import run_lock


@click.group()
def quarantine() -> None:
    """Look at rejected rows, hand them out for correction, judge them again."""


_source_option = click.option("--source", metavar="NAME", help="Only rows of this source system.")
_entity_option = click.option("--entity", metavar="NAME", help="Only rows of this kind: orders …")
_reason_option = click.option("--reason", metavar="CODE", help="Only rows with this reason.")


@quarantine.command("list")
@_source_option
@_entity_option
@_reason_option
def list_quarantine(source: str | None, entity: str | None, reason: str | None) -> None:
    """Count rows and money by source, entity and reason, and say what to do."""
    from orchestration.quarantine.catalogue import read_reasons
    from orchestration.quarantine.counts import FLAGGED, counts
    from orchestration.quarantine.selection import Selection, check_selection
    from orchestration.quarantine.tell import print_counts
    from orchestration.quarantine.warehouse import open_quarantine

    selection = Selection(source, entity, reason)
    with telling_errors(), open_quarantine(Project.find()) as connection:
        check_selection(connection, selection)
        print_counts(
            make_console(),
            counts(connection, selection),
            counts(connection, selection, FLAGGED),
            read_reasons(connection),
        )


@quarantine.command("explain")
@click.argument("reason", required=False)
@click.option("--row", metavar="FILE:ROW", help="Explain what became of one row of a file.")
@click.option("--examples", default=3, show_default=True, help="At most so many example rows.")
def explain_quarantine(reason: str | None, row: str | None, examples: int) -> None:
    """Say what a REASON means, its rule in SQL, what to do, with examples."""
    from orchestration.quarantine.explain import explain, rows_from
    from orchestration.quarantine.tell import print_explanation, print_rows
    from orchestration.quarantine.warehouse import open_quarantine
    from orchestration.warehouse.current_manifest import current_manifest

    file, _, number = (row or "").rpartition(":")
    if (reason is None) == (row is None) or (row and not (file and number.isdecimal())):
        raise click.UsageError("Name a REASON, or a row: --row FILE:ROW")
    with telling_errors():
        project = enter()
        manifest = current_manifest(project)
        with open_quarantine(project) as connection:
            codes = [reason] if reason else []
            if row:
                bad_rows = rows_from(connection, file, int(number))
                print_rows(make_console(), bad_rows)
                codes = sorted({bad_row.reason for bad_row in bad_rows})
            for code in codes:
                told = explain(connection, project, manifest, code, 0 if row else examples)
                print_explanation(make_console(), told)


@quarantine.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_source_option
@_entity_option
@_reason_option
def export_quarantine(
    file: Path, source: str | None, entity: str | None, reason: str | None
) -> None:
    """Write the raw rows of rejected rows to FILE, a CSV to correct in a spreadsheet."""
    from orchestration.quarantine.export import export_rows
    from orchestration.quarantine.selection import Selection
    from orchestration.quarantine.tell import print_export
    from orchestration.quarantine.warehouse import open_quarantine
    from orchestration.warehouse.current_manifest import current_manifest

    selection = Selection(source, entity, reason)
    with telling_errors():
        project = enter()
        manifest = current_manifest(project)
        with open_quarantine(project) as connection:
            exported = export_rows(connection, manifest, selection, file)
        print_export(make_console(), exported, str(file))


@quarantine.command("replay")
@click.argument("file", required=False, type=click.Path(path_type=Path))
def replay_quarantine(file: Path | None) -> None:
    """Take the corrections in FILE and judge everything again, without loading files.

    Without FILE: judge again after a rule or a seed has changed.
    """
    from orchestration.quarantine.tell import print_differences
    from orchestration.runs.replay import replay

    console = make_console()
    with telling_errors():
        project = enter()
        with run_lock(project.lock_file), showing_progress(console):
            told = replay(project, file)
        print_differences(console, told)
