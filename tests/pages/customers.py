"""What is known of one customer of the shop `lantern`, whose two keys are one person."""

from collections.abc import Iterator

from orchestration.quoting import quoted
from tests.pages.names import ACTING, AS_OF, BRAND, CATEGORY, PRODUCT

_WHO = f"'lantern' as shop, 'till:1' as customer_id, {AS_OF} as as_of_date"


def rows_of_one_customer() -> Iterator[tuple[str, str]]:
    """Tables with what to put into them."""
    yield (
        "customer_identifiers",
        f"""
        select 'lantern' as shop, 'till:' || n as customer_id, 'till' as source_system,
            n::varchar as source_customer_id from range(1, 61) as customers (n)
        union all by name
        select 'lantern' as shop, 'till:1' as customer_id, 'app' as source_system,
            {quoted(ACTING)} as source_customer_id, date '2024-03-01' as joined_date
        union all by name
        select 'single' as shop, 'desk:1' as customer_id, 'desk' as source_system,
            '1' as source_customer_id
        """,
    )
    yield (
        "identity_edges",
        f"""
        select {_WHO}, 'till:1' as other_customer_id, 'email' as identifier_kind,
            'a***@x.org' as masked_identifier, 'till' as source_system, '1' as source_customer_id,
            'app' as other_source_system, {quoted(ACTING)} as other_source_customer_id,
            1 as identifier_number, 2 as key_count, date '2024-03-01' as first_seen_date,
            true as is_linked
        """,
    )
    yield (
        "orders",
        f"""
        select {_WHO}, 'o' || n as order_id, 'EUR' as currency, true as is_purchase,
            n = 3 as is_value_unknown, case when n <> 3 then 10 * n end as net_amount,
            0 as returned_amount, {AS_OF} - (10 * n)::integer as order_date
        from range(1, 5) as orders (n)
        """,
    )
    yield (
        "customer_preferences",
        f"""
        select {_WHO}, dimension, dimension_value, 1 as affinity_rank, 0.4 as weight_share,
            3 as day_count, date '2024-03-01' as last_bought_date
        from (values ('category', {quoted(CATEGORY)}), ('brand', {quoted(BRAND)}))
            as likes (dimension, dimension_value)
        """,
    )
    evidence = '{"days_since_last_order": 10, "silence_ratio": 0.25, "is_new": true}'
    yield (
        "customer_tags",
        f"""
        select {_WHO}, tag_key, tag_value, {quoted(evidence)} as evidence,
            date '2024-03-01' as since_date, tag_key = 'has_children' as is_since_known
        from (values ('lifecycle_stage', 'active'), ('has_children', 'true'))
            as tags (tag_key, tag_value)
        """,
    )
    yield (
        "prediction_reasons",
        f"""
        select {_WHO}, 'repurchase' as prediction, 'has_ordered_next_30_days' as target,
            1 as rank, {quoted("raised by " + ACTING)} as reason, '提高' as reason_zh
        """,
    )
    yield (
        "customer_recommendations",
        f"""
        select {_WHO}, slot, 1 as rank, 'p' as product_id, {quoted(PRODUCT)} as product_name,
            'bought before' as reason, '曾购买' as reason_zh
        from (select unnest(['buy_again', 'discover']) as slot)
        """,
    )
    yield (
        "customer_next_categories",
        f"""
        select {_WHO}, slot, 1 as rank, {quoted(PRODUCT)} || slot as category,
            'bought before' as reason, '曾购买' as reason_zh
        from (select unnest(['buy_again', 'discover']) as slot)
        """,
    )
    yield (
        "customer_profile_history",
        f"""
        select {_WHO}, 'lifecycle_stage' as attribute, attribute_value, valid_from, valid_to,
            is_valid_from_known
        from (values
            ('new', date '2024-01-01', date '2024-02-01', false),
            ('active', date '2024-02-01', null, true)
        ) as history (attribute_value, valid_from, valid_to, is_valid_from_known)
        """,
    )
    yield (
        "customer_profile_history",
        f"""
        select 'lantern' as shop, 'till:' || n as customer_id, {AS_OF} as as_of_date,
            'segment_name' as attribute, date '2024-03-02' as valid_from,
            'Buyers ' || (n > 1)::integer || ' (median orders 3)' as attribute_value
        from range(1, 4) as customers (n)
        """,
    )
    yield (
        "orders",
        """
        select 'lantern' as shop, 'till:' || n as customer_id, 'p' || n as order_id,
            true as is_purchase, 5 as net_amount, 0 as returned_amount,
            date '2024-03-01' + (n = 2)::integer as order_date
        from range(2, 4) as customers (n)
        """,
    )
    yield (
        "customer_similar",
        f"""
        select {_WHO}, 1 as rank, 'till:2' as similar_customer_id, 0.5 as similarity,
            2 as shared_product_count, {quoted(PRODUCT)} as shared_product_name
        """,
    )
