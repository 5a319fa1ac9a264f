"""Drawn rows of a grocery chain, as the Complete Journey delivers them."""

from datetime import datetime, timedelta

from hypothesis import strategies as st

from tests.warehouse.drawing import FIRST, Row, days, moments, rows

_households = st.integers(1, 3)
_products = st.sampled_from([11, 12, 13])
_campaigns = st.sampled_from([1, 2])
_money = st.integers(0, 500).map(lambda cents: cents / 100)


def _number_baskets(lines: list[Row]) -> list[Row]:
    """A basket is of one household, at one store and one time."""
    return [{**line, "basket_id": _basket(**line)} for line in lines]


def _basket(household_id: int, store_id: int, transaction_timestamp: datetime, **_: object) -> int:
    minutes = (transaction_timestamp - FIRST) // timedelta(minutes=1)
    return minutes * 100 + household_id * 10 + store_id


ROWS: dict[str, st.SearchStrategy[list[Row]]] = {
    "transactions": rows(
        12,
        household_id=_households,
        store_id=st.integers(1, 2),
        product_id=_products,
        quantity=st.integers(0, 3),
        sales_value=_money,
        retail_disc=_money,
        coupon_disc=_money,
        coupon_match_disc=_money,
        transaction_timestamp=moments,
    ).map(_number_baskets),
    "demographics": rows(
        3,
        household_id=_households,
        age=st.sampled_from(["25-34", "65+", None]),
        income=st.sampled_from(["35-49K", None]),
        marital_status=st.sampled_from(["Married", None]),
        kids_count=st.sampled_from(["0", "3+", None]),
    ),
    "products": rows(
        3,
        product_id=_products,
        department=st.sampled_from(["GROCERY", "FUEL", None]),
        brand=st.sampled_from(["National", "Private", None]),
        product_category=st.sampled_from(["BREAD", "COUPON/MISC ITEMS", None]),
        product_type=st.sampled_from(["LOAF", None]),
    ),
    "campaigns": rows(3, campaign_id=_campaigns, household_id=_households),
    "campaign_descriptions": rows(
        2,
        campaign_id=_campaigns,
        campaign_type=st.just("Type A"),
        start_date=st.none() | days,
        end_date=days,
    ),
    "coupon_redemptions": rows(
        3,
        household_id=_households,
        coupon_upc=st.sampled_from([7, 8]),
        campaign_id=_campaigns,
        redemption_date=days,
    ),
}
