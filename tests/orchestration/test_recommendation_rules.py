"""What a shop's own rules keep out of lists."""

import pytest

from orchestration.modelling.kept_models import Maker
from orchestration.modelling.recommendations import make_recommendations
from tests.orchestration.recommending_shop import RULES, TABLES, Warehouse, make_shops

MAKER = Maker("code")


@pytest.fixture
def shops(warehouse: Warehouse) -> Warehouse:
    make_shops(warehouse)
    return warehouse


def test_a_category_has_so_many_places(shops: Warehouse) -> None:
    shops.execute("insert into seeds.recommendation_rules values ('most_of_a_category','any','1')")
    make_recommendations(shops, TABLES, MAKER, RULES)
    most = shops.execute("""
        select max(count) from (
            select count(*) as count from ml.customer_recommendations
            inner join features.recommendable_products using (product_id)
            group by customer_id, slot, category
        )
    """).fetchall()
    assert most == [(1,)]


def test_what_has_the_name_of_something_bought_is_not_to_discover(shops: Warehouse) -> None:
    shops.execute("insert into seeds.recommendation_rules values ('same_name', 'discover', 'yes')")
    # Numbers 0 to 4 of each kind are one thing to people, in five sizes.
    shops.execute("""
        update features.recommendable_products set name = 'thing ' || left(right(product_id, 2), 1)
        where right(product_id, 1) < '5'
    """)
    make_recommendations(shops, TABLES, MAKER, RULES)
    told = shops.execute("""
        with bought as (
            select distinct customer_id, name from purchases
            inner join features.recommendable_products using (product_id)
        )
        select slot, count(*) filter (bought.name is not null),
            max(count(listed.name)) over (partition by slot)
        from ml.customer_recommendations
        inner join features.recommendable_products as listed using (product_id)
        left join bought
            on customer_recommendations.customer_id = bought.customer_id
            and listed.name = bought.name
        group by slot, customer_recommendations.customer_id, listed.name
    """).fetchall()
    assert {row[1] for row in told if row[0] == "discover"} == {0}
    assert {row[2] for row in told if row[0] == "discover"} == {1}
    assert any(row[1] for row in told if row[0] == "buy_again")
