-- What the var `reporting_currencies` says of a shop, else the currency of its first orders that
-- tell one: later orders, which an earlier day does not know, cannot change it. Of several on that
-- day the most frequent counts. Orders that tell none are taken to be in it.
{%- set told = var('reporting_currencies') %}

with

source_systems as (

    select * from {{ ref('int_source_systems') }}

),

orders as (

    select
        source_system,
        currency,
        order_date,
        count(*) as order_count
    from {{ ref('input_orders') }}
    where order_date is not null
    group by source_system, currency, order_date

),

currencies as (

    select * from {{ ref('currencies') }}

),

counted as (

    select
        source_systems.shop,
        currencies.currency_code,
        orders.order_date,
        sum(orders.order_count) as order_count
    from orders
    inner join source_systems on orders.source_system = source_systems.source_system
    inner join currencies on orders.currency = currencies.currency_code
    group by source_systems.shop, currencies.currency_code, orders.order_date

),

first_told as (

    select
        shop,
        {{ first_by('currency_code', 'order_date, order_count desc, currency_code') }}
            as currency_code
    from counted
    group by shop

),

chosen as (

    select
        source_systems.source_system,
        source_systems.shop,
        coalesce(
            {%- if told %}
            case source_systems.shop
                {%- for shop in told %}
                when {{ text_literal(shop) }} then {{ text_literal(told[shop]) }}
                {%- endfor %}
            end,
            {%- endif %}
            first_told.currency_code
        ) as reporting_currency
    from source_systems
    left join first_told on source_systems.shop = first_told.shop

),

described as (

    select
        chosen.source_system,
        chosen.shop,
        chosen.reporting_currency,
        coalesce(currencies.minor_unit, 2) as reporting_decimals
    from chosen
    left join currencies on chosen.reporting_currency = currencies.currency_code

)

select * from described
