with

scored as (

    select * from {{ source('ml', 'customer_segments') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

selected as (

    -- Scores of another day stay out: without the Python step the table may be older than the rest.
    select
        scored.shop,
        scored.customer_id,
        scored.as_of_date,
        scored.model_name,
        scored.model_version,
        scored.segment_name,
        scored.segment_name_zh,
        scored.segment_id,
        scored.centroid_distance,
        scored.membership
    from scored
    inner join as_of_dates
        on scored.shop = as_of_dates.shop and scored.as_of_date = as_of_dates.as_of_date

)

select * from selected
