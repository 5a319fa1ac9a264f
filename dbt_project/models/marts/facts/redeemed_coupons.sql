with

redemptions as (

    select * from {{ ref('int_coupon_redemptions') }}
    where source_coupon_id is not null

),

customers as (

    select * from {{ ref('current_customer_keys') }}

),

shops as (

    {{ shops_today() | indent }}

),

orders as (

    select * from {{ ref('orders') }}

),

orders_of_a_day as (

    select
        shop,
        customer_id,
        coupon_code,
        order_date,
        min(order_id) as order_id
    from orders
    where coupon_code is not null
    group by shop, customer_id, coupon_code, order_date

),

known as (

    select
        customers.shop,
        customers.customer_id,
        shops.as_of_date,
        shops.currency,
        redemptions.source_system,
        redemptions.source_coupon_id as coupon_code,
        redemptions.source_system || ':' || redemptions.source_campaign_id as campaign_id,
        redemptions.source_system || ':' || redemptions.source_order_id as named_order_id,
        redemptions.source_customer_id,
        redemptions.redeemed_at,
        redemptions.redemption_date
    from redemptions
    inner join customers
        on
            redemptions.source_system = customers.source_system
            and redemptions.source_customer_id = customers.source_customer_id
    inner join shops
        on
            customers.shop = shops.shop
            and redemptions.redemption_date < shops.as_of_date

),

placed as (

    -- One that names no order is an order's with the same code, of the same customer and day.
    select
        known.shop,
        known.customer_id,
        known.as_of_date,
        known.currency,
        known.source_system,
        known.source_customer_id,
        known.coupon_code,
        known.campaign_id,
        coalesce(named.order_id, orders_of_a_day.order_id) as order_id,
        known.redeemed_at,
        known.redemption_date
    from known
    left join orders as named on known.named_order_id = named.order_id
    left join orders_of_a_day
        on
            known.named_order_id is null
            and known.shop = orders_of_a_day.shop
            and known.customer_id = orders_of_a_day.customer_id
            and known.coupon_code = orders_of_a_day.coupon_code
            and known.redemption_date = orders_of_a_day.order_date

),

numbered as (

    select
        *,
        case
            when order_id is not null then row_number() over (
                partition by order_id order by redeemed_at, coupon_code, source_customer_id
            )
        end as redemption_number
    from placed

)

select * from numbered
