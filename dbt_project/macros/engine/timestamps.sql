{# Timestamp of a text in a strftime pattern, NULL where the text is none. #}
{% macro try_parse_timestamp(text, pattern) %}{{ return(adapter.dispatch('try_parse_timestamp', 'portrait')(text, pattern)) }}{% endmacro %}

{% macro default__try_parse_timestamp(text, pattern) -%}
try_strptime({{ text }}, '{{ pattern }}')
{%- endmacro %}

{# UTC timestamp of milliseconds since 1970. #}
{% macro from_epoch_ms(milliseconds) %}{{ return(adapter.dispatch('from_epoch_ms', 'portrait')(milliseconds)) }}{% endmacro %}

{% macro default__from_epoch_ms(milliseconds) -%}
cast(make_timestamp_ms({{ milliseconds }}) as timestamp)
{%- endmacro %}
