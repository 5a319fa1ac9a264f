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
        case
            when source_keys.source_key is null or others.source_key is null
                then 'a key that no source has: its source is off, or delivers it no more'
            when source_keys.shop <> others.shop
                then 'keys of two shops, which share no customers'
        end as mistake
    from found_links
    left join source_keys on found_links.source_key = source_keys.source_key
    left join source_keys as others on found_links.other_source_key = others.source_key

)

select 'A link that was found names ' || mistake || '.' as told
from judged
where mistake is not null
