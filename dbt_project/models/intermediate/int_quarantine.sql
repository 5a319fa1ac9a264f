{%- set entities = entity_keys() -%}

with

{% for entity, key in entities.items() %}
{{ entity }} as (

    select
        source_system,
        '{{ entity }}' as entity,
        reason_code,
        concat_ws(' / ', {{ key | join(', ') }}) as row_key,
        {{ 'net_amount' if entity == 'order_lines' else 'cast(null as decimal(18, 4))' }}
            as amount,
        {{ 'delivered_currency' if entity == 'order_lines' else 'cast(null as varchar)' }}
            as delivered_currency,
        {{ row_as_json("judged") }} as row_values,
        origin_file,
        origin_row,
        load_id
    from {{ ref('int_' ~ entity ~ '_validated') }} as judged  -- noqa: AL05
    where
        reason_code is not null
        {{ and_touched('judged', {
            'entity': "'" ~ entity ~ "'",
            'row_key': "concat_ws(' / ', judged." ~ key | join(', judged.') ~ ')',
        }) }}

),
{% endfor %}

unioned as (
    {% for entity in entities %}
    select * from {{ entity }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from unioned
