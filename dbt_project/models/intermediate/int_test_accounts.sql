with

customers as (

    select * from {{ ref('input_customers') }}

),

patterns as (

    select * from {{ ref('test_account_patterns') }}

),

matched as (

    select distinct
        customers.source_system,
        customers.source_customer_id
    from customers
    inner join patterns
        on
            case patterns.column_name
                when 'email' then lower(trim(customers.email))
                when 'name' then lower(trim(customers.name))
            end like patterns.pattern
    where customers.source_customer_id is not null

)

select * from matched
