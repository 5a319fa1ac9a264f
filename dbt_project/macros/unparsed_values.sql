{#
    Text that names the raw values which could not be read as their type, NULL when all could.

    casts: {raw column: cast expression}, for example {'Quantity': 'quantity'}.
#}
{% macro unparsed_values(casts) -%}
nullif(concat_ws('; '
    {%- for raw, parsed in casts.items() %},
    case when {{ raw }} is not null and {{ parsed }} is null then '{{ raw }}=' || {{ raw }} end
    {%- endfor %}), '')
{%- endmacro %}
