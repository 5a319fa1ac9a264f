{#
    A tag's value as text: `true` or NULL for a boolean, since a tag that does not hold is no tag.

    relation: the tag model, or its alias.
    tag: {column, data_type}.
#}
{% macro tag_value(relation, tag) -%}
{%- set column = relation ~ '.' ~ tag.column -%}
{{ "case when " ~ column ~ " then 'true' end" if tag.data_type == 'boolean' else column }}
{%- endmacro %}
