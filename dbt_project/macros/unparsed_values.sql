{#
    Text that names the raw values which could not be read as their type, NULL when all could. A
    blank is no value.

    casts: {raw column: cast expression}, for example {'Quantity': 'quantity'}.
#}
{% macro unparsed_values(casts) -%}
nullif(concat_ws('; '
    {%- for raw, parsed in casts.items() %},
    case
        when trim({{ raw }}) <> '' and {{ parsed }} is null
            then '{{ raw | replace('"', '') }}=' || {{ raw }}
    end
    {%- endfor %}), '')
{%- endmacro %}
