"""In Chinese what `publishing` tells in English of one customer: the portrait, and what links keys.

Each sentence says only what is known, with the numbers of that one.
"""

from collections.abc import Callable, Mapping
from typing import Any

from orchestration.money import money
from orchestration.publishing.person import Edge

Profile = Mapping[str, Any]
# An attribute and its value, as the catalogue of tags calls it.
Told = Callable[[str, object], str]

_WHO = (
    *(("gender", "{}"), ("age_band", "{}岁"), ("occupation", "{}"), ("marital_status", "{}")),
    *(("household_size", "家庭人数 {}"), ("home_ownership", "{}"), ("income_band", "收入 {}")),
    *(("city", "{}"), ("country", "{}")),
)
_HABITS = (
    *(("buying_rhythm", "节奏{}"), ("preferred_day_part", "多在{}")),
    *(("preferred_channel", "渠道 {}"), ("preferred_store", "门店 {}")),
)


def prose_zh(profile: Profile, told: Told) -> str:
    """The portrait of one customer, as a paragraph a person would read.

    Args:
        profile: A row of customer_profiles.
        told: What the value of an attribute is called.
    """
    sentences = (
        _who(profile, told),
        _keys(profile),
        _history(profile),
        _spending(profile),
        _tastes(profile),
        _listed("购买习惯：", profile, told, _HABITS),
        _offers(profile),
        _standing(profile, told),
        _outlook(profile),
    )
    return "".join(f"{one}。" for one in sentences if one)


KINDS = {
    "email": "电子邮箱",
    "phone": "电话号码",
    "card_number": "会员卡",
    "device_id": "设备",
    "address": "地址",
    "household_id": "家庭编号",
    "rule": "您的规则",
}
"""What an identifier is called; other kinds as they are."""


def shared_zh(edge: Edge) -> str:
    """What the two keys of an edge share, in words: `person_text.shared` tells it in English."""
    if edge.kind == "found":
        likely = f"{100 * (edge.match_probability or 0):.4g} %"
        return f"自述信息相近（{edge.identifier}）：{likely}，发现于 {edge.seen_on}"
    since = f"，自 {edge.seen_on} 起" if edge.seen_on else ""
    is_later = edge.last_seen_on is not None and edge.last_seen_on != edge.seen_on
    last = f"，最近见于 {edge.last_seen_on}" if is_later else ""
    return f"{KINDS.get(edge.kind, edge.kind.replace('_', ' '))} {edge.identifier}{since}{last}"


def _who(profile: Profile, told: Told) -> str:
    known = _facts(profile, told, _WHO)
    if profile.get("has_children"):
        known.append("有子女")
    about = f"（{'，'.join(known)}）" if known else " "
    stage = profile.get("lifecycle_stage")
    is_what = f"为{told('lifecycle_stage', stage)}客户" if stage else "是客户"
    return f"{profile['customer_id']}{about}截至 {profile['as_of_date']} {is_what}"


def _keys(profile: Profile) -> str:
    keys = profile.get("source_key_count")
    if not keys or keys == 1:
        return ""
    return f"{keys:,} 个标识属于同一人，来自 {profile['source_systems']}"


def _history(profile: Profile) -> str:
    orders = profile.get("order_count")
    if not orders:
        kept_nothing = profile.get("lifecycle_stage") == "empty_handed"
        return "没有成立的订单" if kept_nothing else "还没有订单"
    if orders == 1:
        return f"唯一一单在 {profile.get('first_order_date')}"
    silent, gap = profile.get("days_since_last_order"), profile.get("mean_days_between_orders")
    last = "时间未知" if silent is None else f"在 {silent:.0f} 天前"
    often = "" if not gap else f"，平均每 {gap:.0f} 天一单"
    return f"自 {profile.get('first_order_date')} 起共 {orders:,} 单，最近一单{last}{often}"


def _spending(profile: Profile) -> str:
    if not profile.get("order_count"):
        return ""
    if profile.get("total_spend") is None:
        return "消费额未知"

    def amount(column: str) -> str:
        return money(profile[column], profile.get("currency"))

    currency = f" {profile['currency']}" if profile.get("currency") else ""
    text = f"累计消费 {amount('total_spend')}{currency}"
    if profile.get("average_order_value") is not None:
        text += f"，客单价 {amount('average_order_value')}"
    if profile.get("total_spend_last_90_days") is not None:
        text += f"；近 90 天 {amount('total_spend_last_90_days')}"
        if profile.get("total_spend_previous_90_days"):
            text += f"，之前 90 天 {amount('total_spend_previous_90_days')}"
    return text


def _tastes(profile: Profile) -> str:
    parts = [
        f"{begin}{str(profile[column]).replace('; ', '、')}"
        for column, begin in (("top_categories", "偏好品类 "), ("top_brands", "偏好品牌 "))
        if profile.get(column)
    ]
    return "，".join(parts)


def _offers(profile: Profile) -> str:
    facts = []
    if profile.get("discount_share"):
        facts.append(f"折扣占 {profile['discount_share']:.0%}")
    if profile.get("campaign_contact_count"):
        answered = profile.get("campaign_response_count") or 0
        facts.append(f"收到 {profile['campaign_contact_count']:,} 次活动，响应 {answered:,} 次")
    if profile.get("coupon_redemption_count"):
        facts.append(f"用券 {profile['coupon_redemption_count']:,} 张")
    if profile.get("return_share"):
        facts.append(f"退货 {profile['return_share']:.0%}")
    return f"优惠与退货：{'，'.join(facts)}" if facts else ""


def _standing(profile: Profile, told: Told) -> str:
    facts = []
    if profile.get("segment_name"):
        facts.append(f"客群“{told('segment_name', profile['segment_name'])}”")
    if profile.get("rfm_segment"):
        scores = [profile.get(f"{part}_score") for part in ("recency", "frequency", "monetary")]
        shown = f"（{'/'.join(map(str, scores))}）" if None not in scores else ""
        facts.append(f"RFM 分群“{told('rfm_segment', profile['rfm_segment'])}”{shown}")
    if profile.get("value_tier"):
        facts.append(f"价值等级{told('value_tier', profile['value_tier'])}")
    return f"属于{'，'.join(facts)}" if facts else ""


def _outlook(profile: Profile) -> str:
    probability = profile.get("repurchase_probability")
    if probability is None:
        return ""
    return f"{profile['repurchase_horizon_days']} 天内再次下单的概率为 {probability:.0%}"


def _listed(begin: str, profile: Profile, told: Told, facts: Any) -> str:
    known = _facts(profile, told, facts)
    return f"{begin}{'，'.join(known)}" if known else ""


def _facts(profile: Profile, told: Told, facts: Any) -> list[str]:
    return [
        form.format(told(column, profile[column]))
        for column, form in facts
        if profile.get(column) is not None
    ]
