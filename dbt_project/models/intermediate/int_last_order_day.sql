with

orders as (

    select * from {{ ref('input_orders') }}

),

last_day as (

    select
        {% if var('as_of_date') %}
        -- The maximum makes it one row, however many orders there are.
        coalesce(cast('{{ var("as_of_date") }}' as date), max(order_date)) as last_data_date,
        {% else %}
        max(order_date) as last_data_date,
        {% endif %}
        {{ var('maximum_age_years') }} as maximum_age_years
    from orders
    where not ({{ is_after_load('order_date') }})

)

select * from last_day
