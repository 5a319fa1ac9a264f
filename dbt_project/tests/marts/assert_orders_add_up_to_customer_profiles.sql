-- A row is a customer whose orders come to other money, or another number, than the portrait says.
with

orders as (

    select
        customer_id,
        coalesce(sum(net_amount), 0) - sum(returned_amount) as total_spend,
        sum(discount_amount) as discount_amount,
        sum(returned_amount) as returned_amount,
        sum(coupon_amount) as coupon_amount,
        count(order_number) as order_count,
        count(*) filter (where is_value_unknown) as unvalued_order_count,
        min(order_date) filter (where order_number = 1) as first_order_date
    from {{ ref('orders') }}
    group by customer_id

),

profiles as (

    -- Portraits round to the currency's decimals, orders do not.
    select
        profiles.*,
        0.5 / power(10, sources.reporting_decimals) as rounded_off
    from {{ ref('customer_profiles') }} as profiles
    inner join {{ ref('customer_sources') }} as sources
        on profiles.customer_id = sources.customer_id

),

compared as (

    select
        profiles.customer_id,
        profiles.total_spend,
        orders.total_spend as total_spend_of_orders
    from profiles
    left join orders on profiles.customer_id = orders.customer_id
    where
        coalesce(orders.order_count, 0) <> profiles.order_count
        or coalesce(orders.unvalued_order_count, 0) <> profiles.unvalued_order_count
        or orders.first_order_date is distinct from profiles.first_order_date
        or (
            profiles.total_spend is not null
            and abs(coalesce(orders.total_spend, 0) - profiles.total_spend) > profiles.rounded_off
        )
        {%- for amount in ['discount_amount', 'returned_amount', 'coupon_amount'] %}
        or abs(coalesce(orders.{{ amount }}, 0) - profiles.{{ amount }}) > profiles.rounded_off
        {%- endfor %}

)

select * from compared
