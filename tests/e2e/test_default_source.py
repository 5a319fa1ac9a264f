"""From nothing to published portraits on the default source, with the commands of the README."""

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
import yaml

from bench.plain_queries import QUERIES, WORKS, measure_work, opened
from orchestration.publishing.reading import open_snapshot as publishing_snapshot
from orchestration.quoting import quoted
from orchestration.serving.customer_file import CustomerFile
from orchestration.serving.described import customer_model
from orchestration.serving.packed import unpack
from tests.checkouts import copy_dbt_project
from tests.e2e.conftest import ROOT, Command, command_environment, script
from tests.e2e.daily_shop import contents
from tests.e2e.documents import (
    PORTRAIT,
    TEN_QUERIES,
    answer,
    answered_queries,
    blocks,
    is_only_read,
    open_snapshot,
    promised_tables,
)
from tests.e2e.named_segments import check_names

HOUSEHOLDS = 2_469
SERVED_MODELS = """
    select prediction from model_versions where is_served and kind in ('event', 'amount')
"""
MODEL_METRICS = ROOT / "dbt_project" / "models" / "marts" / "model_metrics.yml"

Finished = "subprocess.CompletedProcess[str]"


def query(home: Path, sql: str) -> list[tuple[object, ...]]:
    """Asks the published snapshot as a BI tool would."""
    with open_snapshot(home) as connection:
        return connection.execute(sql).fetchall()


def test_the_run_tells_what_it_made(first_run: Finished, home: Path) -> None:
    said = first_run.stdout
    assert "2,469 customers" in said
    assert "zero_quantity" in said and "8,869" in said
    assert "marts.duckdb" in said
    assert "make ui" in said
    page = home / "published" / "current" / "site" / "index.html"
    assert said.rstrip().endswith(str(page)) and page.exists()
    documentation = (home / "published" / "current" / "docs" / "index.html").read_text()
    assert '"name": "repurchase_probability", "comment": null' in documentation
    assert str(home) not in documentation and str(ROOT) not in documentation
    for (name,) in query(home, "select distinct segment_name from customer_segments"):
        assert str(name) in said
    assert "Traceback" not in first_run.stderr
    assert "nanobind" not in first_run.stderr
    assert "warning" not in first_run.stderr.lower()


def test_segments_are_what_their_names_say(first_run: Finished, home: Path) -> None:
    with open_snapshot(home) as connection:
        check_names(connection)


def test_every_mart_is_published_with_what_the_source_holds(
    first_run: Finished, home: Path
) -> None:
    counts = dict(query(home, "select table_name, row_count from run_manifest"))
    current = home / "published" / "current"
    listed = set(promised_tables())
    assert {path.stem for path in current.glob("*.parquet")} == listed
    assert set(counts) == listed - {"run_manifest"}
    for name, count in counts.items():
        assert query(home, f"select count(*) from {name}") == [(count,)]
        assert query(home, f"select count(*) from '{current / str(name)}.parquet'") == [(count,)]
    undescribed = "select table_name, column_name from duckdb_columns() where comment is null"
    assert query(home, f"{undescribed} and not internal") == []
    assert counts["customer_profiles"] == HOUSEHOLDS
    assert query(home, "select sum(total_spend) from customer_profiles") == query(
        home,
        "select amount from data_quality where entity = 'order_lines' and outcome = 'accepted'",
    )


def test_every_customer_of_every_mart_has_one_profile(first_run: Finished, home: Path) -> None:
    tables = query(
        home, "select distinct table_name from duckdb_columns() where column_name = 'customer_id'"
    )
    assert len(tables) == 20
    for (name,) in tables:
        assert query(
            home,
            f"select count(*) from {name} anti join customer_profiles using (customer_id)",
        ) == [(0,)]
    assert query(home, "select count(distinct customer_id) from customer_profiles") == [
        (HOUSEHOLDS,)
    ]


def test_services_are_answered_about_every_customer(first_run: Finished, home: Path) -> None:
    """Each answer is of the types that OpenAPI promises, which are those of the marts."""
    with publishing_snapshot(home / "published" / "current") as snapshot:
        answer = customer_model(snapshot)
        ids = snapshot.rows("select customer_id from customer_profiles")
        models = sorted(str(row["prediction"]) for row in snapshot.rows(SERVED_MODELS))
        with closing(CustomerFile(snapshot.folder)) as customers:
            for row in ids:
                for is_personal in (False, True):
                    found = customers.find(row["customer_id"], is_personal=is_personal)
                    assert found and found.customer_id == row["customer_id"]
                    answer.model_validate_json(unpack(found.answer))
    assert len(ids) == HOUSEHOLDS
    published = (home / "published" / "current" / "models").rglob("*.skops")
    assert sorted(file.name.partition("-")[0] for file in published) == models


