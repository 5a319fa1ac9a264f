with

orders as (

    select * from {{ ref('int_orders') }}

),

history as (

    select
        min(order_date) as first_order_date,
        {% if var('as_of_date') %}
        cast('{{ var("as_of_date") }}' as date) as current_date_of_portrait
        {% else %}
        max(order_date) + 1 as current_date_of_portrait
        {% endif %}
    from orders

),

steps as (

    select cast(range as integer) as step from range({{ var('past_cutoffs') }} + 1)

),

dated as (

    select
        cast(
            history.current_date_of_portrait - {{ var('cutoff_step_days') }} * steps.step as date
        ) as as_of_date,
        steps.step = 0 as is_current,
        history.first_order_date
    from history
    cross join steps
    where history.current_date_of_portrait is not null

),

described as (

    select
        as_of_date,
        is_current
    from dated
    where is_current or as_of_date - first_order_date >= {{ var('minimum_history_days') }}

)

select * from described
