{{ config(materialized='view') }}

with

house_words as (

    select * from {{ ref('house_words') }}

),

source_systems as (

    select * from {{ ref('int_source_systems') }}

),

of_shops as (

    -- Tastes are those of a person, in all systems of a shop.
    select distinct
        source_systems.shop,
        house_words.dimension,
        house_words.word
    from house_words
    inner join source_systems
        on
            source_systems.source_system
            = coalesce(house_words.source_system, source_systems.source_system)

)

select * from of_shops
