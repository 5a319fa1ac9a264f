"""Databases, an API and a file at an address become portraits; none stops the others, none tells.

Its tests follow each other: the sources answer, one fails, it is mended, all fail.
"""

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.connections.conftest import postgres_url  # noqa: F401
from tests.connections.servers import DATABASE_PASSWORD
from tests.e2e.conftest import PORTRAIT
from tests.e2e.planted_shop import PLANTED, SECRETS, WRONG, Finished, Shop, planted_shop

SPEND = (
    "select customer_id, total_spend::decimal(18, 2)::varchar from customer_profiles "
    "where order_count > 0 order by all"
)
SYSTEMS = "select split_part(customer_id, ':', 1), count(*) from customer_profiles group by all"
HEALTH = "select distinct source_health from run_manifest"
JOB = """
from orchestration.runs.job import run_everything
from orchestration.entering import enter
run_everything(enter())
"""
# As Dagster's UI starts it: the job itself asks the sources.
DAGSTER = """
import dagster as dg
from orchestration.definitions import portrait
from orchestration.defs.jobs import JOB
job = portrait().resolve_job_def(JOB)
with dg.DagsterInstance.get() as instance:
    job.execute_in_process(instance=instance)
"""


@pytest.fixture(scope="module")
def shop(
    tmp_path_factory: pytest.TempPathFactory,
    postgres_url: str,  # noqa: F811
) -> Iterator[Shop]:
    with planted_shop(tmp_path_factory.mktemp("planted"), postgres_url) as shop:
        shop.execute(
            "create table orders (id bigint primary key, member text, placed_at timestamptz, "
            "updated_at timestamptz default '2024-05-01')",
            "create table items (order_id bigint, position int, amount numeric(12, 2))",
            "insert into orders values (1, 'm1', '2024-03-01 10:00Z'), "
            "(2, 'm1', '2024-03-09 10:00Z'), (3, 'm2', '2024-03-10 10:00Z')",
            "insert into items values (1, 1, 10.10), (2, 1, 5), (2, 2, 5), (3, 1, 7)",
        )
        shop.api.records["crm-path-4711/members"] = [
            {"id": f"c{number}", "born": {"year": 1980 + number}} for number in range(5)
        ]
        shop.api.files["till-path-4711/people.csv"] = b"id\nt1\nt2\nt3\n"
        yield shop


def ends_well(finished: Finished) -> str:
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return " ".join((finished.stdout + finished.stderr).split())


def test_all_are_portrayed(shop: Shop) -> None:
    ends_well(shop.run(PORTRAIT, "run", is_started=True))
    assert shop.published(SPEND) == [("erp:m1", "20.10"), ("erp:m2", "7.00")]
    assert dict(shop.published(SYSTEMS)) == {"erp": 2, "crm": 5, "till": 3}
    assert any("crm_parameter-2%24" in request for request in shop.api.requests)
    assert any("till-signature-$1" in request for request in shop.api.requests)
    assert shop.leaks() == []
    assert "Nothing is new since the last run" in ends_well(shop.portrait("run"))


def test_one_may_fail(shop: Shop) -> None:
    """The database loses a column; the API brings a member more."""
    shop.execute("alter table orders rename column member to who")
    shop.api.records["crm-path-4711/members"].append({"id": "c9", "born": {"year": 1999}})
    told = ends_well(shop.portrait("run"))
    assert "erp: the table orders no longer has member." in told
    assert shop.published(SPEND) == [("erp:m1", "20.10"), ("erp:m2", "7.00")]
    assert dict(shop.published(SYSTEMS)) == {"erp": 2, "crm": 6, "till": 3}
    ((health,),) = shop.published(HEALTH)
    assert json.loads(health)["crm"]["error"] is None
    assert "no longer has member" in json.loads(health)["erp"]["error"]


def test_what_is_mended_is_taken_up(shop: Shop) -> None:
    """With a correction and a late order."""
    shop.execute(
        "alter table orders rename column who to member",
        "update orders set member = 'm3', updated_at = '2024-06-01' where id = 3",
        "insert into orders values (4, 'm1', '2024-02-01 10:00Z', '2024-06-02')",
        "insert into items values (4, 1, 1.00)",
    )
    ends_well(shop.portrait("run"))
    assert shop.published(SPEND) == [("erp:m1", "21.10"), ("erp:m3", "7.00")]


def test_all_may_fail_and_tell_no_secret(shop: Shop) -> None:
    # Of what they write, the next test looks through all.
    assert shop.portrait("run", **WRONG).returncode == 2


def test_the_only_one_may_fail_in_dagster_which_writes_down_what_led_to_it(shop: Shop) -> None:
    # Its file is there and cannot be fetched; one that is not there raises nothing.
    shop.api.files[f"{SECRETS['TILL_PATH']}/people.csv"] = b"id\nt4\n"
    environment = {**WRONG, "TILL_PATH": SECRETS["TILL_PATH"]}
    choice = shop.own / "choice.yml"
    for name, told in {
        "erp": "the database said",
        "crm": "crm cannot",
        "till": "till: http",
    }.items():
        choice.write_text(f"{name}: {{}}")
        shop.api.failures[:] = [200, 500]
        failed = shop.run(DAGSTER, **environment)
        assert failed.returncode == 1 and told in failed.stderr and "_StruckOut" in failed.stderr
    shop.api.failures[:] = [200, 500]
    assert shop.run(JOB, **environment).returncode == 1
    log = (shop.home / "logs" / "run.log").read_text()
    assert "till: http://ann:${TILL_PASSWORD}@" in log
    choice.unlink()
    assert shop.leaks() == []


def test_what_holds_a_secret_in_clear_is_refused_or_taken_out(shop: Shop) -> None:
    """Before anything is written."""
    clear = "till=http://ann:crm-cookie$1@127.0.0.1/x"
    assert shop.portrait("run", "--source", clear).returncode == 2
    assert not (shop.own / "choice.yml").exists()
    declared = (shop.own / "sources.yml").read_text().split("url: ")[1].split("\n")[0]
    url = declared.replace("${ERP_PASSWORD}", quote(DATABASE_PASSWORD, safe=""))
    added = shop.portrait("source", "add", "copied", "--url", url)
    assert added.returncode == 0, added.stdout + added.stderr
    assert "export COPIED_PASSWORD=…" in added.stdout
    assert "password=${COPIED_PASSWORD}" in (shop.own / "sources.yml").read_text()
    assert shop.leaks() == []


def test_all_that_was_written_is_the_users_alone(shop: Shop) -> None:
    written = [shop.home, *shop.home.rglob("*")]
    assert [path for path in written if not path.is_symlink() and path.stat().st_mode & 0o077] == []
    drafted = shop.checkout / "dbt_project" / "models" / "staging" / "copied"
    assert drafted.stat().st_mode & 0o777 == 0o755


def test_no_process_and_no_file_had_a_secret_while_the_others_ran(shop: Shop) -> None:
    assert any("orchestration.cli.main" in line for line in shop.started)
    assert [line for line in shop.started if any(one in line for one in PLANTED)] == []
    assert shop.written == []
