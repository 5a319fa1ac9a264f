"""A card says of a version what is known of it, to people and to programs."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from orchestration.cli.main import main
from orchestration.entering import environment
from orchestration.modelling.predictions import make_predictions
from orchestration.project import Project
from orchestration.publishing.model_cards import card_path, card_text, model_cards
from orchestration.publishing.versions import new_version
from orchestration.quoting import quoted
from tests.orchestration.modelled_shop import DECLARED, NORMAL, TABLES, Warehouse, make_features
from tests.orchestration.test_kept_of_shops import OTHER_SHOP
from tests.orchestration.test_model_versions import NEXT_MONTH

Command = Callable[..., Result]


@pytest.fixture
def shops(warehouse: Warehouse) -> Warehouse:
    """Two shops, of which one has two versions of its model."""
    make_features(warehouse)
    warehouse.execute(OTHER_SHOP)
    make_predictions(warehouse, TABLES, [DECLARED], NORMAL)
    warehouse.execute(NEXT_MONTH)
    make_predictions(warehouse, TABLES, [DECLARED], NORMAL)
    warehouse.execute("create schema marts")
    warehouse.execute("create view marts.model_versions as from ml.model_versions")
    return warehouse


@pytest.fixture
def portrait(shops: Warehouse, project: Project, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`portrait models` on a snapshot of these shops."""
    for name, value in environment(project).items():
        monkeypatch.setenv(name, value)
    with new_version(project.home / "published", datetime(2024, 5, 2, tzinfo=UTC)) as folder:
        for name, text in model_cards(shops).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        shops.execute(f"attach {quoted(folder / 'marts.duckdb')} as snapshot")
        shops.execute("create table snapshot.model_versions as from ml.model_versions")
        shops.execute("detach snapshot")
    return lambda *arguments: CliRunner().invoke(main, ["models", *arguments])


def test_each_version_has_a_card(shops: Warehouse) -> None:
    versions = shops.execute(
        "select shop, prediction, model_version, is_served from ml.model_versions"
    ).fetchall()
    cards = model_cards(shops)
    paths = {card_path(*key) for *key, _ in versions}
    assert len(versions) == len(paths) == 3
    assert set(cards) == {f"{path}{ending}" for path in paths for ending in (".md", ".json")}
    for *key, is_served in versions:
        text = cards[f"{card_path(*key)}.md"]
        assert ("Served since the portraits of" in text) == is_served
        assert ("Not served: another version is." in text) == (not is_served)


def test_a_card_tells_what_model_metrics_and_versions_have(shops: Warehouse) -> None:
    ((version, row_count, features, reason, value),) = shops.execute("""
        select model_version, row_count, features, verdict_reason, value
        from ml.model_versions where shop = 's' and is_served
    """).fetchall()
    cards = model_cards(shops)
    path = card_path("s", "repurchase", version)
    text, card = cards[f"{path}.md"], json.loads(cards[f"{path}.json"])
    assert text.startswith(f"# repurchase, version {version}\n")
    titles = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert titles == [
        *("What it predicts", "What it is not for", "What it learned from", "How it was tested"),
        *("How good it was", "Calibration", "Verdict", "Limits", "Made with"),
    ]
    assert f"{row_count:,} rows of 80 customers, on firsts of months from 2024-02-01" in text
    assert "Asked of customers with `order_count > 0`" in text
    assert f"| roc auc | {value:.3f} |" in text
    assert reason[1:] in text
    told = [name for names in card["features"].values() for name in names]
    assert sorted(told) == sorted(features.split(", "))
    assert card["features"]["recency"] == ["days_since_last_order"]
    assert "no season twice" in text and "80 customers only" in text
    measured = shops.execute(
        "select metric, value from ml.model_metrics where shop = 's' and metric = 'brier_score'"
    ).fetchall()
    assert measured[0] in {(one["metric"], one["value"]) for one in card["metrics"]}
    # No customer is in it.
    assert '"c1"' not in cards[f"{path}.json"]


