{# Union that matches columns by name and fills the missing ones with NULL. #}
{% macro union_all_by_name() %}{{ return(adapter.dispatch('union_all_by_name', 'portrait')()) }}{% endmacro %}

{% macro default__union_all_by_name() %}union all by name{% endmacro %}
