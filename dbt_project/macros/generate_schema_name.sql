{# A layer's schema has the layer's name, whatever the target: `features.customer_features`. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
