"""A shop of a handful of baskets, in the files of Complete Journey."""

from pathlib import Path

import duckdb

# household, basket, store, product, quantity, spent, discount, coupon, match, UTC timestamp
_LINES = """
    (1, 101, 7, 11, 1, 2.50, 0.50, 0.00, 0.00, '2017-01-02 15:00:00'),
    (1, 101, 7, 12, 2, 3.00, 0.00, 1.00, 0.10, '2017-01-02 15:00:00'),
    (1, 102, 7, 11, 1, 2.50, 0.00, 0.00, 0.00, '2017-03-01 12:30:00'),
    (1, 103, 8, 13, 3, 9.99, 0.00, 0.00, 0.00, '2017-03-01 23:30:00'),
    -- Three in the morning in UTC is the evening before in New York, a Saturday.
    (1, 104, 7, 12, 1, 1.50, 0.00, 0.00, 0.00, '2017-05-07 03:00:00'),
    -- Two households with the same days and sums: ties in every score.
    (2, 201, 7, 11, 1, 2.50, 0.00, 0.00, 0.00, '2017-04-10 14:00:00'),
    (3, 301, 7, 11, 1, 2.50, 0.00, 0.00, 0.00, '2017-04-10 14:00:00'),
    -- Two categories, equally loved and equally rare: the name decides.
    (4, 401, 7, 14, 1, 4.00, 0.00, 0.00, 0.00, '2017-05-20 18:00:00'),
    (4, 401, 7, 15, 1, 4.00, 0.00, 0.00, 0.00, '2017-05-20 18:00:00'),
    -- A line without a quantity beside one that has it.
    (5, 501, 7, 11, 0, 0.75, 0.00, 0.00, 0.00, '2017-05-21 22:00:00'),
    (5, 501, 7, 16, 1, 6.25, 1.00, 0.00, 0.00, '2017-05-21 22:00:00'),
    (5, 502, 7, 17, 1, 1.00, 0.00, 0.00, 0.00, '2017-05-22 06:00:00'),
    (5, 502, 7, 18, 1, 1.20, 0.00, 0.00, 0.00, '2017-05-22 06:00:00'),
    -- Given for nothing: an order, but no liking.
    (6, 601, 7, 11, 1, 0.00, 2.50, 0.00, 0.00, '2017-05-30 14:00:00'),
    -- The last order of all has nothing in it that counts, but it is the last.
    (7, 701, 7, 11, 0, 0.00, 0.00, 0.00, 0.00, '2017-06-10 14:00:00')
"""

_FILES = {
    "transactions": f"""
        select
            household_id::bigint as household_id, store_id::bigint as store_id,
            basket_id::bigint as basket_id, product_id::bigint as product_id,
            quantity::bigint as quantity, sales_value::double as sales_value,
            retail_disc::double as retail_disc, coupon_disc::double as coupon_disc,
            coupon_match_disc::double as coupon_match_disc, 1::bigint as week,
            transaction_timestamp::timestamp as transaction_timestamp
        from (values {_LINES}) as lines (
            household_id, basket_id, store_id, product_id, quantity, sales_value, retail_disc,
            coupon_disc, coupon_match_disc, transaction_timestamp
        )
    """,
    # 18 is sold but not listed; 16 is in the bin without a type, 17 is nothing at all.
    "products": """
        select product_id::bigint as product_id, 1::bigint as manufacturer_id,
            department::varchar as department, brand::varchar as brand,
            product_category::varchar as product_category, product_type::varchar as product_type,
            null::varchar as package_size
        from (values
            (11, 'GROCERY', 'National', 'BREAD', 'ROLLS'),
            (12, 'GROCERY', 'Private', 'MILK', 'WHOLE'),
            (13, 'FUEL', 'Private', 'COUPON/MISC ITEMS', 'GASOLINE'),
            (14, 'GARDEN', 'National', 'ROSES', 'RED'),
            (15, 'GARDEN', 'National', 'APPLE TREES', 'SMALL'),
            (16, 'BIN', 'Private', 'COUPON/MISC ITEMS', null),
            (17, null, null, null, null)
        ) as products (product_id, department, brand, product_category, product_type)
    """,
    "demographics": """
        select 1::bigint as household_id, '25-34' as age, 'Under 15K' as income,
            'Renter' as home_ownership, 'Unmarried' as marital_status, '1' as household_size,
            '1 Adult No Kids' as household_comp, '0' as kids_count
    """,
    "campaigns": "select 1::bigint as household_id, '1' as campaign_id",
    "campaign_descriptions": """
        select '1' as campaign_id, 'Type A' as campaign_type, date '2017-02-01' as start_date,
            date '2017-03-01' as end_date
    """,
    "coupon_redemptions": """
        select 1::bigint as household_id, '55' as coupon_upc, '1' as campaign_id,
            date '2017-02-03' as redemption_date
    """,
}


def write_shop(folder: Path) -> None:
    """Writes the files."""
    with duckdb.connect() as connection:
        for name, query in _FILES.items():
            connection.execute(f"copy ({query}) to '{folder / name}.parquet'")
