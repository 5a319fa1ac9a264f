{# A status as the seed order_statuses writes it: small letters, one blank between words, no `wc-`.
   A number such as `-1` stays as it is. #}
{% macro status_word(status) -%}
{%- set bare = "regexp_replace(lower(trim(" ~ status ~ ")), '^wc-', '')" -%}
{{ collapse_spaces("regexp_replace(" ~ bare ~ ", '(^-\\d+$)|[-_]', '\\1 ', 'g')") }}
{%- endmacro %}


{# What the seed says of a status: what a source system means by a word goes before what everybody
   means by it.

   alias: The rows that have it, with their source_system.
   status: Its column. #}
{% macro join_statuses(alias, status) -%}
left join {{ ref('order_statuses') }} as order_statuses
    on
        order_statuses.source_system = '*'
        and {{ status_word(alias ~ '.' ~ status) }} = order_statuses.status_word
left join {{ ref('order_statuses') }} as own_statuses
    on
        {{ alias }}.source_system = own_statuses.source_system
        and {{ status_word(alias ~ '.' ~ status) }} = own_statuses.status_word
{%- endmacro %}


{# completed, cancelled or return behind join_statuses; a word that nobody knows as it is. #}
{% macro meant_status(alias, status) -%}
coalesce(
    own_statuses.status, order_statuses.status, nullif(trim({{ alias }}.{{ status }}), '')
)
{%- endmacro %}


{# Whether a status is a word that nobody knows. #}
{% macro is_unknown_status(alias, status) -%}
nullif(trim({{ alias }}.{{ status }}), '') is not null
and own_statuses.status is null
and order_statuses.status is null
{%- endmacro %}
