"""The invariants of the design, on drawn rows of every source, full of dirt."""

import duckdb
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from orchestration.warehouse.plain_project import PlainProject
from tests.warehouse.conftest import AS_OF_DATE, new_warehouse
from tests.warehouse.drawn_sources import SOURCES, Delivery, deliveries, load, shuffles
from tests.warehouse.invariants import (
    check_data_tests,
    check_late_attribution,
    check_no_future,
    contents,
)

# What fails is not made smaller: each try is a warehouse. It costs much the same with rows of one
# source or of all; so all are drawn together, into shops of their own.
few_examples = settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
every_source = st.fixed_dictionaries({source: deliveries(source) for source in SOURCES})
Drawn = dict[str, Delivery]


def load_all(connection: duckdb.DuckDBPyConnection, drawn: Drawn) -> None:
    for source, delivery in drawn.items():
        load(connection, source, delivery)


@few_examples
@given(drawn=every_source)
def test_every_data_test_holds_on_all_sources_together(plain: PlainProject, drawn: Drawn) -> None:
    with new_warehouse(plain) as connection:
        load_all(connection, drawn)
        check_data_tests(connection, plain)


# What words mean is the same for all.
OF_NO_SHOP = {"tag_value_names"}


@few_examples
@given(drawn=every_source)
def test_a_shop_is_beside_others_what_it_is_alone(plain: PlainProject, drawn: Drawn) -> None:
    """And every data test holds where there is one source only."""
    with new_warehouse(plain) as connection:
        load_all(connection, drawn)
        plain.build(connection)
        together = {schema: contents(connection, schema) for schema in ("features", "marts")}
    for source, delivery in drawn.items():
        with new_warehouse(plain) as connection:
            load(connection, source, delivery)
            check_data_tests(connection, plain)
            for schema, tables in together.items():
                for name, alone in contents(connection, schema).items():
                    rows = tables[name]
                    beside = rows if name in OF_NO_SHOP else [r for r in rows if r[0] == source]
                    assert beside == alone, f"{schema}.{name} of {source}"


@few_examples
@given(drawn=every_source)
def test_rows_dated_on_or_after_the_day_change_nothing_as_of_it(
    plain_as_of: PlainProject, drawn: Drawn
) -> None:
    with new_warehouse(plain_as_of) as connection:
        load_all(connection, drawn)
        check_no_future(connection, plain_as_of, AS_OF_DATE)


@few_examples
@given(data=st.data())
def test_the_order_in_which_rows_arrive_changes_no_feature_and_no_mart(
    plain: PlainProject, data: st.DataObject
) -> None:
    drawn = data.draw(every_source)
    shuffled = {source: data.draw(shuffles(source, rows)) for source, rows in drawn.items()}
    found = []
    for arriving in (drawn, shuffled):
        with new_warehouse(plain) as connection:
            load_all(connection, arriving)
            plain.build(connection)
            found.append([contents(connection, schema) for schema in ("features", "marts")])
    assert found[0] == found[1]


@few_examples
@given(drawn=every_source)
def test_a_merge_of_accounts_changes_no_fact_and_can_be_undone(
    plain: PlainProject, drawn: Drawn
) -> None:
    with new_warehouse(plain) as connection:
        load_all(connection, drawn)
        check_late_attribution(connection, plain)
