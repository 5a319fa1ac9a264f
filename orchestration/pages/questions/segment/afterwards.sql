with
periods as (
    select
        customer_id,
        valid_from,
        valid_to,
        as_of_date,
        attribute_value as segment_name
    from customer_profile_history
    where shop = $1 and attribute = 'segment_name'
),

days as (
    -- On each evaluated day some tag of somebody changes, if not the segment.
    select distinct
        valid_from as held_on,
        as_of_date
    from customer_profile_history
    where shop = $1
),

horizons as (select unnest([30, 90]) as horizon_days),

latest as (
    select
        horizons.horizon_days,
        max(days.held_on) as held_on
    from horizons
    inner join days on days.held_on + horizons.horizon_days <= days.as_of_date
    group by horizons.horizon_days
),

members as (
    select distinct
        latest.horizon_days,
        latest.held_on,
        periods.segment_name,
        periods.customer_id
    from latest
    inner join periods
        on latest.held_on >= periods.valid_from
        and (periods.valid_to is null or latest.held_on < periods.valid_to)
),

ordering as (
    select distinct
        latest.horizon_days,
        orders.customer_id
    from latest
    inner join orders
        on latest.held_on <= orders.order_date
        and latest.held_on + latest.horizon_days > orders.order_date
    where orders.shop = $1 and orders.is_purchase
)

select
    members.horizon_days,
    members.held_on,
    members.segment_name,
    count(*) as customer_count,
    count(ordering.customer_id) as ordering_customer_count,
    count(ordering.customer_id) / count(*) as ordering_share,
    sum(count(ordering.customer_id)) over (partition by members.horizon_days)
    / sum(count(*)) over (partition by members.horizon_days) as overall_share
from members
left join ordering
    on members.customer_id = ordering.customer_id
    and members.horizon_days = ordering.horizon_days
group by members.horizon_days, members.held_on, members.segment_name
order by members.horizon_days, members.segment_name
