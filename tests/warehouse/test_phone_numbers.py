"""Phone numbers are dialled as the library phonenumbers says, whose examples these are."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.quoting import quoted
from orchestration.warehouse.plain_project import PlainProject
from tests.warehouse.conftest import new_warehouse

EXAMPLES = Path(__file__).with_name("phone_numbers.csv")
# Where a mobile number is dialled otherwise from home, and where the prefix has a part of its own.
DIALLED_OTHERWISE = [("AR", "mobile"), ("BY", "fixed"), ("BY", "mobile")]
# As it may be written: a way, and the SQL of it.
WAYS = {
    "national": "national",
    "international": "international",
    "zeros": "'00' || e164[2:]",
    "zero in brackets": "regexp_replace(international, ' ', ' (0) ')",
    "bare": "e164[length(calling_code) + 2:]",
}


@pytest.fixture(scope="module")
def dialled(plain: PlainProject) -> Iterator[duckdb.DuckDBPyConnection]:
    """A customer for each example and way of writing it, with the identifiers made of them."""
    statements = {statement.relation: statement for statement in plain.built}
    written = " union all ".join(
        f"select *, '{way}' as way, {sql} as phone from examples" for way, sql in WAYS.items()
    )
    with new_warehouse(plain) as connection:
        connection.execute(statements["intermediate.int_source_systems"].sql).fetchall()
        connection.execute(f"""
            create table examples as
            select examples.*, calling_code
            from read_csv({quoted(EXAMPLES)}, all_varchar = true, nullstr = '') as examples
            join seeds.phone_countries using (country);
            create table intermediate.int_customers as
            select 'simulated' as source_system, country || line || way as source_customer_id,
                phone, country, line, way, e164, null::varchar as email,
                null::varchar as card_number, null::varchar as device_id,
                null::varchar as household_id, null::varchar as address,
                null::varchar as postal_code, null::varchar as city,
                null::date as birth_date, null::timestamp as registered_at,
                null::timestamp as updated_at
            from ({written});
            create table intermediate.int_source_keys as
            select 'simulated' as shop, 'simulated:' || source_customer_id as source_key,
                source_system, source_customer_id, null::date as first_known_date
            from intermediate.int_customers;
        """).fetchall()
        connection.execute(statements["intermediate.int_identifiers"].sql).fetchall()
        yield connection


@pytest.mark.parametrize("way", WAYS)
def test_a_number_is_dialled_as_the_library_says(
    dialled: duckdb.DuckDBPyConnection, way: str
) -> None:
    wrong = dialled.execute(
        """
        select country, line
        from intermediate.int_customers
        left join intermediate.int_identifiers using (source_system, source_customer_id)
        where way = ? and identifier is distinct from e164
        order by all
        """,
        [way],
    ).fetchall()
    assert wrong == (DIALLED_OTHERWISE if way == "national" else [])


def test_every_country_has_examples(dialled: duckdb.DuckDBPyConnection) -> None:
    """Each with a mobile number or another; but for those with none of either kind."""
    lacking = "from seeds.phone_countries anti join examples using (country)"
    assert dialled.execute(f"select count(*) {lacking}").fetchall() == [(0,)]
    assert dialled.execute("select count(*) from examples").fetchall() == [(489,)]
