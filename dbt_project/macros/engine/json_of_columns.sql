{#
    A JSON object, as text, of columns of one row. Doubles are rounded to four places, and decimals
    written without the zeros that their type adds: they are read by people.

    columns: {name: data_type}.
#}
{% macro json_of_columns(columns) %}
    {{ return(adapter.dispatch('json_of_columns', 'portrait')(columns)) }}
{% endmacro %}

{% macro default__json_of_columns(columns) -%}
cast(to_json(struct_pack(
    {%- for name, data_type in columns.items() -%}
    {{ name }} := {{
        'round(' ~ name ~ ', 4)' if data_type == 'double'
        else 'cast(' ~ name ~ ' as double)' if data_type.startswith('decimal')
        else name
    }}
    {{- ', ' if not loop.last }}
    {%- endfor -%}
)) as varchar)
{%- endmacro %}

{# A JSON text that the project wrote itself, in its shortest form and with readable letters. #}
{% macro json_literal(value) %}
    {{ return(adapter.dispatch('json_literal', 'portrait')(value)) }}
{% endmacro %}

{% macro default__json_literal(value) -%}
cast(json({{ text_literal(tojson(value)) }}) as varchar)
{%- endmacro %}

{# A text as an SQL literal. #}
{% macro text_literal(value) -%}
'{{ value | replace("'", "''") }}'
{%- endmacro %}
