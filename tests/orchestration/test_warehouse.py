"""dbt runs in this process: native events stream out, failures are told, the file is let go."""

import gc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import dagster as dg
import duckdb
import pytest
from dbt_common.events.event_manager_client import cleanup_event_logger

from orchestration.defs.resources import PortraitRun
from orchestration.defs.warehouse_assets import build
from orchestration.entering import enter, environment
from orchestration.errors import PortraitError
from orchestration.project import Project
from orchestration.warehouse.acceptance import check_any_order_accepted
from orchestration.warehouse.current_manifest import current_manifest
from orchestration.warehouse.dbt_in_process import parse
from orchestration.warehouse.opening import open_warehouse, remove_warehouse

# dbt and Dagster warn about their own insides, and dbt closes its log file when it is collected.
pytestmark = pytest.mark.filterwarnings("ignore")

Built = tuple[Project, dg.ExecuteInProcessResult]

FILES = {
    "dbt_project.yml": """
        name: toy
        profile: toy
        flags: {send_anonymous_usage_stats: false}
        on-run-start:
          - create schema if not exists ml
          - create table if not exists ml.scores (score integer)
        models:
          toy:
            features: {+schema: features, +materialized: table}
            marts: {+schema: marts, +materialized: table}
        """,
    "profiles.yml": """
        toy:
          target: duckdb
          outputs:
            duckdb: {type: duckdb, path: "{{ env_var('PORTRAIT_HOME') }}/warehouse.duckdb"}
        """,
    "macros/generate_schema_name.sql": """
        {% macro generate_schema_name(name, node) %}{{ name or target.schema }}{% endmacro %}
        """,
    "models/sources.yml": """
        sources:
          - name: ml
            tables:
              - name: scores
                columns: [{name: score, data_tests: [not_null]}]
        """,
    "models/features/customers.sql": "select * from range({{ var('rows', 3) }}) as t (customer)",
    "models/features/customers.yml": """
        models:
          - name: customers
            columns:
              - {name: customer, description: The person., data_tests: [unique]}
        """,
    "models/features/customer_view.sql": """
        {{ config(materialized='view') }} select * from {{ ref('customers') }}
        """,
    "models/marts/profiles.sql": """
        select customers.customer, count(scores.score) as scores
        from {{ ref('customers') }} as customers
        left join {{ source('ml', 'scores') }} as scores on scores.score = customers.customer
        group by all
        """,
    "tests/assert_nobody_is_lost.sql": """
        select * from {{ ref('customers') }} anti join {{ ref('profiles') }} using (customer)
        """,
}


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A checkout with a dbt project of three models, entered."""
    yield make_toy(tmp_path, monkeypatch)
    forget_dbt()


@pytest.fixture(scope="module")
def built(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Built]:
    """The toy project after a run."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        project = make_toy(tmp_path_factory.mktemp("toy"), monkeypatch)
        yield project, materialize(project)
    forget_dbt()


def make_toy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    project = Project(folder, folder / "home")
    for name, text in FILES.items():
        write(project, name, text)
    project.dagster_template.write_text("telemetry: {enabled: false}")
    for name, value in environment(project).items():
        monkeypatch.setenv(name, value)
    # Dagster makes the run resource anew for each run.
    monkeypatch.setattr(Project, "find", classmethod(lambda cls: project))
    return enter(project)


def forget_dbt() -> None:
    parse.cache_clear()
    cleanup_event_logger()
    gc.collect()


def write(project: Project, name: str, text: str) -> None:
    file = project.dbt_project / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(dedent(text))


def materialize(project: Project, **options: object) -> dg.ExecuteInProcessResult:
    assets = build(current_manifest(project))
    scores = dg.AssetSpec(["ml", "scores"])
    result: dg.ExecuteInProcessResult = dg.materialize(
        [*assets, scores],
        resources={"run": PortraitRun()},
        instance=dg.DagsterInstance.ephemeral(),
        **options,  # type: ignore[arg-type]
    )
    return result


def message_of(error: BaseException | None) -> PortraitError:
    assert error is not None
    assert isinstance(error.__cause__, PortraitError)
    return error.__cause__


def test_models_are_materializations_and_tests_are_checks(built: Built) -> None:
    _, result = built
    materializations = {
        event.asset_key.to_user_string(): event.materialization.metadata
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }
    assert set(materializations) == {
        "features/customers",
        "features/customer_view",
        "marts/profiles",
    }
    customers = materializations["features/customers"]
    assert customers["dagster/row_count"].value == 3
    assert "Execution Duration" in customers
    (column,) = customers["dagster/column_schema"].value.columns
    assert (column.name, column.type, column.description) == ("customer", "BIGINT", "The person.")
    lineage = materializations["marts/profiles"]["dagster/column_lineage"].value
    assert {name: found[0].asset_key.path for name, found in lineage.deps_by_column.items()} == {
        "customer": ["features", "customers"],
        "scores": ["ml", "scores"],
    }
    # Counting a view may cost as much as building it.
    assert "dagster/row_count" not in materializations["features/customer_view"]

    checks = {
        (check.asset_key.to_user_string(), check.check_name, check.passed)
        for check in result.get_asset_check_evaluations()
    }
    assert checks == {
        ("features/customers", "unique_customers_customer", True),
        ("ml/scores", "source_not_null_ml_scores_score", True),
        ("marts/profiles", "assert_nobody_is_lost", True),
    }


