{# The numeric columns of customer_features, as its yml lists them. #}
{% macro feature_columns() %}
    {%- set names = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values()
            if node.resource_type == 'model' and node.name == 'customer_features' -%}
            {%- for name in node.columns if name not in ['shop', 'customer_id', 'as_of_date'] -%}
                {%- do names.append(name) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {%- do return(names) -%}
{% endmacro %}
