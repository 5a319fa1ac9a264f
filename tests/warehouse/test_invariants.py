"""The invariants of the design, on drawn rows of every source, full of dirt."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from orchestration.warehouse.plain_project import PlainProject
from tests.warehouse.conftest import AS_OF_DATE, new_warehouse
from tests.warehouse.drawn_sources import SOURCES, deliveries, load, shuffles
from tests.warehouse.invariants import (
    check_data_tests,
    check_late_attribution,
    check_no_future,
    contents,
)

# What fails is not made smaller: each try is a warehouse.
few_examples = settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
every_source = pytest.mark.parametrize("source", SOURCES)


@every_source
@few_examples
@given(data=st.data())
def test_every_data_test_holds_on_any_rows(
    plain: PlainProject, source: str, data: st.DataObject
) -> None:
    with new_warehouse(plain) as connection:
        load(connection, source, data.draw(deliveries(source)))
        check_data_tests(connection, plain)


@few_examples
@given(data=st.data())
def test_every_data_test_holds_on_all_sources_together(
    plain: PlainProject, data: st.DataObject
) -> None:
    with new_warehouse(plain) as connection:
        for source in SOURCES:
            load(connection, source, data.draw(deliveries(source)))
        check_data_tests(connection, plain)


@few_examples
@given(data=st.data())
def test_a_shop_is_beside_others_what_it_is_alone(plain: PlainProject, data: st.DataObject) -> None:
    drawn = {source: data.draw(deliveries(source)) for source in SOURCES}
    with new_warehouse(plain) as connection:
        for source, delivery in drawn.items():
            load(connection, source, delivery)
        plain.build(connection)
        together = {schema: contents(connection, schema) for schema in ("features", "marts")}
    for source, delivery in drawn.items():
        with new_warehouse(plain) as connection:
            load(connection, source, delivery)
            plain.build(connection)
            for schema, tables in together.items():
                for name, alone in contents(connection, schema).items():
                    beside = [row for row in tables[name] if row[0] == source]
                    assert beside == alone, f"{schema}.{name} of {source}"


@every_source
@few_examples
@given(data=st.data())
def test_rows_dated_on_or_after_the_day_change_nothing_as_of_it(
    plain_as_of: PlainProject, source: str, data: st.DataObject
) -> None:
    with new_warehouse(plain_as_of) as connection:
        load(connection, source, data.draw(deliveries(source)))
        check_no_future(connection, plain_as_of, AS_OF_DATE)


@every_source
@few_examples
@given(data=st.data())
def test_the_order_in_which_rows_arrive_changes_no_feature_and_no_mart(
    plain: PlainProject, source: str, data: st.DataObject
) -> None:
    drawn = data.draw(deliveries(source))
    found = []
    for delivery in (drawn, data.draw(shuffles(source, drawn))):
        with new_warehouse(plain) as connection:
            load(connection, source, delivery)
            plain.build(connection)
            found.append([contents(connection, schema) for schema in ("features", "marts")])
    assert found[0] == found[1]


@few_examples
@given(data=st.data())
def test_a_merge_of_accounts_changes_no_fact_and_can_be_undone(
    plain: PlainProject, data: st.DataObject
) -> None:
    with new_warehouse(plain) as connection:
        for source in SOURCES:
            load(connection, source, data.draw(deliveries(source)))
        check_late_attribution(connection, plain)
