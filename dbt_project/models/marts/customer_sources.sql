with

identities as (

    select * from {{ ref('int_identities') }}

),

counted as (

    select
        shop,
        customer_id,
        source_system,
        count(*) as source_key_count
    from identities
    group by shop, customer_id, source_system

),

joined as (

    select
        shop,
        customer_id,
        {{ joined_text('source_system', ', ', 'source_system') }} as source_systems,
        cast(sum(source_key_count) as integer) as source_key_count
    from counted
    group by shop, customer_id

)

select * from joined
