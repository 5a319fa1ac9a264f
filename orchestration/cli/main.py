"""The `portrait` command: a thin face over functions that Dagster's UI uses too.

Dagster, dbt and scikit-learn take seconds to import, so they are imported where they are needed.
"""

import click

from orchestration.cli.copy import copy
from orchestration.cli.groups import InOrder
from orchestration.cli.identity import identity
from orchestration.cli.lookalikes import lookalikes
from orchestration.cli.models import models
from orchestration.cli.open import open_pages
from orchestration.cli.pages import docs, glossary, ui
from orchestration.cli.portraits import run, show, status, summary
from orchestration.cli.quarantine import quarantine
from orchestration.cli.recommend import recommend
from orchestration.cli.send import send
from orchestration.cli.serve import keys, serve
from orchestration.cli.simulate import simulate
from orchestration.cli.source import source
from orchestration.cli.superset import superset
from orchestration.cli.why import why

_ENDS = """\b
Exit codes:
  0    all went well
  1    source check: the source makes no portraits
  2    something is wrong that you can put right; stderr says what, and what to do
  3    source add and check with --strict: a question is open
  130  stopped by Ctrl-C
"""


@click.group(cls=InOrder, epilog=_ENDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="portrait", message="portrait %(version)s")
def main() -> None:
    """Customer portraits from raw orders, published as a database that anybody can open."""


for command in (
    *(source, run, summary, open_pages, show, recommend, lookalikes),
    *(identity, models, status),
    *(serve, keys, send, copy, superset),
    *(quarantine, why, ui, docs, glossary, simulate),
):
    main.add_command(command)
