{# A time in words as one in digits and English months, by the patterns of the var spelt_times:
   `1. März 2025, 10:05 Uhr` is `1 Mar 2025 10:05`, `2025年3月1日 下午1:05` is `2025-3-1 1:05 pm`, and
   `Mar 1, 2025 1:05:11 AM PST` is `Mar 1 2025 1:05:11 am -0800`. Other texts are no times afterwards either. #}
{% macro spelt_time(text) %}{{ return(adapter.dispatch('spelt_time', 'portrait')(text)) }}{% endmacro %}

{% macro default__spelt_time(text) -%}
{%- set spelt = namespace(sql=text) -%}
{%- for pattern, instead in var('spelt_times') -%}
{%- set spelt.sql = "regexp_replace(" ~ spelt.sql ~ ", '" ~ pattern ~ "', '" ~ instead ~ "', 'gi')" -%}
{%- endfor -%}
trim({{ spelt.sql }})
{%- endmacro %}
