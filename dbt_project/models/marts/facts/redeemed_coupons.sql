with

redemptions as (

    select * from {{ ref('int_coupon_redemptions') }}
    where source_coupon_id is not null

),

identities as (

    select * from {{ ref('int_identities') }}

),

reporting_currencies as (

    select * from {{ ref('int_reporting_currencies') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

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
        identities.shop,
        identities.customer_id,
        as_of_dates.as_of_date,
        reporting_currencies.reporting_currency as currency,
        redemptions.source_system,
        redemptions.source_coupon_id as coupon_code,
        redemptions.source_system || ':' || redemptions.source_campaign_id as campaign_id,
        redemptions.source_system || ':' || redemptions.source_order_id as named_order_id,
        redemptions.source_customer_id,
        redemptions.redeemed_at,
        redemptions.redemption_date
    from redemptions
    inner join identities
        on
            redemptions.source_system = identities.source_system
            and redemptions.source_customer_id = identities.source_customer_id
    left join reporting_currencies
        on redemptions.source_system = reporting_currencies.source_system
    inner join as_of_dates
        on
            identities.shop = as_of_dates.shop
            and redemptions.redemption_date < as_of_dates.as_of_date

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
