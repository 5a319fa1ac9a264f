{# A status as the seed order_statuses writes it: small letters, one blank between words, no `wc-`.
   A number such as `-1` stays as it is. #}
{% macro status_word(status) -%}
{%- set bare = "regexp_replace(lower(trim(" ~ status ~ ")), '^wc-', '')" -%}
{{ collapse_spaces("regexp_replace(" ~ bare ~ ", '(^-\\d+$)|[-_]', '\\1 ', 'g')") }}
{%- endmacro %}
