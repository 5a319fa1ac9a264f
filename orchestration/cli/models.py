"""`portrait models`: the versions of each model, and which one is served."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import click

from orchestration.cli.errors import telling_errors
from orchestration.cli.groups import InOrder
from orchestration.cli.output import as_json, print_json
from orchestration.console import as_typed, make_console, make_table
from orchestration.entering import enter
from orchestration.project import Project
from orchestration.state.lock import run_lock

_LATEST = "latest"
_shop_option = click.option("--shop", metavar="SHOP", help="Of this shop, where there are several.")


@click.group(cls=InOrder)
def models() -> None:
    """See the versions of the models, and choose which one is served.

    Of predictions, of segments (customer_segments) and of lifetime value (customer_lifetime_value).

    What is chosen is kept as text in pinned_models.yml, with a copy of the model beside it.
    """


@models.command("list", epilog="Example: portrait models list --json")
@as_json
def list_versions(is_json: bool) -> None:
    """List the versions that are kept, the latest first."""
    from orchestration.publishing.model_list import read_versions
    from orchestration.publishing.reading import open_snapshot

    with telling_errors(), open_snapshot(Project.find().current) as snapshot:
        rows = read_versions(snapshot)
        if is_json:
            print_json(rows)
            return
        console = make_console()
        table = make_table(
            *("Model", "Version", "Shop", "Served", "Made for", "Learned from", "to"),
            *("Customers", "Test", "Rule"),
            numbers_from=7,
        )
        for row in rows:
            table.add_row(
                *(row["prediction"], row["model_version"], row["shop"], _standing(row)),
                *(str(row["made_for"]), str(row["trained_from"]), str(row["trained_to"])),
                *(f"{row['customer_count']:,}", _test(row), _number(row["baseline_value"])),
            )
        if not rows:
            console.print("No version is kept: nothing could be tested forward in time yet.")
            return
        console.print(table)
        console.print()
        console.print(
            as_typed(
                "Test: AUC, of amounts the rank correlation, of lifetime value the gain over the "
                "same as before, with its 95 % interval; of segments how stable they are. Read a "
                "card: "
                f"portrait models show {rows[0]['prediction']} {rows[0]['model_version']}"
            ),
            soft_wrap=True,
        )


@models.command("show", epilog="Example: portrait models show repurchase")
@click.argument("prediction")
@click.argument("version", required=False)
@_shop_option
@as_json
def show(prediction: str, version: str | None, shop: str | None, is_json: bool) -> None:
    """Print the card of a version.

    VERSION is one of `portrait models list`, or how it begins; the one that is served if it is
    left out.
    """
    from orchestration.publishing.model_list import read_card
    from orchestration.publishing.reading import open_snapshot

    with telling_errors(), open_snapshot(Project.find().current) as snapshot:
        text, card = read_card(snapshot, prediction, version, shop)
        if is_json:
            print_json(json.loads(card))
        else:
            make_console().print(text, soft_wrap=True)


@models.command("serve", epilog="Example: portrait models serve repurchase latest")
@click.argument("prediction")
@click.argument("version")
@_shop_option
@click.option("--note", metavar="TEXT", help="Why; kept beside the choice.")
def serve(prediction: str, version: str, shop: str | None, note: str | None) -> None:
    """Serve a version from the next run on, whatever is learned later.

    VERSION is one of `portrait models list`, or how it begins; `latest` goes back to what was
    learned last.
    """
    with telling_errors():
        project = enter()
        with run_lock(project.lock_file):
            if version == _LATEST:
                told = _serve_latest(project, prediction, shop)
            else:
                told = _serve_version(project, prediction, version, shop, note)
        make_console().print(as_typed(told), soft_wrap=True)


def _serve_version(
    project: Project, prediction: str, version: str, shop: str | None, note: str | None
) -> str:
    from orchestration.modelling.pinning import version_to_pin
    from orchestration.modelling.pins import pin_version

    pin, content = version_to_pin(project.warehouse, prediction, version, shop)
    pin = replace(pin, made_on=datetime.now(UTC).date(), note=note)
    pin_version(project.pinned_models, pin, content)
    return (
        f"From the next run on {prediction} of {pin.shop} is by the version {pin.model_version}; "
        f"the choice stands in {project.pinned_models}. Make the portraits: portrait run"
    )


def _serve_latest(project: Project, prediction: str, shop: str | None) -> str:
    from orchestration.modelling.pinning import pin_to_take_back
    from orchestration.modelling.pins import unpin

    pin = pin_to_take_back(project.pinned_models, prediction, shop)
    if pin is None:
        return f"Nothing is pinned of {prediction}: the latest version is served already."
    unpin(project.pinned_models, pin)
    return (
        f"From the next run on {prediction} of {pin.shop} is by the latest version, no more by "
        f"{pin.model_version}. Make the portraits: portrait run"
    )


def _standing(row: Any) -> str:
    if row["is_served"]:
        since = f"since {row['served_since']}"
        return f"{since}, pinned" if row["is_pinned"] else since
    return "pinned, but not served" if row["is_pinned"] else ""


def _test(row: Any) -> str:
    if row["value"] is None:
        return ""
    if row["lower_bound"] is None:
        return _number(row["value"])
    ends = f" ({_number(row['lower_bound'])}–{_number(row['upper_bound'])})"
    return f"{_number(row['value'])}{ends}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
