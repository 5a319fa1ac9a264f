-- The same two dates as in int_customer_days: an order whose goods all came back never was, from
-- the day on which the last of them came back.
{%- set dimensions = ['channel', 'store'] %}

with

order_totals as (

    select * from {{ ref('int_order_totals') }}
    where
        is_purchase
        {{ and_touched('int_order_totals', {'activity_date': 'int_order_totals.order_date'}) }}

),

places as (
    {% for dimension in dimensions %}
    select
        source_system,
        source_customer_id,
        order_date,
        fully_returned_date,
        '{{ dimension }}' as dimension,
        {{ dimension }} as dimension_value
    from order_totals
    where {{ dimension }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

known as (
    {% for known_date, order_count in {'order_date': 1, 'fully_returned_date': -1}.items() %}
    select
        source_system,
        source_customer_id,
        dimension,
        dimension_value,
        order_date as activity_date,
        {{ known_date }} as known_date,
        {{ order_count }} as order_count
    from places
    where {{ known_date }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

added_up as (

    select
        source_system,
        source_customer_id,
        dimension,
        dimension_value,
        activity_date,
        known_date,
        cast(sum(order_count) as bigint) as order_count
    from known
    group by all

)

select * from added_up
