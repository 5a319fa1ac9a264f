{{ config(materialized='view') }}

with

known_returns as (

    select * from {{ ref('known_returns') }}

),

shops as (

    {{ shops_today() | indent }}

),

told as (

    {{ told_today('known_returns', 'shops') | indent }}

)

select * from told
