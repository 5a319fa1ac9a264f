{#
    Aggregate: texts of a group put behind each other in an order; NULLs are left out.

    value: a text expression.
    delimiter: what stands between two texts.
    ordering: expressions to order by.
#}
{% macro joined_text(value, delimiter, ordering) %}
    {{ return(adapter.dispatch('joined_text', 'portrait')(value, delimiter, ordering)) }}
{% endmacro %}

{% macro default__joined_text(value, delimiter, ordering) -%}
string_agg({{ value }}, '{{ delimiter }}' order by {{ ordering }})
{%- endmacro %}
