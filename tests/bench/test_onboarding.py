"""The folder that `bench.onboarding` measures makes portraits."""

from pathlib import Path

from bench.onboarding import write_orders
from orchestration.onboarding.guess import guess
from orchestration.onboarding.sample import sample_files
from orchestration.onboarding.vocabulary import read_contract, table_words
from orchestration.project import Project


def test_the_measured_orders_add_up(tmp_path: Path) -> None:
    write_orders(tmp_path / "data", 30)
    with sample_files(tmp_path / "data", table_words()) as sample:
        guessed = guess(sample, read_contract(Project.find().dbt_project))
        assert {"orders", "order_lines"} <= set(guessed.entities)
        assert "100 % of 30 orders add up to the cent" in guessed.says
        assert not guessed.questions
