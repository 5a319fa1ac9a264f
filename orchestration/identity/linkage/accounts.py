"""What the accounts of a shop say of a person, as the warehouse has them, ready to be linked."""

from datetime import date

import duckdb

# A name is one column: the first word is taken for the given name, the last for the surname, or
# what stands before a comma. A name of one word is all a surname. Of city and postal code that is
# taken which more accounts tell: they say the same, and to agree in both would count twice.
_ACCOUNTS = """
    with told as (
        select
            source_keys.source_key, customers.* replace (
                nullif(trim(regexp_replace(strip_accents(lower(customers.name)),
                    '[^\\p{L}\\p{M}\\p{N},''-]+', ' ', 'g')), '') as name
            )
        from intermediate.int_customers as customers
        inner join intermediate.int_source_keys as source_keys
            on
                customers.source_system = source_keys.source_system
                and customers.source_customer_id = source_keys.source_customer_id
        where source_keys.shop = ?
    ),
    ordered as (
        select
            *, string_split(trim(case
                when contains(name, ',')
                    then concat(split_part(name, ',', 2), ' ', split_part(name, ',', 1))
                else name
            end), ' ') as words
        from told
    )
    select
        source_key, case when len(words) > 1 then words[1] end as given_name,
        words[-1] as surname, gender, cast(birth_date as varchar) as birth_date, email, phone,
        address,
        if(count(city) over () > count(postal_code) over (), city, postal_code) as place
    from ordered
    order by source_key
"""
# Identifiers of which a person has one: who tells another is another.
_TRAITS = """
    select identifiers.source_key, identifiers.identifier_kind, identifiers.identifier
    from intermediate.int_identifiers as identifiers
    inner join seeds.identifier_kinds as kinds on identifiers.identifier_kind = kinds.kind
    where identifiers.shop = ? and kinds.most_per_person = 1 and not identifiers.is_nobodys
"""
# What links keys already, by an identifier or because the user has said so.
_LINKED = """
    select first_source_key, source_key as other_source_key
    from intermediate.int_identity_links
    where
        shop = ? and identifier_kind <> 'found' and refused_because is null
        and linked_until > ?
"""


def last_days(warehouse: duckdb.DuckDBPyConnection) -> dict[str, date]:
    """Shop → the last day of its orders, for each that has any."""
    return dict(
        warehouse.execute(
            "select shop, as_of_date - 1 from features.as_of_dates where is_current order by shop"
        ).fetchall()
    )


def known_keys(warehouse: duckdb.DuckDBPyConnection) -> set[str]:
    """The keys that sources have, as `source_system:source_customer_id`."""
    rows = warehouse.execute("select source_key from intermediate.int_source_keys").fetchall()
    return {key for (key,) in rows}


def copy_accounts(
    warehouse: duckdb.DuckDBPyConnection,
    connection: duckdb.DuckDBPyConnection,
    shop: str,
    on: date,
) -> None:
    """Makes the tables `raw`, `traits` and `linked` of a shop.

    Args:
        warehouse: The warehouse, which is read.
        connection: An empty database.
        shop: The shop.
        on: The last day of its orders.
    """
    for table, query, parameters in (
        ("raw", _ACCOUNTS, [shop]),
        ("traits", _TRAITS, [shop]),
        ("linked", _LINKED, [shop, on]),
    ):
        connection.register("copied", warehouse.execute(query, parameters).df())
        connection.execute(f"create table {table} as select * from copied").fetchall()
        connection.unregister("copied")
