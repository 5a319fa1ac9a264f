{{ config(materialized='view') }}

with

known_orders as (

    select * from {{ ref('known_orders') }}

),

shops as (

    {{ shops_today() | indent }}

),

told as (

    {{ told_today('known_orders', 'shops') | indent }}

)

select * from told
