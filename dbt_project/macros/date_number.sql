{# A date as the number yyyymmdd. #}
{% macro date_number(date) -%}
(
    extract(year from {{ date }}) * 10000
    + extract(month from {{ date }}) * 100
    + extract(day from {{ date }})
)
{%- endmacro %}
