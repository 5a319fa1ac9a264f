-- The one-sided exact test of Fisher (1935): how likely so many of the segment, or more, would have
-- the value if the segment were drawn from all clustered customers of whom the tag is known.
with

counts as (

    select * from {{ ref('segment_trait_counts') }}

),

{{ fisher_exact_steps('counts', 'customer_count', 'known_count', 'all_count', 'all_known_count') }},

selected as (

    select
        shop,
        segment_id,
        kind,
        tag_key,
        tag_value,
        customer_count,
        known_count,
        all_count,
        all_known_count,
        cast(expected_count as double) as expected_count,
        cast(p_value as double) as p_value
    from tested

)

select * from selected
