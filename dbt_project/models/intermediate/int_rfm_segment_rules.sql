{{ config(materialized='view') }}

with

rules as (

    select * from {{ ref(var('rfm_segment_rules')) }}

)

select * from rules
