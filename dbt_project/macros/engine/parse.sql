{# Number written with signs of currency and marks for thousands, NULL where the text is none.
   decimal_mark: `.` reads 1,234.50 and `,` reads 1.234,50. #}
{% macro try_parse_amount(text, decimal_mark) %}{{ return(adapter.dispatch('try_parse_amount', 'portrait')(text, decimal_mark)) }}{% endmacro %}

{% macro default__try_parse_amount(text, decimal_mark) -%}
{%- set thousands, whole = (',', '.') if decimal_mark == '.' else ('.', ',') -%}
{%- set trimmed = "trim(" ~ text ~ ", '¥￥$€£ ')" -%}
{%- set bare = "regexp_replace(" ~ trimmed ~ ", '^([+-])[¥￥$€£ ]+', '\\1')" -%}
case
    when regexp_full_match({{ bare }}, '[+-]?(\d+|\d{1,3}([{{ thousands }}]\d{3})+)([{{ whole }}]\d+)?')
        then try_cast(replace(replace({{ bare }}, '{{ thousands }}', ''), ',', '.') as decimal(18, 4))
end
{%- endmacro %}

{# Timestamp written in a strptime format, NULL where the text is none; UTC if the format has %z. #}
{% macro try_parse_time(text, format) %}{{ return(adapter.dispatch('try_parse_time', 'portrait')(text, format)) }}{% endmacro %}

{% macro default__try_parse_time(text, format) -%}
{%- if '%z' in format -%}
timezone('UTC', try_strptime({{ text }}, '{{ format }}'))
{%- else -%}
try_strptime({{ text }}, '{{ format }}')
{%- endif -%}
{%- endmacro %}

{# UTC timestamp of the seconds or milliseconds since 1970, NULL where there is no such number. #}
{% macro try_parse_epoch(number, unit) %}{{ return(adapter.dispatch('try_parse_epoch', 'portrait')(number, unit)) }}{% endmacro %}

{% macro default__try_parse_epoch(number, unit) -%}
make_timestamp(try_cast({{ number }} as bigint) * {{ 1000000 if unit == 'seconds' else 1000 }})
{%- endmacro %}

{# UTC timestamp of a column that holds instants (timestamp with time zone). #}
{% macro utc_of_instant(instant) %}{{ return(adapter.dispatch('utc_of_instant', 'portrait')(instant)) }}{% endmacro %}

{% macro default__utc_of_instant(instant) -%}
timezone('UTC', {{ instant }})
{%- endmacro %}
