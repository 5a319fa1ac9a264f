{# The nine values of a group at or below which a tenth, two tenths … of its values are, as one list. #}
{% macro deciles(value) %}
    {{ return(adapter.dispatch('deciles', 'portrait')(value)) }}
{% endmacro %}

{% macro default__deciles(value) -%}
quantile_disc({{ value }}, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
{%- endmacro %}

{# How many values of a list are below a value: its band, where the list holds ends of bands. #}
{% macro count_below(list, value) %}
    {{ return(adapter.dispatch('count_below', 'portrait')(list, value)) }}
{% endmacro %}

{% macro default__count_below(list, value) -%}
len(list_filter({{ list }}, lambda bound: bound < {{ value }}))
{%- endmacro %}

{# The middle one of these nine values: the median, of an even number the lower one of the two. #}
{% macro middle_decile(list) %}
    {{ return(adapter.dispatch('middle_decile', 'portrait')(list)) }}
{% endmacro %}

{% macro default__middle_decile(list) -%}
{{ list }}[5]
{%- endmacro %}
