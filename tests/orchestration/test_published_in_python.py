"""The published snapshot as notebooks open it."""

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import PortraitError
from orchestration.publishing.versions import new_version
from orchestration.snapshot import read


def publish(published: Path, spend: int) -> None:
    with (
        new_version(published, datetime(2024, 1, 1, tzinfo=UTC)) as folder,
        duckdb.connect(folder / "marts.duckdb") as connection,
    ):
        connection.execute(
            f"""
            create table customer_profiles as
            select 's' as shop, 's:' || range as customer_id, date '2024-01-01' as as_of_date,
                {spend} + range as total_spend
            from range(3)
            """
        )
        connection.execute("comment on table customer_profiles is 'One row a customer.'")
        connection.execute("comment on column customer_profiles.total_spend is 'What is kept.'")


@pytest.fixture
def published(tmp_path: Path) -> Path:
    publish(tmp_path / "published", 10)
    return tmp_path / "published"


def test_tables_and_queries_are_relations(published: Path) -> None:
    with read(published) as opened:
        table = opened.table("customer_profiles").order("customer_id").df()
        assert table["total_spend"].tolist() == [10, 11, 12]
        dear = opened.sql("from customer_profiles where total_spend > $spend", spend=10)
        assert len(dear.df()) == 2
        assert opened.sql("select max(total_spend) from customer_profiles").fetchall() == [(12,)]


def test_it_says_what_there_is(published: Path) -> None:
    with read(published) as opened:
        assert opened.tables == {"customer_profiles": "One row a customer."}
        assert opened.columns("customer_profiles")[3].description == "What is kept."
        assert opened.as_of_dates == {"s": date(2024, 1, 1)}
        assert opened.version.startswith("v000001-")


def test_what_is_open_stays_as_it_was(published: Path) -> None:
    with read(published) as before:
        publish(published, 20)
        with read(published) as after:
            spend = "select min(total_spend) from customer_profiles"
            told = [opened.sql(spend).fetchall() for opened in (before, after)]
            assert told == [[(10,)], [(20,)]]


def test_an_unknown_table_is_said_with_what_is_like_it(published: Path) -> None:
    with read(published) as opened:
        for ask in (opened.table, opened.columns):
            with pytest.raises(
                PortraitError, match="no published table customer_profile\\."
            ) as told:
                ask("customer_profile")
            assert "customer_profiles" in str(told.value.hint)


def test_nothing_can_be_written(published: Path) -> None:
    with read(published) as opened, pytest.raises(duckdb.Error):
        opened.sql("delete from customer_profiles").fetchall()


def test_the_folder_is_that_of_the_project_unless_another_is_named(
    published: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PORTRAIT_HOME", str(published.parent))
    with read() as opened:
        assert opened.tables
    with pytest.raises(PortraitError, match="Nothing has been published"):
        read(tmp_path / "elsewhere")
