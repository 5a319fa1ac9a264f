"""`portrait quarantine`: rejected rows looked at, corrected, judged again."""

from dataclasses import asdict
from pathlib import Path

import click

from orchestration.cli.errors import telling_errors
from orchestration.cli.groups import InOrder
from orchestration.cli.output import as_json, print_json
from orchestration.console import make_console, showing_progress
from orchestration.entering import enter
from orchestration.project import Project
from orchestration.state.lock import run_lock


@click.group(cls=InOrder)
def quarantine() -> None:
    """Look at rejected rows, correct them, judge them again."""


_source_option = click.option("--source", metavar="NAME", help="Only rows of this source system.")
_entity_option = click.option("--entity", metavar="NAME", help="Only rows of this kind: orders …")
_reason_option = click.option("--reason", metavar="CODE", help="Only rows with this reason.")


@quarantine.command("list", epilog="Example: portrait quarantine list --entity orders")
@_source_option
@_entity_option
@_reason_option
@as_json
def list_quarantine(
    source: str | None, entity: str | None, reason: str | None, is_json: bool
) -> None:
    """Count what was rejected, and say what to do."""
    from orchestration.quarantine.catalogue import read_reasons
    from orchestration.quarantine.counts import FLAGGED, counts
    from orchestration.quarantine.selection import Selection, check_selection
    from orchestration.quarantine.tell import print_counts
    from orchestration.quarantine.warehouse import open_quarantine

    selection = Selection(source, entity, reason)
    with telling_errors(), open_quarantine(Project.find()) as connection:
        check_selection(connection, selection)
        quarantined = counts(connection, selection)
        flagged = counts(connection, selection, FLAGGED)
        if is_json:
            print_json(
                {
                    "quarantined": [asdict(count) for count in quarantined],
                    "flagged": [asdict(count) for count in flagged],
                }
            )
        else:
            print_counts(make_console(), quarantined, flagged, read_reasons(connection))


@quarantine.command("explain", epilog="Example: portrait quarantine explain zero_quantity")
@click.argument("reason", required=False)
@click.option("--row", metavar="FILE:ROW", help="Explain what became of one row of a file.")
@click.option("--examples", default=3, show_default=True, help="At most so many example rows.")
@as_json
def explain_quarantine(reason: str | None, row: str | None, examples: int, is_json: bool) -> None:
    """Explain a REASON: its rule, what to do, examples."""
    from orchestration.quarantine.explain import explain
    from orchestration.quarantine.follow import Followed, follow
    from orchestration.quarantine.tell import print_explanation, print_followed
    from orchestration.quarantine.warehouse import open_quarantine
    from orchestration.warehouse.current_manifest import current_manifest

    file, _, number = (row or "").rpartition(":")
    if (reason is None) == (row is None) or (row and not (file and number.isdecimal())):
        raise click.UsageError("Name a REASON, or a row: --row FILE:ROW")
    with telling_errors():
        project = enter()
        manifest = current_manifest(project)
        with open_quarantine(project) as connection:
            followed = Followed([], [])
            if row:
                followed = follow(connection, manifest, file, int(number))
            codes = [reason] if reason else sorted({bad.reason for bad in followed.rejected})
            told = [
                explain(connection, project, manifest, code, 0 if row else examples)
                for code in codes
            ]
        if is_json:
            print_json(
                {
                    "rows": [asdict(one) for one in followed.rejected],
                    "accepted": [asdict(one) for one in followed.accepted],
                    "reasons": [asdict(one) for one in told],
                }
            )
            return
        print_followed(make_console(), followed)
        for explanation in told:
            print_explanation(make_console(), explanation)


@quarantine.command("export", epilog="Example: portrait quarantine export rows.csv")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_source_option
@_entity_option
@_reason_option
def export_quarantine(
    file: Path, source: str | None, entity: str | None, reason: str | None
) -> None:
    """Write rejected rows to FILE, to be corrected.

    FILE is a CSV that spreadsheets open; it holds the raw rows.
    """
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


@quarantine.command("replay", epilog="Example: portrait quarantine replay rows.csv")
@click.argument("file", required=False, type=click.Path(path_type=Path))
def replay_quarantine(file: Path | None) -> None:
    """Apply a corrected FILE, and judge all rows again.

    No source is read again.

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
