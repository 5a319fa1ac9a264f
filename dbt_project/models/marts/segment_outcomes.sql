-- What a stage or segment is called is a promise. This is what became of it: who was in it on a
-- past day, and how many of them ordered soon after.
with

feature_rfm as (

    select * from {{ ref('feature_rfm') }}

),

tags_lifecycle as (

    select * from {{ ref('tags_lifecycle') }}

),

labels as (

    select * from {{ ref('training_labels') }}
    where horizon_days in ({{ var('outcome_horizon_days') | join(', ') }})

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

rules as (

    select * from {{ ref('int_rfm_segment_rules') }}

),

held as (

    select
        shop,
        customer_id,
        as_of_date,
        'rfm_segment' as attribute,
        rfm_segment as attribute_value
    from feature_rfm
    where rfm_segment is not null
    union all
    select
        shop,
        customer_id,
        as_of_date,
        'lifecycle_stage' as attribute,
        lifecycle_stage as attribute_value
    from tags_lifecycle

),

positions as (

    select
        'rfm_segment' as attribute,
        rfm_segment as attribute_value,
        min(rule_order) as position
    from rules
    group by rfm_segment
    {%- for label in tag_labels('lifecycle_stage') %}
    union all
    select
        'lifecycle_stage' as attribute,
        '{{ label }}' as attribute_value,
        {{ loop.index }} as position
    {%- endfor %}

),

counted as (

    select
        held.shop,
        as_of_dates.as_of_date,
        held.attribute,
        held.attribute_value,
        labels.horizon_days,
        min(labels.as_of_date) as from_date,
        max(labels.as_of_date) as to_date,
        count(*) as customer_count,
        count(*) filter (where labels.order_day_count > 0) as ordering_customer_count
    from held
    inner join labels
        on held.customer_id = labels.customer_id and held.as_of_date = labels.as_of_date
    inner join as_of_dates on held.shop = as_of_dates.shop
    group by all

),

placed as (

    select
        counted.shop,
        counted.attribute,
        counted.attribute_value,
        counted.horizon_days,
        counted.as_of_date,
        cast(positions.position as integer) as position,
        counted.from_date,
        counted.to_date,
        counted.customer_count,
        counted.ordering_customer_count,
        counted.ordering_customer_count / counted.customer_count as ordering_share
    from counted
    left join positions
        on counted.attribute = positions.attribute
        and counted.attribute_value = positions.attribute_value

)

select * from placed
