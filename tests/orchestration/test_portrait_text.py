"""A portrait says what is known, and nothing else."""

from datetime import date

from orchestration.publishing.portrait_text import portrait_text

DAY = date(2024, 1, 1)
KNOWN = {
    "customer_id": "shop:1",
    "as_of_date": DAY,
    "age_band": "45-54",
    "has_children": True,
    "lifecycle_stage": "at_risk",
    "order_count": 12,
    "first_order_date": date(2023, 1, 5),
    "days_since_last_order": 30,
    "mean_days_between_orders": 27.4,
    "total_spend": 1234.5,
    "average_order_value": 102.875,
    "top_categories": "tea; coffee",
    "discount_share": 0.14,
    "segment_name": "Regular buyers",
    "rfm_segment": "loyal",
    "recency_score": 3,
    "frequency_score": 4,
    "monetary_score": 5,
    "repurchase_probability": 0.876,
    "repurchase_horizon_days": 30,
}


def test_whose_keys_are_several_is_said_to_be_one() -> None:
    keys = {"source_key_count": 3, "source_systems": "app, till"}
    assert "One person by 3 keys, of app, till. 12 orders" in portrait_text({**KNOWN, **keys})
    assert "key" not in portrait_text({**KNOWN, "source_key_count": 1, "source_systems": "app"})


def test_everything_known_is_told() -> None:
    assert portrait_text(KNOWN) == (
        "shop:1 (aged 45-54, with children) is an at risk customer, as of 2024-01-01. "
        "12 orders since 2023-01-05, the last 30 days ago, one every 27 days on average. "
        "Spent 1,234.50 in all, 102.88 an order. Buys tea, coffee above the average. "
        "Offers: 14% off by discounts. "
        "Belongs to segment “Regular buyers”, RFM loyal (3/4/5). "
        "Will order again within 30 days with a probability of 88%."
    )


def test_what_is_expected_is_told_with_its_reasons() -> None:
    expected = [
        {
            "prediction": "churn",
            "target": "has_no_order_next_90_days",
            "probability": 0.034,
            "expected_amount": None,
            "reasons": ["lowered by orders in the last 30 days 9 (typical 3)", "raised by x"],
        },
        {
            "prediction": "repurchase",
            "target": "has_ordered_next_30_days",
            "probability": 0.876,
            "expected_amount": None,
            "reasons": ["raised by orders so far 12 (typical 2)", "lowered by y 9.50 (typical 20)"],
        },
        {
            "prediction": "spend",
            "target": "spend_next_90_days",
            "probability": None,
            "expected_amount": 1234.567,
            "reasons": [],
        },
    ]
    assert portrait_text(KNOWN | {"currency": "EUR"}, expected).endswith(
        "Will order again within 30 days with a probability of 88%, raised by orders so far 12 "
        "(typical 2); lowered by y 9.50 (typical 20). Also to expect: has no order next 90 days 3% "
        "(lowered by orders in the last 30 days 9 (typical 3)); spend next 90 days 1,234.57."
    )


def test_what_is_unknown_is_not_told() -> None:
    nothing = dict.fromkeys(KNOWN) | {"customer_id": "shop:2", "as_of_date": DAY, "order_count": 0}
    assert portrait_text(nothing) == (
        "shop:2 is a customer, as of 2024-01-01. There is no order yet."
    )


def test_who_gave_everything_back_has_ordered_before() -> None:
    empty_handed = {"order_count": 0, "lifecycle_stage": "empty_handed"}
    text = portrait_text({"customer_id": "shop:3", "as_of_date": DAY, **empty_handed})
    assert text == (
        "shop:3 is an empty handed customer, as of 2024-01-01. There is no order that stands."
    )


def test_spend_that_is_not_known_is_not_zero() -> None:
    text = portrait_text(KNOWN | {"total_spend": None, "average_order_value": None})
    assert "What was spent is not known." in text
    assert "0.00" not in text


def test_one_order_has_no_rhythm() -> None:
    text = portrait_text(KNOWN | {"order_count": 1})
    assert "The one order was on 2023-01-05." in text
    assert "every" not in text


def test_amounts_have_the_decimals_of_their_currency() -> None:
    assert "Spent 1,234.50 EUR in all, 102.88 an order" in portrait_text(
        KNOWN | {"currency": "EUR"}
    )
    assert "Spent 1,234 JPY in all, 103 an order" in portrait_text(
        KNOWN | {"currency": "JPY", "total_spend": 1234}
    )
    assert "Spent 1,234.500 BHD in all" in portrait_text(KNOWN | {"currency": "BHD"})
