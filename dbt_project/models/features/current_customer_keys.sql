with

persons as (

    {{ persons_today() | indent }}

),

keys as (

    select
        shop,
        customer_id,
        source_key,
        source_system,
        source_customer_id
    from persons

)

select * from keys
