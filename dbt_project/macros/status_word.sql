{# A status as the seed order_statuses writes it: small letters, one blank between words, no `wc-`. #}
{% macro status_word(status) -%}
{%- set bare = "regexp_replace(lower(trim(" ~ status ~ ")), '^wc-', '')" -%}
{{ collapse_spaces("replace(replace(" ~ bare ~ ", '_', ' '), '-', ' ')") }}
{%- endmacro %}
