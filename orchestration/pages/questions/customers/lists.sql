with
ranked as (
    select
        customer_id,
        lifecycle_stage,
        rfm_segment,
        segment_id,
        recency_score,
        frequency_score,
        order_count,
        total_spend,
        first_order_date,
        last_order_date,
        repurchase_probability,
        as_of_date,
        row_number() over (order by total_spend desc nulls last, customer_id) as place
    from customer_profiles
    where shop = $1
),

members as (
    select
        'stage' as kind,
        lifecycle_stage as cell,
        place
    from ranked
    union all
    select
        'rfm' as kind,
        recency_score || '-' || frequency_score as cell,
        place
    from ranked
    union all
    select
        'rfm_segment' as kind,
        rfm_segment as cell,
        place
    from ranked
    union all
    select
        'segment' as kind,
        segment_id::varchar as cell,
        place
    from ranked
    union all
    select
        'cohort' as kind,
        left(first_order_date::varchar, 7) as cell,
        place
    from ranked
    where first_order_date >= date_trunc('month', as_of_date - 1) - interval 23 months
),

listed as (
    select
        kind,
        cell,
        count(*) as customer_count,
        unnest(min(place, $2)) as place
    from members
    where cell is not null
    group by kind, cell
)

select
    listed.kind,
    listed.cell,
    listed.customer_count,
    ranked.customer_id,
    ranked.lifecycle_stage,
    ranked.rfm_segment,
    ranked.order_count,
    ranked.total_spend,
    ranked.last_order_date,
    ranked.repurchase_probability
from listed
inner join ranked on listed.place = ranked.place
order by listed.kind, listed.cell, listed.place
