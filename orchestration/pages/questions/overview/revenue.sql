with
lately as (
    select
        activity_date,
        channel,
        net_amount - returned_amount as revenue
    from shop_days
    where shop = $1 and activity_date >= as_of_date - 365
),

channels as (
    select
        channel,
        row_number() over (order by sum(revenue) desc nulls last, channel) as place
    from lately
    group by channel
)

select
    lately.activity_date,
    case when channels.place <= 4 then lately.channel else '(other)' end as channel,
    sum(lately.revenue) as revenue
from lately
inner join channels on lately.channel is not distinct from channels.channel
group by all
order by lately.activity_date, min(channels.place)