def test_models_were_tested_forward_in_time_and_beat_their_baselines(
    first_run: Finished, home: Path
) -> None:
    tested = query(
        home,
        "select target, evaluated_on, value, lower_bound, upper_bound, baseline_value "
        "from model_metrics where metric in ('roc_auc', 'rank_correlation') order by target",
    )
    # The newest first of a month whose 30 or 90 days are over on 2018-01-01.
    assert {str(target): str(day) for target, day, *_ in tested} == {
        "falls_silent_next_90_days": "2017-10-01",
        "has_no_order_next_90_days": "2017-10-01",
        "has_ordered_next_30_days": "2017-12-01",
        "redeems_coupon_next_30_days": "2017-12-01",
        "spend_next_90_days": "2017-10-01",
    }
    for _, _, value, low, high, baseline in tested:
        assert 0 < low < value < high < 1  # type: ignore[operator]
        assert baseline < value  # type: ignore[operator]


def test_metrics_of_the_glossary_are_measured(first_run: Finished, home: Path) -> None:
    declared = yaml.safe_load(MODEL_METRICS.read_text())["models"][0]["config"]["meta"]["glossary"]
    assert len(declared) > 10
    assert set(declared) <= {name for (name,) in query(home, "select metric from model_metrics")}


def test_the_manifest_says_from_what(first_run: Finished, home: Path) -> None:
    ((sources, packages, code),) = query(
        home,
        "select distinct source_systems, package_versions, code_version from run_manifest",
    )
    assert set(json.loads(str(sources))) == {"completejourney"}
    assert json.loads(str(packages))["duckdb"] == duckdb.__version__
    assert code


def test_a_second_run_has_nothing_to_do(first_run: Finished, portrait: Command, home: Path) -> None:
    before = (home / "published" / "current").readlink()
    again = portrait("run")
    assert again.returncode == 0
    assert "othing" in again.stdout
    assert (home / "published" / "current").readlink() == before


def test_one_customer_reads_like_a_portrait(first_run: Finished, portrait: Command) -> None:
    shown = portrait("show", "completejourney:1")
    assert shown.returncode == 0
    assert "completejourney:1" in shown.stdout and "order" in shown.stdout
    unknown = portrait("show", "completejourney:99999999")
    assert unknown.returncode == 2
    assert "error:" in unknown.stderr and "Traceback" not in unknown.stderr


