with

customers as (

    select * from {{ ref('input_customers') }}

),

orders as (

    -- Where a mailbox is the key, nothing else need know it.
    select distinct
        source_system,
        source_customer_id
    from {{ ref('input_orders') }}
    where source_customer_id like '%@%'

),

accounts as (

    select
        source_system,
        source_customer_id,
        email,
        name
    from customers
    union all
    select
        source_system,
        source_customer_id,
        source_customer_id as email,
        null as name
    from orders

),

patterns as (

    select * from {{ ref('test_account_patterns') }}

),

matched as (

    select
        accounts.source_system,
        accounts.source_customer_id,
        -- One is enough; of several the first is told.
        min(patterns.column_name || ' like ' || patterns.pattern) as matched_pattern
    from accounts
    inner join patterns
        on
            case patterns.column_name
                when 'email' then lower(trim(accounts.email))
                when 'name' then lower(trim(accounts.name))
            end like patterns.pattern
    where accounts.source_customer_id is not null
    group by accounts.source_system, accounts.source_customer_id

)

select * from matched
