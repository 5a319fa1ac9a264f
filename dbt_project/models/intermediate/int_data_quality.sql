{%- set entities = entity_keys() | list -%}

with

{% for entity in entities %}
{{ entity }} as (

    select
        source_system,
        '{{ entity }}' as entity,
        reason_code,
        {{ 'delivered_currency' if entity == 'order_lines' else 'cast(null as varchar)' }}
            as currency,
        count(*) as row_count,
        {{ 'sum(net_amount)' if entity == 'order_lines' else 'cast(null as decimal(38, 4))' }}
            as amount
    from {{ ref('int_' ~ entity ~ '_validated') }}
    group by all

),
{% endfor %}

unioned as (
    {% for entity in entities %}
    select * from {{ entity }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from unioned
