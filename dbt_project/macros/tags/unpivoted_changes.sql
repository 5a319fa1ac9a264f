{#
    The changes of tags as rows (shop, customer_id, as_of_date, attribute, attribute_value), as periods_of
    takes them. A value that is new or lost is a change too.

    tags: of tag_columns. The CTE `<tag model>_steps` of each tag's model has, beside each value as
    text, the one of the evaluated day before as `<tag>_before`.
#}
{% macro unpivoted_changes(tags) -%}
{% for tag in tags %}
select
    shop,
    customer_id,
    as_of_date,
    '{{ tag.column }}' as attribute,
    {{ tag.column }} as attribute_value
from {{ tag.model }}_steps
where {{ tag.column }} is distinct from {{ tag.column }}_before
{{ 'union all' if not loop.last }}
{%- else %}
select 'unknown before the graph is complete' as attribute
{%- endfor %}
{%- endmacro %}
