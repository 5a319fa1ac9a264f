{# The values of a group as one list, in ascending order. #}
{% macro sorted_list(value) %}
    {{ return(adapter.dispatch('sorted_list', 'portrait')(value)) }}
{% endmacro %}

{% macro default__sorted_list(value) -%}
list({{ value }} order by {{ value }})
{%- endmacro %}

{# One output row for each value of a list, beside the columns of the input row. #}
{% macro explode_list(list) %}
    {{ return(adapter.dispatch('explode_list', 'portrait')(list)) }}
{% endmacro %}

{% macro default__explode_list(list) -%}
unnest({{ list }})
{%- endmacro %}

{# The whole numbers from 0 on, so many, as a list. #}
{% macro numbers_below(count) %}
    {{ return(adapter.dispatch('numbers_below', 'portrait')(count)) }}
{% endmacro %}

{% macro default__numbers_below(count) -%}
range({{ count }})
{%- endmacro %}

{#
    The sum of an expression over the values of a list; NULL of an empty one.

    list, name: the list, and how the expression calls a value of it.
#}
{% macro sum_of_list(list, name, expression) %}
    {{ return(adapter.dispatch('sum_of_list', 'portrait')(list, name, expression)) }}
{% endmacro %}

{% macro default__sum_of_list(list, name, expression) -%}
list_sum(list_transform({{ list }}, lambda {{ name }}: {{ expression }}))
{%- endmacro %}