def a_card(shops: Warehouse, metrics: list[dict[str, object]]) -> str:
    """The card of a version, as if these were the metrics of its test."""
    ((version,),) = shops.execute(
        "select model_version from ml.model_versions where shop = 's' and is_served"
    ).fetchall()
    card = json.loads(model_cards(shops)[f"{card_path('s', 'repurchase', version)}.json"])
    days = {name: date.fromisoformat(card[name]) for name in ("trained_from", "trained_to")}
    return card_text({**card, **days, "metrics": metrics})


def test_a_card_says_of_how_many_a_range_held(shops: Warehouse) -> None:
    held = {
        **{"metric": "interval_coverage", "value": 0.784, "customer_count": 2446},
        **{"lower_bound": 0.769, "upper_bound": 0.799, "note": "made for 80%"},
    }
    of_few = {**held, "metric": "interval_coverage_nothing_came", "value": 0.7, "note": None}
    text = a_card(shops, [held, of_few])
    assert "| all | 2,446 | 78% | 77% to 80% |" in text
    assert "| of whom nothing came | 2,446 | 70% | 77% to 80% |" in text
    assert "\nMade for 80%.\n" in text
    # What older code measured of all alone.
    older = {**held, "lower_bound": None, "upper_bound": None, "note": None}
    assert "| all | 2,446 | 78% |  |" in a_card(shops, [older])
    assert "so that no range is served" in a_card(shops, [])


def test_a_card_says_how_far_off_groups_were(shops: Warehouse) -> None:
    bias = {
        **{"metric": "of_order_count_1_bias_of_sum", "value": 0.065, "customer_count": 846},
        **{"lower_bound": 0.016, "upper_bound": 0.125, "note": "order count 1 to 24"},
    }
    lift = {**bias, "metric": "of_order_count_1_top_decile_lift", "value": 1.529}
    lift |= {"lower_bound": 1.417, "upper_bound": 1.634}
    text = a_card(shops, [bias, lift])
    row = "| order count 1 to 24 | 846 | +6% | +2% to +12% | 1.53 | 1.42 to 1.63 |"
    assert row in text
    assert "| of order count 1 bias of sum" not in text
    of_amounts = a_card(shops, [bias])
    assert "| order count 1 to 24 | 846 | +6% | +2% to +12% |\n" in of_amounts
    assert "95 % interval | lift" in text and "95 % interval | lift" not in of_amounts
    assert "By groups of customers" not in a_card(shops, [])


def test_versions_are_listed_and_shown(portrait: Command) -> None:
    listed = portrait("list")
    assert listed.exit_code == 0
    assert listed.output.count("repurchase ") >= 3
    assert listed.output.count("since 2024-") == 2
    rows = json.loads(portrait("list", "--json").output)
    assert [row["shop"] for row in rows] == ["s", "s", "t"]
    latest, older, _ = rows
    assert (latest["is_served"], older["is_served"]) == (True, False)
    shown = portrait("show", "repurchase", "--shop", "s")
    assert shown.output.startswith(f"# repurchase, version {latest['model_version']}")
    named = portrait("show", "repurchase", older["model_version"][:6], "--json")
    assert json.loads(named.output)["made_for"] == "2024-04-17"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["repurchase"], "There are several versions that are a served version of repurchase."),
        (["churn"], "There is no served version of churn."),
        (["repurchase", "xyz"], "There is no version xyz of repurchase."),
    ],
)
def test_what_is_unclear_is_said(portrait: Command, arguments: list[str], said: str) -> None:
    result = portrait("show", *arguments)
    assert result.exit_code == 2
    assert said in result.output


def test_a_snapshot_of_older_code_has_no_versions(project: Project, portrait: Command) -> None:
    file = (project.current / "marts.duckdb").resolve()
    with duckdb.connect(file) as connection:
        connection.execute("drop table model_versions")
    assert "older code made it" in portrait("list").output


def test_a_card_that_was_lost_is_said(project: Project, portrait: Command) -> None:
    for card in Path(project.current).rglob("*.md"):
        card.unlink()
    assert "cannot be read: No such file" in portrait("show", "repurchase", "--shop", "s").output
