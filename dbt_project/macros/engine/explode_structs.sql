{#
    One output row for each struct of a list, beside the columns of the input row.

    structs: a list of {field: expression}; all have the same fields and types.
#}
{% macro explode_structs(structs) %}
    {{ return(adapter.dispatch('explode_structs', 'portrait')(structs)) }}
{% endmacro %}

{% macro default__explode_structs(structs) -%}
unnest([
    {%- for struct in structs %}
    struct_pack(
        {%- for field, expression in struct.items() %}
        {{ field }} := {{ expression }}{{ ',' if not loop.last }}
        {%- endfor %}
    ){{ ',' if not loop.last }}
    {%- endfor %}
])
{%- endmacro %}
