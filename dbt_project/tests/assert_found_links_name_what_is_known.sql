-- A failing row is a line of found_links.jsonl that says nothing: a key that no source has, or two
-- keys of different shops. Its source is switched off, or delivers the account no more.
{{ config(severity='warn') }}

with

found_links as (

    select * from {{ ref('int_found_links') }}

),

source_keys as (

    select * from {{ ref('int_source_keys') }}

),

judged as (

    select
        found_links.source_key,
        found_links.other_source_key,
        coalesce(source_keys.shop = others.shop, false) as says_something
    from found_links
    left join source_keys on found_links.source_key = source_keys.source_key
    left join source_keys as others on found_links.other_source_key = others.source_key

)

select * from judged
where not says_something
