{# A layer's schema has the layer's name, `features.customer_features`; the published snapshot has one schema. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ target.schema if target.name == 'published' else custom_schema_name or target.schema }}
{%- endmacro %}
