-- The past days are firsts of months and do not move with the current day, so that what was said of
-- a customer as of a day stays the same, and comparable, from run to run. Each shop has days of its
-- own: where its data ends says nothing of another's.
{%- set months = "datediff('month', first_order_date, latest_month) + 1" %}
{%- if var('past_months') != '' %}
{%- set months = 'least(' ~ months ~ ', ' ~ var('past_months') ~ ')' %}
{%- endif %}

with

orders as (

    select * from {{ ref('int_orders') }}
    {%- if var('as_of_date') %}
    where order_date < '{{ var("as_of_date") }}'
    {%- endif %}

),

source_systems as (

    select * from {{ ref('int_source_systems') }}

),

history as (

    select
        source_systems.shop,
        min(orders.order_date) as first_order_date,
        {% if var('as_of_date') %}
        cast('{{ var("as_of_date") }}' as date) as current_as_of_date
        {% else %}
        max(orders.order_date) + 1 as current_as_of_date
        {% endif %}
    from orders
    inner join source_systems on orders.source_system = source_systems.source_system
    group by source_systems.shop

),

dated as (

    select
        shop,
        current_as_of_date,
        first_order_date,
        cast(date_trunc('month', current_as_of_date - 1) as date) as latest_month
    from history

),

months as (

    select
        shop,
        first_order_date,
        latest_month,
        unnest(range({{ months }})) as months_back
    from dated

),

past as (

    select
        shop,
        first_order_date,
        {{ add_months('latest_month', '-months_back') }} as as_of_date
    from months

),

evaluated as (

    select
        shop,
        current_as_of_date as as_of_date,
        true as is_current
    from dated
    union all
    select
        shop,
        as_of_date,
        false as is_current
    from past
    where as_of_date - first_order_date >= {{ var('minimum_history_days') }}

)

select * from evaluated
