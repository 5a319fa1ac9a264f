{# The latest day or month that a file's name tells, as yyyymmdd or yyyymm; NULL where it tells none. #}
{% macro date_in_name(file) %}{{ return(adapter.dispatch('date_in_name', 'portrait')(file)) }}{% endmacro %}

{% macro default__date_in_name(file) -%}
regexp_replace(
    list_max(regexp_extract_all({{ file }}, '20\d{2}[-_. ]?[01]\d(?:[-_. ]?[0-3]\d)?')),
    '[-_. ]', '', 'g'
)
{%- endmacro %}

{# A text that sorts names by the numbers in them: orders_9.csv before orders_10.csv. #}
{% macro by_number(file) %}{{ return(adapter.dispatch('by_number', 'portrait')(file)) }}{% endmacro %}

{% macro default__by_number(file) -%}
array_to_string(
    list_transform(regexp_extract_all({{ file }}, '\d+'), lambda digits: lpad(digits, 20, '0')), '-'
) || {{ file }}
{%- endmacro %}
