"""Whether segments are what their names say, by the published profiles alone."""

import duckdb

# A part of a name: what its words say of a customer; and where no word holds for four in five of
# them, the figure whose median stands in the word's place.
PARTS = (
    (
        {
            "active": "days_since_last_order < 1.5 * gap",
            "cooling": "days_since_last_order >= 1.5 * gap",
            "lapsed": "days_since_last_order >= 3 * gap",
        },
        "days_since_last_order",
        "days silent {:,.0f}",
    ),
    (
        {
            "one-time": "order_count = 1",
            "occasional": "order_count > 1 and order_count < middle_count",
            "repeat": "order_count > 1",
            "frequent": "order_count > greatest(middle_count, 2)",
        },
        "order_count",
        "orders {:,.0f}",
    ),
    (
        {
            "small baskets": "average_order_value < middle_value",
            "large baskets": "average_order_value > middle_value",
        },
        "average_order_value",
        "basket {:,.2f}",
    ),
)
HOLDS = 0.8


def check_names(connection: duckdb.DuckDBPyConnection) -> None:
    """Each part of each name is a word that holds, or the median; no two names are alike."""
    connection.execute("""
        create temp table customers as
        select
            segment_name, days_since_last_order, order_count, average_order_value,
            median(order_count) over () as middle_count,
            median(average_order_value) over () as middle_value,
            greatest(
                coalesce(
                    mean_days_between_orders, median(mean_days_between_orders) over ()
                ),
                1
            ) as gap
        from customer_profiles where segment_id is not null
    """)
    ids = "select count(distinct segment_id), count(distinct segment_name) from customer_profiles"
    ((segments, names),) = connection.execute(ids).fetchall()
    assert segments == names > 1
    named = connection.execute("select distinct segment_name from customers").fetchall()
    for (name,) in named:
        for words, figure, told in PARTS:
            _check_part(connection, name, words, figure, told)


def _check_part(
    connection: duckdb.DuckDBPyConnection, name: str, words: dict[str, str], figure: str, told: str
) -> None:
    before, _, after = name.partition(" (median ")
    said = [word for word in words if word in before.lower()]
    assert len(said) < 2, name
    condition = words[said[0]] if said else "false"
    ((share, median),) = connection.execute(
        f"select avg(({condition})::int), median({figure})::double from customers "
        "where segment_name = ?",
        [name],
    ).fetchall()
    assert share >= HOLDS or (not said and told.format(median) in after), (name, figure)
