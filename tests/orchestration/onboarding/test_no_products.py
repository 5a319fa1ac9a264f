"""Postage, tips, gift cards and discounts among the lines are no goods; lines may name none."""

import csv
from pathlib import Path

import pytest

from orchestration.onboarding.seed_lines import with_lines
from tests.orchestration.onboarding.conftest import Guesser, write_draft
from tests.orchestration.onboarding.rendering import rows, stage
from tests.orchestration.onboarding.shops import write_csv

KEYS = ["order_id", "order_date", "email"]


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        ("Shipping", "shipping"),
        ("Versandkosten: DHL", "shipping"),
        ("運費", "shipping"),
        ("Gift card 50", "adjustment"),
        ("Trinkgeld", "fee"),
        ("Leergut", "fee"),
        ("Pfandrückgabe", "fee"),
        ("Rabatt (Treue)", "discount"),
        ("Shipping box", None),
        ("Tipp-Kick", None),
    ],
)
def test_a_line_is_told_by_what_it_is_called(
    tmp_path: Path, guess_at: Guesser, item: str, kind: str | None
) -> None:
    row = ["2025-03-01", "a@post.example"]
    lines = [["1", *row, "Tea", 2, 4.5, 9], ["1", *row, item, 1, 5.25, 5.25]]
    write_csv(tmp_path / "l.csv", [*KEYS, "item", "quantity", "unit_price", "line_total"], lines)
    _, guessed = guess_at(tmp_path)
    assert guessed.line_kinds == ({item: kind} if kind else {})
    assert any("no goods" in told for told in guessed.says) == bool(kind)


def test_it_goes_into_the_seed_of_the_project_once(tmp_path: Path, guess_at: Guesser) -> None:
    dbt_project = tmp_path / "dbt"
    (dbt_project / "models" / "staging").mkdir(parents=True)
    (dbt_project / "seeds").mkdir()
    (dbt_project / "dbt_project.yml").write_text("vars:\n  sources:\n    other: [orders]\n")
    seed = dbt_project / "seeds" / "line_kinds.csv"
    seed.write_text("source_system,source_product_id,line_kind,note\nother,Porto,fee,mine\n")
    folder = tmp_path / "data"
    folder.mkdir()
    row = ["2025-03-01", "a@post.example"]
    told = [["1", *row, 'Porto, "A"', "Porto"], ["1", *row, "T", "Tea"]]
    lines = [[*one, at + 1, 5.25] for at, one in enumerate(told)]
    write_csv(folder / "l.csv", [*KEYS, "sku", "product name", "quantity", "line_total"], lines)
    sample, guessed = guess_at(folder)
    write_draft(dbt_project, "shop", sample, guessed, "UTC")
    _, kept, added = csv.reader(seed.read_text(encoding="utf-8").splitlines())
    assert kept[3] == "mine"
    assert added == ["shop", 'Porto, "A"', "shipping", "Told by what it is called"]
    assert with_lines(seed, [added]) is None


def test_lines_that_name_no_product_have_their_amounts(tmp_path: Path, guess_at: Guesser) -> None:
    row = ["2025-03-01", "a@post.example"]
    lines = [["1", *row, 2, 4.5, 9], ["1", *row, 1, 3.25, 3.25], ["2", *row, 1, 7, 7]]
    write_csv(tmp_path / "l.csv", [*KEYS, "quantity", "unit_price", "line_total"], lines)
    sample, guessed = guess_at(tmp_path)
    staged = stage(sample, guessed)
    assert rows(sample.connection, staged["orders"], "source_order_id") == [("1",), ("2",)]
    found = rows(sample.connection, staged["order_lines"], "source_order_id, net_amount::double")
    assert found == [("1", 3.25), ("1", 9.0), ("2", 7.0)]
