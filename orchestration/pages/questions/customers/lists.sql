with
profiles as (select * from customer_profiles where shop = $1),
members as (
    select 'stage' as kind, lifecycle_stage as cell, customer_id from profiles
    union all
    select 'rfm', recency_score || '-' || frequency_score, customer_id from profiles
    union all
    select 'rfm_segment', rfm_segment, customer_id from profiles
    union all
    select 'segment', segment_id::varchar, customer_id from profiles
    union all
    select 'cohort', left(first_order_date::varchar, 7), customer_id from profiles
    where first_order_date >= date_trunc('month', as_of_date - 1) - interval 23 months
),
placed as (
    select
        kind,
        cell,
        customer_id,
        count(*) over (partition by kind, cell) as customer_count,
        row_number() over (partition by kind, cell order by total_spend desc nulls last, customer_id)
            as place
    from members
    join profiles using (customer_id)
    where cell is not null
)
select
    kind,
    cell,
    customer_count,
    customer_id,
    lifecycle_stage,
    rfm_segment,
    order_count,
    total_spend,
    last_order_date,
    repurchase_probability
from placed
join profiles using (customer_id)
where place <= $2
order by kind, cell, place