def test_documented_commands_run(first_run: Finished, home: Path, tmp_path: Path) -> None:
    """Each block `sh` as it can be pasted, beside a `.venv` and with a state folder."""
    (tmp_path / ".venv").symlink_to(Path(sys.prefix))
    (tmp_path / ".portrait").symlink_to(home)
    done: set[str] = set()
    for block in blocks("sh"):
        script_lines = [
            line for line in block.commands if line not in done and not is_only_read(line)
        ]
        done.update(script_lines)
        finished = subprocess.run(
            ["bash", "-eu"],
            input="\n".join(script_lines),
            env=command_environment(home),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert finished.returncode == 0, f"{block.page}: {script_lines}\n{finished.stderr}"
    assert sum(PORTRAIT in line for line in done) >= 7
    assert (tmp_path / "bad.csv").stat().st_size and (tmp_path / "backup/warehouse.duckdb").exists()


def test_documented_queries_run(first_run: Finished, home: Path) -> None:
    queries = blocks("sql")
    assert {"README.md", "day-by-day.md", "ten-queries.md"} <= {query.page for query in queries}
    with open_snapshot(home) as connection:
        for query in queries:
            rows = connection.execute(query.text).fetchall()
            assert rows, f"{query.page}: {query.text}"


def test_ten_queries_have_the_answers_that_are_shown(first_run: Finished, home: Path) -> None:
    """`python -m tests.e2e.documents HOME` writes them anew."""
    answered = answered_queries(TEN_QUERIES.read_text())
    assert len(answered) >= 10
    with open_snapshot(home) as connection:
        for query, table in answered:
            assert answer(connection, query) == table


def test_the_same_gives_the_same_and_a_reader_keeps_what_it_has_open(
    first_run: Finished, portrait: Command, home: Path
) -> None:
    """Invariants 4 and 7; that a run may be killed at any time stands in test_killed.py."""
    current = home / "published" / "current"
    before, version = contents(home), current.readlink()
    with open_snapshot(home) as reader:
        with subprocess.Popen(
            [script("portrait"), "run", "--force"],
            env=command_environment(home),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as going:
            assert going.stdout is not None
            # In the middle: the first layers are rebuilt, the last ones are not.
            while not going.stdout.readline().startswith("intermediate"):
                assert going.poll() is None
            refused = portrait("run", "--force")
            assert refused.returncode == 2 and str(going.pid) in refused.stderr
            assert current.readlink() == version
            going.stdout.read()
        assert going.returncode == 0
        assert current.readlink() != version
        assert reader.execute("select count(*) from customer_profiles").fetchall() == [
            (HOUSEHOLDS,)
        ]
    assert contents(home) == before


def test_dbt_alone_builds_a_model_and_all_that_it_reads(first_run: Finished, home: Path) -> None:
    """As who changes a model does; that all models build stands in test_dbt_build.py."""
    rows = "select count(*), bit_xor(hash(rfm)) from marts.customer_rfm as rfm"
    with opened(home) as warehouse:
        before = warehouse.execute(rows).fetchall()
    built = subprocess.run(
        [script("dbt"), "build", "-s", "+customer_rfm", "--exclude-resource-type", "unit_test"],
        env=command_environment(home, DBT_TARGET_PATH=str(home / "dbt_alone")),
        cwd=ROOT / "dbt_project",
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert built.returncode == 0, built.stdout[-3000:]
    assert "WARN=0 ERROR=0 SKIP=0" in built.stdout
    assert "customer_rfm" in built.stdout
    with opened(home) as warehouse:
        assert warehouse.execute(rows).fetchall() == before


METRICS = {
    ("revenue", "order_count", "active_customers", "average_order_value"): (
        "order__channel",
        """
        select channel, sum(net_amount) - sum(returned_amount), count(order_number),
            count(distinct case when order_number > 0 then customer_id end),
            (sum(net_amount) - sum(returned_amount))
            / count(case when not is_value_unknown then order_number end)
        from orders group by channel order by channel
        """,
    ),
    ("revenue", "repeat_rate"): (
        "customer__segment_name",
        """
        select segment_name, sum(total_spend),
            count_if(order_count >= 2) / count_if(order_count >= 1)
        from customer_profiles group by segment_name order by segment_name
        """,
    ),
    ("retention",): (
        "cohort_in_month__months_since_first_order",
        """
        select months_since_first_order, sum(active_customer_count) / sum(customer_count)
        from customer_cohorts where is_month_over
        group by months_since_first_order order by months_since_first_order
        """,
    ),
}


def test_metrics_are_what_sql_says(first_run: Finished, home: Path, tmp_path: Path) -> None:
    # What reads metrics looks for the manifest in the dbt project alone.
    project = copy_dbt_project(tmp_path).dbt_project
    environment = command_environment(home, DBT_TARGET="published", DBT_PROFILES_DIR=str(project))

    def run(*command: str) -> None:
        told = subprocess.run(
            [script(command[0]), *command[1:]],
            env=environment,
            cwd=project,
            capture_output=True,
            text=True,
            timeout=900,
        )
        assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-3000:]

    run("dbt", "parse")
    for names, (dimension, sql) in METRICS.items():
        file = tmp_path / f"{names[-1]}.csv"
        asked = ("--metrics", ",".join(names), "--group-by", dimension, "--order", dimension)
        run("mf", "query", *asked, "--csv", str(file), "--decimals", "9")
        # Of months since the first order the metrics make text, so that 10 comes before 2.
        told = duckdb.sql(f"from read_csv({quoted(file)})").fetchall()
        assert len(told) > 0
        for found, expected in zip(
            sorted(told, key=key), sorted(query(home, sql), key=key), strict=True
        ):
            assert str(found[0]) == str(expected[0])
            assert [float(value) for value in found[1:]] == pytest.approx(
                [float(value) for value in expected[1:]]  # type: ignore[arg-type]
            )


def key(row: tuple[object, ...]) -> str:
    return str(row[0])


def test_the_plain_queries_of_the_benchmark_agree_with_the_models(
    first_run: Finished, home: Path, tmp_path: Path
) -> None:
    assert set(measure_work(home, tmp_path)) == {work.name for work in WORKS}
    purchases, affinities = (
        (QUERIES / f"{name}.sql").read_text() for name in ("purchases", "affinities")
    )
    with opened(home) as connection:
        ((customers, *agreeing),) = connection.execute(
            f"""
            select
                count(*),
                count_if(models.order_day_count = plain.order_day_count),
                count_if(models.order_count = plain.order_count),
                count_if(models.days_since_last_order = plain.days_since_last_order),
                count_if(
                    abs(models.mean_days_between_orders - plain.mean_days_between_orders) < 1e-9
                )
            from ({purchases}) as plain
            inner join intermediate.int_identities using (source_system, source_customer_id)
            inner join features.feature_purchases as models using (customer_id)
            where as_of_date = getvariable('day') and plain.order_day_count > 1
            """
        ).fetchall()
        ((brands, agreeing_brands),) = connection.execute(
            f"""
            select count(*), count_if(abs(models.decayed_spend - plain.decayed_spend) < 0.001)
            from ({affinities}) as plain
            inner join intermediate.int_identities using (source_system, source_customer_id)
            inner join features.feature_affinities as models
                using (customer_id, dimension, dimension_value)
            where as_of_date = getvariable('day') and dimension = 'brand'
            """
        ).fetchall()
    assert customers > 2_400 and brands > 4_500
    assert agreeing == [customers] * 4
    assert agreeing_brands == brands
