-- What the var `sources` says, as rows: which shop a source system belongs to.
{{ config(materialized='view') }}

with

declared as (
    {% for system in source_systems() %}
    select
        {{ text_literal(system.name) }} as source_system,
        {{ text_literal(system.shop) }} as shop,
        cast({{ text_literal(system.customer_key) if system.customer_key else 'null' }} as varchar)
            as customer_key,
        cast({{ text_literal(system.country) if system.country else 'null' }} as varchar) as country
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        cast(null as varchar) as source_system,
        cast(null as varchar) as shop,
        cast(null as varchar) as customer_key,
        cast(null as varchar) as country
    where false
    {%- endfor %}

)

select * from declared
