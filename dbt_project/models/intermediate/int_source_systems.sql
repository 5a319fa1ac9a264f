-- What the var `sources` says, as rows: which shop a source system belongs to.
{{ config(materialized='view') }}

with

declared as (
    {% for system in source_systems() %}
    select
        {{ text_literal(system.name) }} as source_system,
        {{ text_literal(system.shop) }} as shop
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        cast(null as varchar) as source_system,
        cast(null as varchar) as shop
    where false
    {%- endfor %}

)

select * from declared
