{#- A tag is over-represented from this index on, and when this share of the segment has it. -#}
{%- set least_index = 120 %}
{%- set least_share = 0.1 %}

with

members as (

    select * from {{ ref('customer_profiles') }}
    where segment_id is not null

),

customer_tags as (

    select * from {{ ref('customer_tags') }}

),

tag_catalog as (

    select * from {{ ref('tag_catalog') }}
    where kind <> 'model'

),

known_tags as (

    select * from {{ ref('segment_known_tags') }}

),

tag_counts as (

    select
        members.shop,
        members.segment_id,
        customer_tags.tag_key,
        customer_tags.tag_value,
        count(*) as customer_count
    from customer_tags
    inner join members on customer_tags.customer_id = members.customer_id
    group by members.shop, members.segment_id, customer_tags.tag_key, customer_tags.tag_value

),

known_overall as (

    select
        shop,
        tag_key,
        sum(known_count) as known_count
    from known_tags
    group by shop, tag_key

),

overall as (

    select
        tag_counts.shop,
        tag_counts.tag_key,
        tag_counts.tag_value,
        sum(tag_counts.customer_count) / known_overall.known_count as customer_share
    from tag_counts
    inner join known_overall
        on tag_counts.shop = known_overall.shop and tag_counts.tag_key = known_overall.tag_key
    group by
        tag_counts.shop, tag_counts.tag_key, tag_counts.tag_value, known_overall.known_count

),

expected as (

    -- As many members would have the value if the segment were like everybody.
    select
        known_tags.shop,
        known_tags.segment_id,
        known_tags.as_of_date,
        tag_counts.tag_key,
        tag_counts.tag_value,
        tag_counts.customer_count,
        tag_counts.customer_count / known_tags.customer_count as customer_share,
        overall.customer_share * known_tags.known_count as expected_count
    from tag_counts
    inner join known_tags
        on tag_counts.shop = known_tags.shop
        and tag_counts.segment_id = known_tags.segment_id
        and tag_counts.tag_key = known_tags.tag_key
    inner join overall
        on tag_counts.shop = overall.shop
        and tag_counts.tag_key = overall.tag_key
        and tag_counts.tag_value = overall.tag_value

),

indexed as (

    select
        *,
        cast(round(100 * customer_count / expected_count) as integer) as tag_index
    from expected

),

over_represented as (

    -- The largest surplus of members leads, not the largest index: an index is largest for what
    -- hardly anybody has.
    select
        indexed.shop,
        indexed.segment_id,
        indexed.as_of_date,
        indexed.tag_key,
        indexed.tag_value,
        concat(
            tag_catalog.name_en,
            case when tag_catalog.value_type = 'text' then ' ' || indexed.tag_value else '' end,
            ' (', indexed.tag_index, ')'
        ) as trait,
        indexed.customer_count,
        indexed.customer_share,
        indexed.expected_count,
        indexed.tag_index,
        row_number() over (
            partition by indexed.shop, indexed.segment_id
            order by
                indexed.customer_count - indexed.expected_count desc,
                tag_catalog.tag_order,
                indexed.tag_value
        ) as surplus_rank
    from indexed
    inner join tag_catalog
        on indexed.shop = tag_catalog.shop and indexed.tag_key = tag_catalog.tag_key
    where indexed.customer_share >= {{ least_share }} and indexed.tag_index >= {{ least_index }}

)

select * from over_represented
