{# Number written with signs of currency and marks for thousands, NULL where the text is none.
   decimal_mark: `.` reads 1,234.50 and `,` reads 1.234,50. #}
{% macro try_parse_amount(text, decimal_mark) %}{{ return(adapter.dispatch('try_parse_amount', 'portrait')(text, decimal_mark)) }}{% endmacro %}

{% macro default__try_parse_amount(text, decimal_mark) -%}
{%- set thousands, whole = (',', '.') if decimal_mark == '.' else ('.', ',') -%}
{%- set groups = "[" ~ thousands ~ "''’ \\x{A0}\\x{2009}\\x{202F}]" -%}
{#- Twelve lakhs are written 12,00,000. -#}
{%- set lakhs = '|\\d{1,2}(,\\d{2})+,\\d{3}' if decimal_mark == '.' else '' -%}
{%- set bare = bare_amount(text) -%}
case
    when regexp_full_match(
        {{ bare }},
        '[+-]?((\d+|\d{1,3}({{ groups }}\d{3})+{{ lakhs }})([{{ whole }}]\d+)?|[{{ whole }}]\d+)'
    )
        then try_cast(replace(regexp_replace({{ bare }}, '{{ groups }}', '', 'g'), ',', '.') as decimal(18, 4))
end
{%- endmacro %}

{# An amount without its currency, the minus before it: `(1,5 €)` is `-1,5`, `12,-` is `12,00`. #}
{% macro bare_amount(text) -%}
{%- set blanks = " \\x{A0}\\x{2009}\\x{202F}" -%}
{%- set currency = "([A-Z]{0,3}[¥￥$€£₩₹₽₺₴₫฿₱₪]|[A-Z]{3}|kr[.]?|zł|Kč|Ft|Fr[.]|lei|Rs[.]?|元|円)" -%}
{%- set narrow = "translate(" ~ text ~ ", '０１２３４５６７８９．，＋－', '0123456789.,+-')" -%}
{%- set trimmed = "replace(regexp_replace(" ~ narrow ~ ", '^[" ~ blanks ~ "]+|[" ~ blanks ~ "]+$', '', 'g'), '−', '-')" -%}
{%- set signed = "regexp_replace(" ~ trimmed ~ ", '^[(](.*)[)]$', '-\\1')" -%}
{%- set without_first = "regexp_replace(" ~ signed ~ ", '^([+-]?)[" ~ blanks ~ "]*" ~ currency ~ "[" ~ blanks ~ "]*', '\\1')" -%}
{%- set without_last = "regexp_replace(" ~ without_first ~ ", '[" ~ blanks ~ "]*" ~ currency ~ "$', '')" -%}
{%- set with_cents = "regexp_replace(" ~ without_last ~ ", '([.,])[-–—]+$', '\\100')" -%}
regexp_replace({{ with_cents }}, '^([^+-].*)-$', '-\1')
{%- endmacro %}

{# Number of a text such as `1.250`, of which nothing told whether it is 1250 or 1.25: NULL in the
   whole column, until one value of it shows which. #}
{% macro try_parse_undecided_amount(text) %}{{ return(adapter.dispatch('try_parse_undecided_amount', 'portrait')(text)) }}{% endmacro %}

{% macro default__try_parse_undecided_amount(text) -%}
{%- set dot, comma = try_parse_amount(text, '.'), try_parse_amount(text, ',') -%}
case sign(count({{ dot }}) over () - count({{ comma }}) over ())
    when 1 then {{ dot }}
    when -1 then {{ comma }}
end
{%- endmacro %}

{# Timestamp written in a strptime format, NULL where the text is none; UTC if the format has %z. A
   year of two digits is none of four: `03/15/25` is no day of the year 25. #}
{% macro try_parse_time(text, format) %}{{ return(adapter.dispatch('try_parse_time', 'portrait')(text, format)) }}{% endmacro %}

{% macro default__try_parse_time(text, format) -%}
{%- set parsed = "try_strptime(" ~ text ~ ", '" ~ format ~ "')" -%}
{%- if '%z' in format -%}
timezone('UTC', {{ parsed }})
{%- elif '%Y' in format -%}
case when {{ parsed }} >= timestamp '1900-01-01' then {{ parsed }} end
{%- else -%}
{{ parsed }}
{%- endif -%}
{%- endmacro %}

{# Timestamp of a text whose day and month could be swapped, NULL where it is none: in the format
   that reads more values of the whole column, and NULL as long as both read as many. #}
{% macro try_parse_undecided_time(text, format, other) %}{{ return(adapter.dispatch('try_parse_undecided_time', 'portrait')(text, format, other)) }}{% endmacro %}

{% macro default__try_parse_undecided_time(text, format, other) -%}
{%- set one, two = try_parse_time(text, format), try_parse_time(text, other) -%}
case sign(count({{ one }}) over () - count({{ two }}) over ())
    when 1 then {{ one }}
    when -1 then {{ two }}
end
{%- endmacro %}

{# Time of day of a text (`14:05`, `2:05 pm`, `14h05`, `14:05 Uhr`), NULL where the text is none. #}
{% macro try_parse_clock(text) %}{{ return(adapter.dispatch('try_parse_clock', 'portrait')(text)) }}{% endmacro %}

{% macro default__try_parse_clock(text) -%}
{%- set low = "lower(trim(cast(" ~ text ~ " as varchar)))" -%}
{%- set bare = "regexp_replace(regexp_replace(" ~ low ~ ", '[ ]*uhr$|[.]\\d+$|[.]', '', 'g'), '^(\\d+)h', '\\1:')" -%}
case
    when regexp_full_match({{ bare }}, '(\d|[01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?')
        then cast({{ bare }} as time)
    else
        cast(try_strptime(
            replace({{ bare }}, ' ', ''), ['%I:%M%p', '%I:%M:%S%p']
        ) as time)
end
{%- endmacro %}

{# Timestamp of an ISO date or time that tells no offset, NULL where the text is none: a cast alone
   would drop `+01:00` or `PM` without a word. #}
{% macro try_parse_iso(text) %}{{ return(adapter.dispatch('try_parse_iso', 'portrait')(text)) }}{% endmacro %}

{% macro default__try_parse_iso(text) -%}
case
    when regexp_full_match(
        trim({{ text }}), '\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}([.]\d+)?)?)?'
    ) then try_cast(trim({{ text }}) as timestamp)
end
{%- endmacro %}

{# UTC timestamp of an ISO time that tells its offset (`Z`, `+01:00`), NULL where the text is none. #}
{% macro try_parse_instant(text) %}{{ return(adapter.dispatch('try_parse_instant', 'portrait')(text)) }}{% endmacro %}

{% macro default__try_parse_instant(text) -%}
{%- set named = "regexp_replace(trim(" ~ text ~ "), '[ ]*(Z|z|UTC|GMT)$', '+00')" -%}
{%- set bare = "regexp_replace(" ~ named ~ ", '[ ]+([+-])', '\\1')" -%}
case
    when regexp_full_match({{ bare }}, '\d{4}[-/]\d{1,2}[-/]\d{1,2}[ T][\d:.]+[+-]\d{2}(:?\d{2})?')
        then timezone('UTC', try_cast({{ bare }} as timestamp with time zone))
end
{%- endmacro %}

{# UTC timestamp of the seconds, milliseconds or microseconds since 1970, NULL where there is no such number. #}
{% macro try_parse_epoch(number, unit) %}{{ return(adapter.dispatch('try_parse_epoch', 'portrait')(number, unit)) }}{% endmacro %}

{% macro default__try_parse_epoch(number, unit) -%}
make_timestamp(try_cast({{ number }} as bigint) * {{ {'seconds': 1000000, 'milliseconds': 1000, 'microseconds': 1}[unit] }})
{%- endmacro %}

{# UTC timestamp of a column that holds instants (timestamp with time zone). #}
{% macro utc_of_instant(instant) %}{{ return(adapter.dispatch('utc_of_instant', 'portrait')(instant)) }}{% endmacro %}

{% macro default__utc_of_instant(instant) -%}
timezone('UTC', {{ instant }})
{%- endmacro %}
