{#
    A number as the label of its band: the last of the tag's `bands` whose `from` it reaches. A band
    without `from` has no lower end. NULL stays NULL, a number below the first `from` becomes NULL.

    tag: the column whose entry holds the bands, in ascending order.
    value: a numeric column.
#}
{% macro banded(tag, value) -%}
{%- if not execute -%} null {%- else -%}
case
    {%- for band in tag_field(tag, 'bands') | reverse %}
    when {{ value }} {{ '>= ' ~ band['from'] if 'from' in band else 'is not null' }}
        then '{{ band.label }}'
    {%- endfor %}
end
{%- endif -%}
{%- endmacro %}
