"""What `portrait why` counts as a reason for the last build, in tables that were really built."""

from orchestration.project import Project
from orchestration.warehouse.current_manifest import current_manifest
from orchestration.warehouse.plain_project import PlainProject
from orchestration.warehouse.why import explain_last_build
from tests.warehouse import invoices
from tests.warehouse.conftest import new_warehouse
from tests.warehouse.full_build import LAYERS

# Two that read int_order_totals.
READER, SLOW_READER = "int_customer_days", "int_order_outliers"


def test_what_an_earlier_build_has_seen_is_no_reason_any_more(
    project: Project, plain: PlainProject
) -> None:
    """It is still noted where another reader, as after a run that was killed, has not seen it."""
    without_slow_reader = PlainProject(
        plain.declared,
        tuple(one for one in plain.built if one.relation != f"intermediate.{SLOW_READER}"),
        plain.tests,
    )
    with new_warehouse(plain) as connection:
        for number, by_whom in enumerate((plain, *3 * [without_slow_reader])):
            # An order of another customer a file.
            line = (
                *(f"10000{number}", "85123A", "LANTERN", "1", f"2011-03-0{number + 1} 10:00:00"),
                *("1.00", f"1785{number}", "France"),
            )
            invoices.load(connection, [line], f"{number}.csv", f"load {number}")
            made = by_whom.update(connection, LAYERS)
        assert made[f"intermediate.{READER}"] == "partial"
        noted = connection.execute("select count(*) from increments.changed_int_order_totals")
        assert noted.fetchall() == [(3,)]
        build = explain_last_build(connection, project, current_manifest(project), READER, {})
    (touch,) = (one for one in build.touches if one.because == "int_order_totals")
    assert (touch.changed_rows, touch.touched_partitions) == (1, 1)
    assert [example["source_customer_id"] for example in touch.examples] == ["17853"]
