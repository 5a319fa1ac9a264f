"""Drawn rows of the simulated review site, campaign tool and survey, about all systems."""

from hypothesis import strategies as st

from tests.warehouse.drawing import Row, days, moments, rows, texts
from tests.warehouse.web_shop import skus

_systems = st.sampled_from(["web", "web", "app", "card"])
_numbers = st.sampled_from(["1", "2"])
_campaigns = st.sampled_from([1, 2])

ROWS: dict[str, st.SearchStrategy[list[Row]]] = {
    "review_site_authors": rows(
        2,
        author_id=st.sampled_from(["r1", "r2"]),
        mail=st.sampled_from(["dora@shop.cn", "test@shop.cn"]),
        joined_at=st.none() | moments,
    ),
    "review_site_reviews": rows(
        3,
        review_id=st.integers(1, 3),
        shop_customer_no=st.sampled_from([1, 2, None]),
        author_id=st.sampled_from(["r1", None]),
        product=skus,
        stars=st.integers(0, 6),
        posted=texts("%Y-%m-%d %H:%M:%S") | st.just("yesterday"),
    ),
    "campaign_tool_campaigns": rows(
        2, campaign_id=_campaigns, has_holdout=st.booleans(), first_day=days, last_day=days
    ),
    "campaign_tool_sends": rows(
        4,
        campaign_id=_campaigns,
        list=_systems,
        list_number=_numbers,
        arm=st.sampled_from(["sent", "sent", "holdout", None]),
        converted=st.sampled_from([False, True, None]),
        sent_at=st.none() | moments,
    ),
    "campaign_tool_coupon_uses": rows(
        4,
        coupon=st.sampled_from(["k1", "k2"]),
        campaign_id=_campaigns,
        list=_systems,
        list_number=_numbers,
        used_at=st.none() | moments,
    ),
    "campaign_tool_permissions": rows(
        4,
        list=_systems,
        list_number=_numbers,
        purpose=st.sampled_from(["email_marketing", "profiling"]),
        action=st.sampled_from(["opt_in", "opt_out", "?"]),
        logged_at=st.none() | moments,
    ),
    "survey_answers": rows(
        4,
        survey=st.sampled_from(["s1", "s2"]),
        panel=_systems,
        member=_numbers,
        question=st.sampled_from(["q1", "q2", None]),
        answer=st.sampled_from(["yes", "no"]),
        submitted_at=st.none() | moments,
    ),
}
