{{ config(materialized='view') }}

with

judged as (

    select * from {{ ref('int_order_lines_validated') }}

),

accepted as (

    {#- Judged in the currency of the order, added up in that of the shop. #}
    {%- set amounts = ['unit_price', 'net_amount', 'discount_amount', 'coupon_amount'] %}
    select
        {{ all_but(amounts) }},
        {%- for amount in amounts %}
        {{ in_reporting_currency(amount) }} as {{ amount }}{{ ',' if not loop.last }}
        {%- endfor %}
    from judged
    where reason_code is null

)

select * from accepted
