{{ config(materialized='view') }}

with

judged as (

    select * from {{ ref('int_orders_validated') }}

),

accepted as (

    {#- What the source states of the order is told in the shop's currency, as its lines are. #}
    {%- set amounts = [
        'goods_amount', 'discount_amount', 'shipping_amount', 'tax_amount', 'total_amount',
        'refunded_amount',
    ] %}
    select
        {{ all_but(amounts) }},
        {%- for amount in amounts %}
        {{ in_reporting_currency(amount) }} as {{ amount }}{{ ',' if not loop.last }}
        {%- endfor %}
    from judged
    where reason_code is null

)

select * from accepted
