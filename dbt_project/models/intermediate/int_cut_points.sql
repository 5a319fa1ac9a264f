-- What names the shop goes before what holds for every shop, a dimension as a whole: taken score by
-- score the two could contradict each other.
{{ config(materialized='view') }}

with

shops as (

    select distinct shop from {{ ref('int_source_systems') }}

),

rfm_cut_points as (

    select * from {{ ref('rfm_cut_points') }}

),

applicable as (

    select
        shops.shop,
        rfm_cut_points.shop as told_shop,
        rfm_cut_points.dimension,
        rfm_cut_points.score,
        -- The fewer days, the better.
        case
            when rfm_cut_points.dimension = 'recency' then -rfm_cut_points.minimum_value
            else rfm_cut_points.minimum_value
        end as least_value
    from shops
    inner join rfm_cut_points
        on shops.shop = coalesce(rfm_cut_points.shop, shops.shop)

),

most_specific as (

    select
        shop,
        dimension,
        score,
        least_value,
        told_shop is not null as is_own
    from applicable
    qualify told_shop is not distinct from max(told_shop) over (partition by shop, dimension)

)

select * from most_specific
