"""The paragraph in Chinese says what the English one says: the same numbers, and no more."""

import csv
import re
from datetime import date
from typing import Any

import pytest

from orchestration.pages.prose import KINDS, prose_zh, shared_zh
from orchestration.project import Project
from orchestration.publishing.person import Edge
from orchestration.publishing.person_text import shared
from orchestration.publishing.portrait_text import portrait_text

DAY = date(2024, 4, 1)
BARE = {"customer_id": "a:x", "as_of_date": DAY}
FULL: dict[str, Any] = {
    **BARE,
    "gender": "female",
    "age_band": "35-44",
    "household_size": 3,
    "has_children": True,
    "city": "Springfield",
    "lifecycle_stage": "active",
    "source_key_count": 2,
    "source_systems": "till, app",
    "order_count": 1234,
    "first_order_date": date(2023, 1, 7),
    "days_since_last_order": 11,
    "mean_days_between_orders": 8.4,
    "currency": "EUR",
    "total_spend": 2415.56,
    "average_order_value": 48.31,
    "total_spend_last_90_days": 618.89,
    "total_spend_previous_90_days": 554.43,
    "top_categories": "tea; lamps",
    "top_brands": "Luna",
    "buying_rhythm": "weekly",
    "preferred_day_part": "afternoon",
    "preferred_channel": "web",
    "preferred_store": "436",
    "discount_share": 0.14,
    "campaign_contact_count": 18,
    "campaign_response_count": 5,
    "coupon_redemption_count": 6,
    "return_share": 0.07,
    "segment_name": "Regulars",
    "rfm_segment": "Loyal",
    "recency_score": 5,
    "frequency_score": 3,
    "monetary_score": 4,
    "value_tier": "high",
    "repurchase_probability": 0.99,
    "repurchase_horizon_days": 30,
}
WORDS = {"female": "女", "active": "活跃", "weekly": "每周", "high": "高", "Loyal": "忠诚客户"}


def numbers(text: str) -> list[str]:
    return sorted(re.findall(r"\d[\d,.-]*\d|\d", text))


def told(attribute: str, value: object) -> str:
    return WORDS.get(str(value), str(value))


def without(*columns: str, **more: Any) -> dict[str, Any]:
    return {**{name: one for name, one in FULL.items() if name not in columns}, **more}


def test_it_reads_as_a_person_would_write_it() -> None:
    assert prose_zh(FULL, told) == (
        "a:x（女，35-44岁，家庭人数 3，Springfield，有子女）截至 2024-04-01 为活跃客户。"
        "2 个标识属于同一人，来自 till, app。"
        "自 2023-01-07 起共 1,234 单，最近一单在 11 天前，平均每 8 天一单。"
        "累计消费 2,415.56 EUR，客单价 48.31；近 90 天 618.89，之前 90 天 554.43。"
        "偏好品类 tea、lamps，偏好品牌 Luna。"
        "购买习惯：节奏每周，多在afternoon，渠道 web，门店 436。"
        "优惠与退货：折扣占 14%，收到 18 次活动，响应 5 次，用券 6 张，退货 7%。"
        "属于客群“Regulars”，RFM 分群“忠诚客户”（5/3/4），价值等级高。"
        "30 天内再次下单的概率为 99%。"
    )


@pytest.mark.parametrize(
    "profile",
    [
        FULL,
        BARE,
        without("order_count"),
        without("order_count", lifecycle_stage="empty_handed"),
        without(order_count=1),
        without("total_spend"),
        without("average_order_value", "total_spend_previous_90_days", "currency"),
        without("monetary_score", "segment_name"),
        without("mean_days_between_orders", "days_since_last_order"),
        without("repurchase_probability", source_key_count=1),
        {**BARE, "campaign_contact_count": 3, "order_count": 0},
        dict.fromkeys(FULL) | BARE,
    ],
)
def test_both_languages_tell_the_same_numbers(profile: dict[str, Any]) -> None:
    chinese = prose_zh(profile, told)
    assert numbers(chinese) == numbers(portrait_text(profile))
    assert "None" not in chinese and "。。" not in chinese


@pytest.mark.parametrize("kind", [*KINDS, "found", "loyalty_number"])
def test_what_links_two_keys_is_told_in_both(kind: str) -> None:
    dates = date(2024, 3, 1), date(2024, 3, 5)
    for seen, last in (dates, (dates[0], None), (None, None), (dates[0], dates[0])):
        edge = Edge(1, kind, "a***@x.org", "t:1", "a:2", seen, last, 2, None, 0.987)
        assert numbers(shared_zh(edge)) == numbers(shared(edge)), edge
        assert "a***@x.org" in shared_zh(edge)


def test_every_kind_of_identifier_has_a_name() -> None:
    seed = Project.find().dbt_project / "seeds" / "identifier_kinds.csv"
    with seed.open(encoding="utf-8") as file:
        kinds = {row["kind"] for row in csv.DictReader(file) if row["role"] != "trait"}
    assert kinds and kinds <= set(KINDS)
