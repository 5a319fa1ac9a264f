{# A status as the seed order_statuses writes it: small letters, words parted by one blank, no `wc-`. #}
{% macro status_word(status) -%}
{{ collapse_spaces("replace(replace(regexp_replace(lower(trim(" ~ status ~ ")), '^wc-', ''), '_', ' '), '-', ' ')") }}
{%- endmacro %}
