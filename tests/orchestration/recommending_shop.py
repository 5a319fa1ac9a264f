"""Interactions of two shops as the features tell them, and the tables recommendations go to."""

from typing import Any

import duckdb

from ml import layouts
from ml.recommendation.questions import Level
from ml.recommendation.rule import RecommendationRule
from tests.orchestration.modelled_shop import TABLES as MODELLED
from tests.orchestration.modelled_shop import table_of

Warehouse = duckdb.DuckDBPyConnection

RULE = RecommendationRule(("buy_again", "item_neighbours"), list_length=3)
OF_CATEGORIES = RecommendationRule(("buy_again", "ease"), list_length=2, level=Level.CATEGORY)
RULES = (RULE, OF_CATEGORIES)
TABLES = {
    "customer_recommendations": table_of(
        "customer_recommendations", layouts.CUSTOMER_RECOMMENDATIONS
    ),
    "customer_next_categories": table_of(
        "customer_next_categories", layouts.CUSTOMER_NEXT_CATEGORIES
    ),
    "similar_products": table_of("similar_products", layouts.SIMILAR_PRODUCTS),
    "model_metrics": MODELLED["model_metrics"],
}


def make_shops(warehouse: Warehouse) -> None:
    """A shop of 80 customers who buy of one of four kinds of ten products, and one of two.

    Each buys the same two products every month and one other of their kind; the test is of March,
    parameters are chosen on February. One customer of each shop has bought nothing.
    """
    warehouse.execute("""
        create schema features;
        create schema seeds;
        create table features.as_of_dates as
        select shop, as_of_date, as_of_date = date '2024-04-17' as is_current
        from (values ('large'), ('small')) as shops (shop)
        cross join unnest([date '2024-03-01', date '2024-04-01', date '2024-04-17'])
            as days (as_of_date);
        create table features.recommendation_days as
        select shop, purpose, as_of_date from (values ('large'), ('small')) as shops (shop)
        cross join (values
            ('current', date '2024-04-17'), ('fitting', date '2024-04-01'),
            ('test', date '2024-03-04'), ('tuning', date '2024-02-05')
        ) as days (purpose, as_of_date);
        create table purchases as
        with customers as (
            select 'large' as shop, 'c' || lpad(number::varchar, 2, '0') as customer_id,
                number % 4 as kind, number from range(80) as numbers (number)
            union all
            select 'small', 's' || number, 0, number from range(2) as numbers (number)
        )
        select shop, customer_id, day::date as bought_on, shop || ':' || kind || (case
            when which < 2 then (number + which) % 5
            else 5 + hash(number, day) % 5 end) as product_id
        from customers
        cross join unnest(range(date '2023-12-10', date '2024-04-15', interval 25 day))
            as days (day)
        cross join range(3) as places (which);
        create view features.product_interactions as
        select shop, as_of_date, customer_id, product_id, 'purchase' as behaviour,
            (as_of_date - bought_on)::double as age_days, 1.0 as weight
        from purchases
        inner join (select distinct shop, as_of_date from features.recommendation_days)
            using (shop)
        where bought_on < as_of_date
        union all
        select 'large', as_of_date, 'visitor', 'large:00', 'view', 3.0, 0.1
        from (select distinct as_of_date from features.recommendation_days);
        create view features.current_interactions as
        select * from features.product_interactions where as_of_date = date '2024-04-17';
        create view features.recommendation_lessons as
        select shop, customer_id, product_id, bought_on, null as given_back_date
        from purchases where bought_on < date '2024-04-01'
        union all
        select 'large', 'visitor', 'large:00', date '2024-03-01', null;
        create view features.recommendation_persons as
        select distinct shop, customer_id, as_of_date
        from purchases inner join features.recommendation_days using (shop)
        where purpose in ('test', 'tuning');
        create view features.next_purchases as
        select distinct shop, as_of_date, customer_id, product_id
        from purchases inner join features.recommendation_days using (shop)
        where purpose in ('test', 'tuning') and bought_on between as_of_date and as_of_date + 27;
        create table features.customer_features as
        select distinct shop, customer_id, date '2024-04-17' as as_of_date from purchases
        union all values ('large', 'visitor', date '2024-04-17'),
            ('small', 'stranger', date '2024-04-17');
        create schema intermediate;
        create table intermediate.int_rfm_segment_rules as
        from (values ('Champions'), ('Lost'), ('Lost')) as rules (rfm_segment);
        create table features.feature_rfm as
        select distinct shop, customer_id, as_of_date,
            case when right(customer_id, 1) < '5' then 'Champions' else 'Lost' end as rfm_segment
        from purchases
        inner join features.as_of_dates using (shop)
        where bought_on < as_of_date;
        create table features.feature_customers as
        select shop, customer_id, true as is_current from features.customer_features;
        create table features.recommendable_products as
        select distinct shop, product_id, substr(product_id, 1, 7) as category,
            product_id <> 'large:09' and product_id not like 'large:2%' as is_for_discover,
            true as is_for_buy_again,
            null::varchar as brand, null::double as price, null::varchar as name
        from purchases;
        create table features.product_attributes as
        select shop, product_id, 'category' as attribute, category as value
        from features.recommendable_products;
        create table features.refused_products as
        select 'large' as shop, 'c00' as customer_id, 'large:06' as product_id,
            false as is_refused_to_buy_again, true as is_refused_to_discover;
        create table seeds.recommendation_rules as
        from (values ('not_in_stock', 'any', 'yes')) as rules (rule, slot, value)
    """)


def lists(warehouse: Warehouse, customer_id: str, slot: str) -> list[str]:
    return _list(warehouse, "product_id", "customer_recommendations", customer_id, slot)


def categories(warehouse: Warehouse, customer_id: str, slot: str) -> list[str]:
    return _list(warehouse, "category", "customer_next_categories", customer_id, slot)


def _list(warehouse: Warehouse, column: str, table: str, customer_id: str, slot: str) -> list[str]:
    rows = warehouse.execute(
        f"select {column} from ml.{table} where customer_id = ? and slot = ? order by rank",
        [customer_id, slot],
    ).fetchall()
    return [str(row[0]) for row in rows]


def contents(warehouse: Warehouse) -> dict[str, list[tuple[Any, ...]]]:
    return {
        name: warehouse.execute(f"from {table.relation} order by all").fetchall()
        for name, table in TABLES.items()
    }
