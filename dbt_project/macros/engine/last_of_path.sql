{# The narrowest category of a path such as `Food > Bread`. #}
{% macro last_of_path(path) %}{{ return(adapter.dispatch('last_of_path', 'portrait')(path)) }}{% endmacro %}

{% macro default__last_of_path(path) -%}
split_part({{ path }}, ' > ', -1)
{%- endmacro %}
