with

source_systems as (

    select * from {{ ref('int_source_systems') }}

),

orders as (

    select
        source_system,
        max(order_date) as last_order_date
    from {{ ref('input_orders') }}
    where not ({{ is_after_load('order_date') }})
    group by source_system

),

last_days as (

    select
        source_systems.shop,
        {% if var('as_of_date') %}
        cast('{{ var("as_of_date") }}' as date) as last_data_date,
        {% else %}
        max(orders.last_order_date) as last_data_date,
        {% endif %}
        {{ var('maximum_age_years') }} as maximum_age_years
    from source_systems
    left join orders on source_systems.source_system = orders.source_system
    group by source_systems.shop

)

select * from last_days
