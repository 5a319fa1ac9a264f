-- A link that was found counts unless the user has split its two keys, by all or by what was found.
-- (It reads no table that notes its changes, so that its few rows are compared in each run.)
with

found_links as (

    select * from {{ source('ingest', 'found_links') }}

),

rules as (

    select * from {{ source('ingest', 'identity_rules') }}

),

splits as (

    select
        source_key,
        other_source_key
    from rules
    where action = 'split' and coalesce(identifier_kind, 'found') = 'found'

),

split_pairs as (

    select
        source_key,
        other_source_key
    from splits
    union
    select
        other_source_key as source_key,
        source_key as other_source_key
    from splits

),

judged as (

    select
        found_links.source_key || ' and ' || found_links.other_source_key as identifier,
        found_links.*,
        case when split_pairs.source_key is not null then 'split_by_rule' end as refused_because
    from found_links
    left join split_pairs
        on
            found_links.source_key = split_pairs.source_key
            and found_links.other_source_key = split_pairs.other_source_key

)

select * from judged
