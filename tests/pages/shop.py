"""A published snapshot of three shops, without a run: marts as their yml lays them out, filled.

`lantern` has 60 customers, two channels and names that try to act; `single` one customer with one
order of unknown value; `empty` has no order.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import yaml

from orchestration.publishing.profile_changes import PROFILE_CHANGES
from orchestration.publishing.run_manifest import RUN_MANIFEST
from orchestration.quoting import identifier, quoted
from tests.pages.customers import rows_of_one_customer
from tests.pages.models import rows_of_models
from tests.pages.names import ACTING, AS_OF, CATEGORY, CHANNEL

MARTS = Path(__file__).resolve().parents[2] / "dbt_project" / "models" / "marts"
CUSTOMERS = 60

STAGES = ("new", "active", "at_risk", "dormant", "lost")


def make_snapshot(folder: Path) -> Path:
    """Fills `marts.duckdb` in a folder; the folder."""
    with duckdb.connect(folder / "marts.duckdb") as connection:
        for name, columns in _declared():
            listed = ", ".join(f"{identifier(column)} {kind}" for column, kind in columns)
            connection.execute(f"create table {identifier(name)} ({listed})")
        for table, query in _rows():
            connection.execute(f"insert into {table} by name {query}")
    cards = folder / "models" / "lantern"
    cards.mkdir(parents=True)
    for ending in ("md", "json"):
        (cards / f"repurchase-abc.{ending}").write_text("A card.")
    return folder


def _declared() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Every table of a snapshot with its columns and their types."""
    for file in sorted(MARTS.rglob("*.yml")):
        for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models", []):
            columns = model.get("columns", [])
            if all("data_type" in column for column in columns):
                yield model["name"], [(one["name"], one["data_type"]) for one in columns]
    for table in (PROFILE_CHANGES, RUN_MANIFEST):
        yield table.name, [(one.name, one.data_type) for one in table.columns]


def _rows() -> Iterator[tuple[str, str]]:
    yield from _customers()
    yield from _facts()
    yield from _about_themselves()
    yield from rows_of_one_customer()


def _customers() -> Iterator[tuple[str, str]]:
    stages = f"[{', '.join(map(quoted, STAGES))}]"
    yield (
        "customer_profiles",
        f"""
        select 'lantern' as shop, 'till:' || n as customer_id, {AS_OF} as as_of_date,
            'EUR' as currency, 'till' as source_systems, 1 as source_key_count,
            {stages}[1 + n % 5] as lifecycle_stage, 'Champions' as rfm_segment,
            n % 2 as segment_id, 'Buyers ' || n % 2 as segment_name,
            '客群' || n % 2 as segment_name_zh, 1 + n % 7 as order_count,
            10 * n + 0.5 as total_spend, n % 40 as days_since_last_order,
            {AS_OF} - (n % 40)::integer as last_order_date, {AS_OF} - 100 as first_order_date,
            n % 5 = 0 as is_new_customer, 0.5 as repurchase_probability,
            30 as repurchase_horizon_days, {quoted(CATEGORY)} as top_categories,
            case when n = 1 then {quoted(ACTING)} end as occupation,
            case when n = 1 then 3 end as review_count,
            case when n = 1 then 4.25 end as average_rating,
            case when n = 1 then 8 end as campaign_contact_count,
            case when n = 1 then 2 end as campaign_response_count,
            case when n = 1 then {quoted(CHANNEL)} end as preferred_channel
        from range(1, {CUSTOMERS + 1}) as customers (n)
        """,
    )
    yield (
        "customer_profiles",
        f"""
        select 'single' as shop, 'desk:1' as customer_id, {AS_OF} as as_of_date,
            'desk' as source_systems, 1 as source_key_count, 'new' as lifecycle_stage,
            1 as order_count, 3 as days_since_last_order, {AS_OF} - 3 as last_order_date,
            {AS_OF} - 3 as first_order_date, true as is_new_customer, true as is_one_time_buyer
        """,
    )
    yield (
        "customer_rfm",
        """
        select shop, customer_id, as_of_date, currency, rfm_segment, days_since_last_order,
            order_count, total_spend, 1 + hash(customer_id) % 5 as recency_score,
            1 + hash(customer_id, 1) % 5 as frequency_score, 3 as monetary_score
        from customer_profiles
        """,
    )


def _facts() -> Iterator[tuple[str, str]]:
    yield (
        "shop_days",
        f"""
        select 'lantern' as shop, channel, {AS_OF} as as_of_date, 'EUR' as currency,
            5 as order_count, 0 as unvalued_order_count, 100 + n as net_amount,
            n % 3 as returned_amount, {AS_OF} - n::integer as activity_date
        from range(1, 91) as days (n) cross join (
            select unnest([{quoted(CHANNEL)}, 'store', null]) as channel
        )
        """,
    )
    yield (
        "shop_days",
        f"""
        select 'single' as shop, {AS_OF} as as_of_date, 1 as order_count,
            1 as unvalued_order_count, 0 as returned_amount, {AS_OF} - 3 as activity_date
        """,
    )
    yield (
        "customer_cohorts",
        """
        select 'lantern' as shop, date '2024-04-01' as as_of_date,
            months_since_first_order <= 2 as is_month_over, months_since_first_order,
            30 as customer_count, 0.4 as retention_rate, date '2024-01-01' as cohort_month
        from range(0, 3) as months (months_since_first_order)
        """,
    )
    yield (
        "segment_outcomes",
        f"""
        select 'lantern' as shop, 'lifecycle_stage' as attribute, stage as attribute_value,
            horizon_days, {AS_OF} as as_of_date, position, 40 as customer_count,
            20 as ordering_customer_count, 0.5 as ordering_share
        from (values (30), (90)) as horizons (horizon_days) cross join (
            select unnest(['new', 'active', 'lost']) as stage, unnest([1, 2, 3]) as position
        )
        """,
    )


