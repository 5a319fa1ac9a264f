with

customers as (

    select * from {{ ref('input_customers') }}

),

patterns as (

    select * from {{ ref('test_account_patterns') }}

),

matched as (

    select
        customers.source_system,
        customers.source_customer_id,
        -- One is enough; of several the first is told.
        min(patterns.column_name || ' like ' || patterns.pattern) as matched_pattern
    from customers
    inner join patterns
        on
            case patterns.column_name
                when 'email' then lower(trim(customers.email))
                when 'name' then lower(trim(customers.name))
            end like patterns.pattern
    where customers.source_customer_id is not null
    group by customers.source_system, customers.source_customer_id

)

select * from matched
