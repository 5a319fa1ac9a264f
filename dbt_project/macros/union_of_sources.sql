{#
    All rows of one entity over the source systems that have it (var `sources`), in the columns and
    types of this model's own contract. Columns a source does not have are NULL; where nobody has
    the entity the relation is empty and typed.

    entity: the part of the staging model's name after `__`.
#}
{% macro union_of_sources(entity) %}
with

{% set systems = [] %}
{%- for source_system in source_systems() if entity in source_system.entities %}
{%- set system = source_system.name %}
{%- do systems.append(system) -%}
{{ system }} as (

    select * from {{ ref('stg_' ~ system ~ '__' ~ entity) }}
    {{ where_touched('stg_' ~ system ~ '__' ~ entity) }}

),

{% endfor -%}
contract as (

    select
        {%- for column in model.columns.values() %}
        cast(null as {{ column.data_type }}) as {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    where false

),

unioned as (

    select * from contract
    {%- for system in systems %}
    {{ union_all_by_name() }}
    select * from {{ system }}
    {%- endfor %}

)

select * from unioned
{%- endmacro %}
