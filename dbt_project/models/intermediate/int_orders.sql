{{ config(materialized='view') }}

with

judged as (

    select * from {{ ref('int_orders_validated') }}

),

accepted as (

    select * from judged
    where reason_code is null

)

select * from accepted
