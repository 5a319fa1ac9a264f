"""One customer's portrait as prose: each sentence says only what is known."""

from collections.abc import Mapping, Sequence
from typing import Any

from orchestration.money import money

Profile = Mapping[str, Any]

# The prediction that customer_profiles has, and its sentence.
_REPURCHASE = "repurchase"


def portrait_text(profile: Profile, predictions: Sequence[Profile] = ()) -> str:
    """The portrait of one customer, as a paragraph a person would read.

    Args:
        profile: A row of customer_profiles.
        predictions: What `Snapshot.predictions` gives of the customer.
    """
    sentences = [
        _who(profile),
        _keys(profile),
        _history(profile),
        _spending(profile),
        _tastes(profile),
        _habits(profile),
        _offers(profile),
        _standing(profile),
        _outlook(profile, predictions),
        _further_outlook(profile, predictions),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _who(profile: Profile) -> str:
    facts = [
        _words(profile.get("gender")),
        _told(profile, "age_band", "aged {}"),
        _words(profile.get("occupation")),
        _words(profile.get("marital_status")),
        _told(profile, "household_size", "household of {}"),
        "with children" if profile.get("has_children") else "",
        _words(profile.get("home_ownership")),
        _told(profile, "income_band", "income {}"),
        _told(profile, "city", "in {}"),
        _told(profile, "country", "in {}"),
    ]
    known = ", ".join(fact for fact in facts if fact)
    about = f" ({known})" if known else ""
    stage = _words(profile.get("lifecycle_stage"))
    is_what = f" is {_article(stage)} customer" if stage else " is a customer"
    return f"{profile['customer_id']}{about}{is_what}, as of {profile['as_of_date']}."


def _keys(profile: Profile) -> str:
    keys = profile.get("source_key_count")
    if not keys or keys == 1:
        return ""
    return f"One person by {keys:,} keys, of {profile['source_systems']}."


def _history(profile: Profile) -> str:
    orders = profile.get("order_count")
    if not orders:
        kept_nothing = profile.get("lifecycle_stage") == "empty_handed"
        return "There is no order that stands." if kept_nothing else "There is no order yet."
    if orders == 1:
        return f"The one order was on {profile.get('first_order_date')}."
    text = (
        f"{orders:,} orders since {profile.get('first_order_date')}, the last "
        f"{_days(profile.get('days_since_last_order'))} ago"
    )
    gap = profile.get("mean_days_between_orders")
    return f"{text}, one every {_days(gap)} on average." if gap else f"{text}."


def _spending(profile: Profile) -> str:
    if not profile.get("order_count"):
        return ""
    if profile.get("total_spend") is None:
        return "What was spent is not known."

    def told(column: str) -> str:
        return money(profile[column], profile.get("currency"))

    currency = f" {profile['currency']}" if profile.get("currency") else ""
    text = f"Spent {told('total_spend')}{currency} in all"
    if profile.get("average_order_value") is not None:
        text += f", {told('average_order_value')} an order"
    if profile.get("total_spend_last_90_days") is not None:
        text += f"; {told('total_spend_last_90_days')} in the last 90 days"
        if profile.get("total_spend_previous_90_days"):
            text += f", against {told('total_spend_previous_90_days')} in the 90 before"
    return f"{text}."


def _tastes(profile: Profile) -> str:
    parts = [
        _told(profile, "top_categories", "buys {} above the average"),
        _told(profile, "top_brands", "of the brands {}"),
    ]
    known = ", ".join(part.replace("; ", ", ") for part in parts if part)
    return f"{known[0].upper()}{known[1:]}." if known else ""


def _habits(profile: Profile) -> str:
    channel = _words(profile.get("preferred_channel"))
    store = _words(profile.get("preferred_store"))
    rhythm = _words(profile.get("buying_rhythm"))
    part = _words(profile.get("preferred_day_part"))
    facts = [
        f"rhythm {rhythm}" if rhythm else "",
        f"mostly in the {part}" if part else "",
        f"through the {channel}" if channel else "",
        f"at store {store}" if store else "",
    ]
    known = ", ".join(fact for fact in facts if fact)
    return f"Shops: {known}." if known else ""


def _offers(profile: Profile) -> str:
    facts = []
    if profile.get("discount_share"):
        facts.append(f"{profile['discount_share']:.0%} off by discounts")
    if profile.get("campaign_contact_count"):
        facts.append(
            f"{profile['campaign_contact_count']:,} campaigns received, "
            f"{profile.get('campaign_response_count') or 0:,} answered"
        )
    if profile.get("coupon_redemption_count"):
        facts.append(f"{profile['coupon_redemption_count']:,} coupons redeemed")
    if profile.get("return_share"):
        facts.append(f"{profile['return_share']:.0%} given back")
    return f"Offers: {', '.join(facts)}." if facts else ""


def _standing(profile: Profile) -> str:
    facts = []
    if profile.get("segment_name"):
        facts.append(f"segment “{profile['segment_name']}”")
    if profile.get("rfm_segment"):
        scores = [profile.get(f"{part}_score") for part in ("recency", "frequency", "monetary")]
        shown = f" ({'/'.join(map(str, scores))})" if None not in scores else ""
        facts.append(f"RFM {_words(profile['rfm_segment'])}{shown}")
    if profile.get("value_tier"):
        facts.append(f"value {_words(profile['value_tier'])}")
    return f"Belongs to {', '.join(facts)}." if facts else ""


def _outlook(profile: Profile, predictions: Sequence[Profile]) -> str:
    probability = profile.get("repurchase_probability")
    if probability is None:
        return ""
    days = profile["repurchase_horizon_days"]
    own = next((one for one in predictions if one["prediction"] == _REPURCHASE), None)
    because = f", {'; '.join(own['reasons'])}" if own and own["reasons"] else ""
    return f"Will order again within {days} days with a probability of {probability:.0%}{because}."


def _further_outlook(profile: Profile, predictions: Sequence[Profile]) -> str:
    """The other predictions, by their targets' names, each with its strongest reason."""

    def expected(one: Profile) -> str:
        if one["probability"] is not None:
            value = f"{one['probability']:.0%}"
        else:
            value = money(one["expected_amount"], profile.get("currency"))
        because = f" ({one['reasons'][0]})" if one["reasons"] else ""
        return f"{_words(one['target'])} {value}{because}"

    others = [expected(one) for one in predictions if one["prediction"] != _REPURCHASE]
    return f"Also to expect: {'; '.join(others)}." if others else ""


def _told(profile: Profile, column: str, form: str) -> str:
    value = _words(profile.get(column))
    return form.format(value) if value else ""


def _words(value: object) -> str:
    return "" if value is None else str(value).replace("_", " ")


def _article(word: str) -> str:
    return f"{'an' if word[:1] in 'aeiou' else 'a'} {word}"


def _days(value: object) -> str:
    if not isinstance(value, int | float):
        return "an unknown time"
    return f"{value:.0f} day{'' if round(value) == 1 else 's'}"
