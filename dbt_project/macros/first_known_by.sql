{# Aggregate: of the values that are known, the one that comes first in an order. #}
{% macro first_known_by(value, ordering) -%}
min_by({{ value }}, {{ ordering }}) filter (where {{ value }} is not null)
{%- endmacro %}
