{# Aggregate: the value that comes first in an order, for example first_by('store', 'visits desc'). #}
{% macro first_by(value, ordering) %}{{ return(adapter.dispatch('first_by', 'portrait')(value, ordering)) }}{% endmacro %}

{% macro default__first_by(value, ordering) -%}
first({{ value }} order by {{ ordering }})
{%- endmacro %}
