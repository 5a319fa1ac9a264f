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
    tops.top_percent,
    any_value(ranked.buyer_count) as buyer_count,
    count(*) as customer_count,
    sum(ranked.total_spend) as spend,
    sum(ranked.total_spend) / any_value(ranked.everything) as spend_share
from tops
inner join ranked on ranked.place <= ceil(ranked.buyer_count * tops.top_percent / 100.0)
group by tops.top_percent
order by tops.top_percent
