-- A row is an entity of a source system of which rows or money were lost, or made, on the way to
-- data_quality: accepted and quarantined together are not what the source delivered.
with

accounted as (

    select
        source_system,
        entity,
        sum(row_count) as row_count,
        max(source_row_count) as source_row_count,
        sum(amount) as amount,
        max(source_amount) as source_amount
    from {{ ref('data_quality') }}
    group by source_system, entity

),

unaccounted as (

    select * from accounted
    where row_count <> source_row_count
        -- Of several currencies there is no sum to compare with.
        or (source_amount is not null and amount is distinct from source_amount)

)

select * from unaccounted
