-- A failing row is a source system and file that an input names, but raw does not: a staging model
-- calls its system otherwise than its folder, or does not hand _origin_file on as it is. Such rows
-- would be missed when the file changes. A test of code: landing writes the file's name, so that
-- only what a staging model does with it can be wrong.
{{ config(meta={'tests': 'code'}) }}
{%- set entities = entity_keys() | list %}

with

{% for entity in entities %}
{{ entity }}_named as (

    select distinct
        source_system,
        origin_file
    from {{ ref('input_' ~ entity) }}

),

{{ entity }}_delivered as (

    select
        source_system,
        origin_file
    from ({{ delivered_to_input(entity) }})

),
{% endfor %}

unknown as (
    {% for entity in entities %}
    select
        '{{ entity }}' as entity,
        named.source_system,
        named.origin_file
    from {{ entity }}_named as named
    left join {{ entity }}_delivered as delivered
        on
            named.source_system = delivered.source_system
            and named.origin_file = delivered.origin_file
    where delivered.origin_file is null
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from unknown
