"""`python -m bench.linkage`: generated records of persons linked, beside the truth.

It ends with 0 whether or not they are linked well, since it is no test.
"""

import tempfile
from pathlib import Path

import click

from bench.machine import machine
from bench.person_records import write_person_records
from orchestration.identity.linkage.evaluate import evaluate_linkage


@click.command()
@click.option("--persons", type=click.IntRange(10), default=5_000, show_default=True)
@click.option("--dirt", type=click.FloatRange(0), multiple=True, default=(1.0, 1.6))
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
def main(persons: int, dirt: tuple[float, ...], seed: int) -> None:
    """Link records that share no identifier, dirty and dirtier."""
    click.echo(machine())
    with tempfile.TemporaryDirectory(prefix="portrait-linkage-") as folder:
        for amount in dirt:
            file = Path(folder) / "records.csv"
            write_person_records(file, persons, amount, seed)
            found = evaluate_linkage([file], "person")
            name, best = max(found.fields_alone.items(), key=lambda one: one[1].f1)
            click.echo(
                f"dirt {amount}: {found.records:,} records of {found.persons:,} persons, linked to "
                f"{found.clusters:,} in {found.seconds:.1f} s: precision "
                f"{found.scores.precision:.3f}, recall {found.scores.recall:.3f}, F1 "
                f"{found.scores.f1:.3f}; by {name} alone F1 {best.f1:.3f}"
            )


if __name__ == "__main__":
    main(prog_name="python -m bench.linkage")
