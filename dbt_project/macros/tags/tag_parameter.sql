{#
    A threshold of a tag's rule, from `parameters` of its catalogue entry: a number, a quoted text,
    or a bracketed list of quoted texts for `in`.

    tag: the column whose entry holds the parameter.
    name: the parameter.
#}
{% macro tag_parameter(tag, name) -%}
{%- if not execute -%} (null) {%- else -%}
{%- set value = tag_field(tag, 'parameters')[name] -%}
{%- if value is undefined -%}
{{ exceptions.raise_compiler_error(model.name ~ '.' ~ tag ~ ': no parameter `' ~ name ~ '`') }}
{%- elif value is string -%} '{{ value }}'
{%- elif value is number -%} {{ value }}
{%- else -%} ('{{ value | join("', '") }}')
{%- endif -%}
{%- endif -%}
{%- endmacro %}
