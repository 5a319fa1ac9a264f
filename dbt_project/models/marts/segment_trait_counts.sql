{#- A value that fewer customers have than this says nothing of a segment. -#}
{%- set least_count = 5 %}

with

members as (

    select * from {{ ref('customer_profiles') }}
    where segment_id is not null

),

tag_catalog as (

    -- What a model says of customers follows from what it was told of them.
    select * from {{ ref('tag_catalog') }}
    where kind <> 'model'

),

told as (

    select
        'tag' as kind,
        customer_tags.shop,
        customer_tags.customer_id,
        customer_tags.tag_key,
        customer_tags.tag_value
    from {{ ref('customer_tags') }} as customer_tags
    inner join tag_catalog
        on customer_tags.shop = tag_catalog.shop and customer_tags.tag_key = tag_catalog.tag_key
    union all
    select
        dimension as kind,
        shop,
        customer_id,
        dimension as tag_key,
        dimension_value as tag_value
    from {{ ref('customer_preferences') }}
    union all
    select
        habit as kind,
        shop,
        customer_id,
        habit as tag_key,
        cast(value_number as varchar) as tag_value
    from {{ ref('customer_habits') }}

),

member_traits as (

    select
        told.*,
        members.segment_id
    from told
    inner join members on told.customer_id = members.customer_id

),

known as (

    -- That a tag does not hold is known too; who has no favourites or habits tells none.
    select
        shop,
        segment_id,
        tag_key,
        known_count
    from {{ ref('segment_known_tags') }}
    union all
    select
        shop,
        segment_id,
        tag_key,
        count(distinct customer_id) as known_count
    from member_traits
    where kind <> 'tag'
    group by shop, segment_id, tag_key

),

known_overall as (

    select
        *,
        cast(sum(known_count) over (partition by shop, tag_key) as bigint) as all_known_count
    from known

),

value_counts as (

    select
        kind,
        shop,
        tag_key,
        tag_value,
        count(*) as all_count
    from member_traits
    group by kind, shop, tag_key, tag_value
    having count(*) >= {{ least_count }}

),

segment_counts as (

    select
        shop,
        segment_id,
        tag_key,
        tag_value,
        count(*) as customer_count
    from member_traits
    group by shop, segment_id, tag_key, tag_value

),

counted as (

    -- Also of the segments in which nobody has the value: that they were looked at counts.
    select
        value_counts.shop,
        known_overall.segment_id,
        value_counts.kind,
        value_counts.tag_key,
        value_counts.tag_value,
        coalesce(segment_counts.customer_count, 0) as customer_count,
        known_overall.known_count,
        value_counts.all_count,
        known_overall.all_known_count
    from value_counts
    inner join known_overall
        on value_counts.shop = known_overall.shop and value_counts.tag_key = known_overall.tag_key
    left join segment_counts
        on value_counts.shop = segment_counts.shop
        and known_overall.segment_id = segment_counts.segment_id
        and value_counts.tag_key = segment_counts.tag_key
        and value_counts.tag_value = segment_counts.tag_value
    -- Without others, or where all are alike, there is nothing to compare.
    where known_overall.known_count between 1 and known_overall.all_known_count - 1
        and value_counts.all_count < known_overall.all_known_count

)

select * from counted
