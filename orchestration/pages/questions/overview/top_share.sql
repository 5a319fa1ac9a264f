with
ranked as (
    select
        total_spend,
        row_number() over (order by total_spend desc, customer_id) as place,
        count(*) over () as buyer_count,
        sum(total_spend) over () as everything
    from customer_profiles
    where shop = $1 and total_spend > 0
),
tops as (select unnest([1, 5, 10, 20, 50]) as top_percent)
select
    top_percent,
    count(*) as customer_count,
    sum(total_spend) as spend,
    sum(total_spend) / any_value(everything) as spend_share
from tops
join ranked on place <= ceil(buyer_count * top_percent / 100.0)
group by top_percent
order by top_percent
