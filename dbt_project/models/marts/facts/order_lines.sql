{{ config(materialized='view') }}

with

known_order_lines as (

    select * from {{ ref('known_order_lines') }}

),

shops as (

    {{ shops_today() | indent }}

),

told as (

    {{ told_today('known_order_lines', 'shops') | indent }}

)

select * from told
