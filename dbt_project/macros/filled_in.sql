{#
    Words with {places} filled in; what is not known leaves a place empty.

    words: a column of words, such as `bought {days} ago`.
    places: what stands in each place, as SQL text, by its name.
#}
{% macro filled_in(words, places) -%}
{%- set filled = namespace(words=words) -%}
{%- for place, text in places.items() -%}
{%- set filled.words = "replace(" ~ filled.words ~ ", '{" ~ place ~ "}', coalesce(" ~ text ~ ", ''))" -%}
{%- endfor -%}
{{ filled.words }}
{%- endmacro %}

{# A whole number with its noun: 1 day, 2 days. #}
{% macro counted(number, one, many) -%}
case
    when {{ number }} = 1 then '1 {{ one }}'
    else cast({{ number }} as varchar) || ' {{ many }}'
end
{%- endmacro %}