def test_the_graph_hops_once_through_python(built: Built) -> None:
    _, result = built
    steps = [event.step_key for event in result.all_events if event.is_step_success]
    assert steps == ["dbt_before_ml", "dbt_after_ml"]


def test_other_processes_can_open_the_warehouse_afterwards(built: Built) -> None:
    project, _ = built
    script = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('from marts.profiles')"
    subprocess.run([sys.executable, "-c", script, str(project.warehouse)], check=True)
    with duckdb.connect(project.warehouse) as connection:
        connection.execute("create table written_by_python as select 1")


def test_a_broken_model_is_told_with_its_sql(toy: Project) -> None:
    model = "models/marts/profiles.sql"
    write(toy, model, "select no_such_column from {{ ref('customers') }}")
    with pytest.raises(dg.Failure) as failure:
        materialize(toy)
    error = message_of(failure.value)
    assert error.message.startswith("The model marts.profiles failed: Runtime Error")
    assert "no_such_column" in error.message
    assert f"compiled/toy/{model}; dbt's log is {toy.dbt_log}" in error.hint


def test_what_stops_validation_is_told_and_not_what_it_has_left_unmade(toy: Project) -> None:
    """A run that goes on asks tables of validation, which are not there then."""
    write(toy, "models/intermediate/judged.sql", "{{ config(schema='intermediate') }} select x")
    with pytest.raises(dg.Failure) as failure:
        materialize(toy)
    assert message_of(failure.value).message.startswith("The model intermediate.judged failed")


def test_a_failing_test_stops_what_comes_after(toy: Project) -> None:
    write(toy, "models/features/customers.sql", "select 1 as customer from range(3)")
    with pytest.raises(dg.Failure) as failure:
        materialize(toy)
    told = message_of(failure.value).message
    assert told == "The test unique_customers_customer found 1 rows that should not be."
    with duckdb.connect(toy.warehouse) as connection, pytest.raises(duckdb.CatalogException):
        connection.execute("from marts.profiles")


def test_a_warning_is_shown_and_the_run_goes_on(
    toy: Project, caplog: pytest.LogCaptureFixture
) -> None:
    write(toy, "models/features/customers.sql", "select 1 as customer from range(3)")
    yml = FILES["models/features/customers.yml"]
    write(
        toy,
        "models/features/customers.yml",
        yml.replace("[unique]", "[{unique: {config: {severity: warn}}}]"),
    )
    assert materialize(toy).success
    assert "The test unique_customers_customer found 1 rows" in caplog.text


def test_a_part_can_be_built_alone(toy: Project) -> None:
    result = materialize(toy, selection=[dg.AssetKey(["features", "customers"])])
    built = {event.asset_key for event in result.get_asset_materialization_events()}
    assert built == {dg.AssetKey(["features", "customers"])}
    (check,) = result.get_asset_check_evaluations()
    assert check.check_name == "unique_customers_customer"


def test_a_project_that_does_not_parse_is_told(toy: Project) -> None:
    write(toy, "models/marts/profiles.sql", "select * from {{ ref('nowhere') }}")
    with pytest.raises(PortraitError, match="depends on a node named 'nowhere'"):
        parse(toy)


def test_what_opens_the_warehouse_holds_no_more_than_dbt_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTRAIT_MEMORY_LIMIT", "256MiB")
    with open_warehouse(tmp_path / "warehouse.duckdb") as warehouse:
        told = warehouse.execute("select current_setting('memory_limit')").fetchall()
    assert told == [("256.0 MiB",)]


def test_no_order_accepted_is_told_with_the_reasons(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    check_any_order_accepted(warehouse, {})  # Validation has not run.
    warehouse.execute("create schema intermediate")
    warehouse.execute("create table intermediate.int_orders (source_order_id varchar)")
    warehouse.execute(
        "create table intermediate.int_quarantine as "
        "select 'shop' as source_system, 'orders' as entity, 'no_date' as reason_code from range(7)"
    )
    with pytest.raises(PortraitError, match="7 orders of shop: no_date"):
        check_any_order_accepted(warehouse, {})
    warehouse.execute("insert into intermediate.int_orders values ('1')")
    check_any_order_accepted(warehouse, {})


@pytest.mark.parametrize("harm", ["text", "cut", "flipped"])
def test_a_damaged_warehouse_is_told_and_can_be_removed(tmp_path: Path, harm: str) -> None:
    path = tmp_path / "warehouse.duckdb"
    with open_warehouse(path) as warehouse:
        warehouse.execute("create table orders as select range as id from range(100000)")
    content = path.read_bytes()
    harmed = {
        "text": b"no database at all, as it seems",
        "cut": content[:5000],
        "flipped": content[:4096] + bytes(4096) + content[8192:],
    }
    path.write_bytes(harmed[harm])
    with pytest.raises(PortraitError, match="is damaged") as error, open_warehouse(path):
        pass
    assert "portrait run --rebuild" in error.value.hint
    remove_warehouse(path)
    with open_warehouse(path) as warehouse:
        assert warehouse.execute("from duckdb_tables()").fetchall() == []
