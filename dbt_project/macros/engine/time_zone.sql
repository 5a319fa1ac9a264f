{# UTC timestamp of a timestamp that was read off a clock in `time_zone` (IANA name). #}
{% macro to_utc(local_timestamp, time_zone) %}{{ return(adapter.dispatch('to_utc', 'portrait')(local_timestamp, time_zone)) }}{% endmacro %}

{% macro default__to_utc(local_timestamp, time_zone) -%}
timezone('UTC', timezone('{{ time_zone }}', {{ local_timestamp }}))
{%- endmacro %}

{# What a clock in `time_zone` (IANA name) showed at a UTC timestamp. #}
{% macro to_local(utc_timestamp, time_zone) %}{{ return(adapter.dispatch('to_local', 'portrait')(utc_timestamp, time_zone)) }}{% endmacro %}

{% macro default__to_local(utc_timestamp, time_zone) -%}
timezone('{{ time_zone }}', timezone('UTC', {{ utc_timestamp }}))
{%- endmacro %}
