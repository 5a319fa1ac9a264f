-- What is told of buyers, by three ways to say who is one: a portrait a source key, the portraits
-- that are published, and the truth. `accounts` holds the truth: person_id, source_key.
with

orders as (

    select
        accounts.source_key,
        accounts.person_id,
        keys.customer_id,
        orders.channel,
        orders.net_amount - coalesce(orders.returned_amount, 0)
        - coalesce(orders.refunded_amount, 0) as spend
    from warehouse.intermediate.int_orders as delivered
    inner join orders
        on delivered.source_system || ':' || delivered.source_order_id = orders.order_id
    inner join accounts
        on delivered.source_system || ':' || delivered.source_customer_id = accounts.source_key
    inner join keys on accounts.source_key = keys.source_key

),

counted as (

    select 'a portrait a key' as counted_by, source_key as buyer, * from orders
    union all
    select 'who is who', customer_id, * from orders
    union all
    select 'the truth', cast(person_id as varchar), * from orders

),

buyers as (

    select
        counted_by,
        count(*) as order_count,
        count(distinct channel) as channel_count,
        sum(spend) as spend,
        percent_rank() over (partition by counted_by order by sum(spend) desc) as spend_rank
    from counted
    group by counted_by, buyer

)

select
    counted_by,
    count(*) as buyers,
    avg(cast(order_count > 1 as double)) as repeat_rate,
    avg(spend) as mean_spend,
    sum(spend) filter (where spend_rank <= 0.1) / sum(spend) as share_of_top_tenth,
    avg(cast(channel_count > 1 as double)) as multichannel_share
from buyers
group by counted_by
order by counted_by