def _about_themselves() -> Iterator[tuple[str, str]]:
    health = '{"till": {"read_at": "2024-04-01T05:00:00+00:00", "failed_at": null, "error": null}}'
    shops = "(values ('lantern', true), ('single', true), ('empty', false)) as s (shop, is_full)"
    yield (
        "run_manifest",
        f"""
        select shop, 'customer_profiles' as table_name, 1 as row_count,
            case when is_full then {AS_OF} end as as_of_date,
            timestamp '2024-04-01 05:00' as started_at,
            timestamp '2024-04-01 05:01' as published_at, {quoted(health)} as source_health
        from {shops}
        """,
    )
    yield (
        "profile_changes",
        f"""
        select 'lantern' as shop, 'till:' || n as customer_id, {AS_OF} as as_of_date,
            'changed' as change_kind, 'lifecycle_stage' as attribute, 'active' as old_value,
            'at_risk' as new_value, timestamp '2024-03-31 05:01' as previous_published_at,
            timestamp '2024-04-01 05:01' as published_at
        from range(1, 4) as customers (n)
        """,
    )
    words = {"active": "活跃", "at_risk": "流失风险"}
    bands = json.dumps({"bands": [{"label": en, "label_zh": zh} for en, zh in words.items()]})
    yield (
        "tag_catalog",
        f"""
        select shop, 'lifecycle_stage' as tag_key, 'Lifecycle' as name_en, '生命周期' as name_zh,
            {quoted(bands)} as rule, 1 as tag_order
        from {shops}
        """,
    )
    yield (
        "customer_predictions",
        f"""
        select 'lantern' as shop, 'till:' || n as customer_id, {AS_OF} as as_of_date,
            'repurchase' as prediction, 'has_ordered_next_30_days' as target,
            30 as horizon_days, n / 100.0 as probability, true as is_model_served
        from range(1, {CUSTOMERS + 1}) as customers (n)
        """,
    )
    yield (
        "prediction_outcomes",
        """
        select 'lantern' as shop, 'repurchase' as prediction,
            'has_ordered_next_30_days' as target, 'event' as kind, as_of_date, decile,
            6 as customer_count, 1 - decile / 10.0 as expected, 0.9 - decile / 11.0 as actual
        from range(1, 11) as deciles (decile) cross join (
            select unnest([date '2024-02-01', date '2024-03-01']) as as_of_date
        )
        """,
    )
    yield from rows_of_models()
    yield from _segments()
    yield (
        "data_quality",
        f"""
        select * from (values
            ('lantern', 'till', 'orders', 'accepted', 'accepted', null, null, 95),
            ('lantern', 'till', 'orders', 'quarantined', {quoted(ACTING)}, 'error',
                {quoted(ACTING)}, 5),
            ('empty', 'till', 'orders', 'quarantined', 'no_id', 'warning', null, 7)
        ) as quality (shop, source_system, entity, outcome, reason_code, severity, what_to_do,
            row_count)
        """,
    )
    yield (
        "feature_drift",
        """
        select 'lantern' as shop, 'order_count' as feature, 'moved' as verdict,
            false as grows_by_nature, 3 as reference_median, 4 as current_median
        """,
    )


def _segments() -> Iterator[tuple[str, str]]:
    yield (
        "segment_portraits",
        f"""
        select 'lantern' as shop, segment_id, {AS_OF} as as_of_date, 'EUR' as currency,
            'Buyers ' || segment_id || ' (median orders 3)' as segment_name,
            '客群' || segment_id || '（中位：3单）' as segment_name_zh, 'They buy.' as description,
            '他们买。' as description_zh, 'till:' || (2 - segment_id) as typical_customer_id,
            {quoted(CATEGORY)} as over_represented_categories, 30 as customer_count,
            0.5 as customer_share, 0.5 as spend_share, 3 as median_order_count,
            300 as median_total_spend, 20 as median_days_since_last_order,
            3 * segment_id as silence_in_gaps, 0.9 as mean_repurchase_probability
        from range(0, 2) as segments (segment_id)
        """,
    )
    yield (
        "segment_traits",
        f"""
        select 'lantern' as shop, 0 as segment_id, 'category' as kind, 'category' as tag_key,
            {quoted(CATEGORY)} as tag_value, {quoted(CATEGORY + " (150)")} as trait,
            {quoted(CATEGORY + "（150）")} as trait_zh, 10 as customer_count, 0.3 as customer_share,
            0.2 as overall_share, 150 as tag_index, true as is_significant, 1 as surplus_rank
        """,
    )
    yield (
        "segment_migrations",
        f"""
        select 'lantern' as shop, 'segment_name' as attribute, date '2024-03-01' as from_date,
            {AS_OF} as to_date, {AS_OF} as as_of_date, from_value, to_value, customer_count
        from (values
            ('Buyers 0 (median orders 3)', 'Buyers 0 (median orders 3)', 20),
            ('Buyers 1 (median orders 3)', 'Buyers 0 (median orders 3)', 4),
            ('Buyers 0 (median orders 3)', 'Buyers 1 (median orders 3)', 6),
            ('(none)', 'Buyers 0 (median orders 3)', 2)
        ) as moves (from_value, to_value, customer_count)
        """,
    )
