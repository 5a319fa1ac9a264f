{# Whether one of some keys went through a spreadsheet that rounded it: 4.50001E+12. #}
{% macro is_rounded_number(keys) -%}
{%- for key in keys -%}
{{ ' or ' if not loop.first }}(
    {{ key }} like '%E+%' and {{ is_all(key, '\\d([.,]\\d+)?E\\+\\d+') }}
)
{%- endfor %}
{%- endmacro %}

{# The text of a key without the `.0` that spreadsheets add to numbers next to empty cells, NULL if blank.
   is_padded: whether zeros in front belong to it; where tables disagree on them they do not. #}
{% macro numeric_key(column, is_padded=true) -%}
nullif(regexp_replace(trim({{ column }}), '^{{ "" if is_padded else "0*" }}(\d+)(\.0+)?$', '\1'), '')
{%- endmacro %}

{# The text of a key without signs that nobody sees, and with wide digits and letters as plain ones:
   `１２３` is 123. Nearly all are plain already, which takes a tenth of the time to see. #}
{% macro plain_key(column) -%}
trim(case when {{ is_all(column, '[ -~]*') }} then {{ column }} else regexp_replace(
    translate(
        {{ column }},
        '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ'
        || 'ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ＠．＿＋－　',
        '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
        || 'abcdefghijklmnopqrstuvwxyz@._+- '
    ),
    '[\x{200B}\x{200E}\x{200F}\x{2060}]', '', 'g'
) end)
{%- endmacro %}

{# A key that is an e-mail address, in small letters, NULL if blank: of `Ann Lee <ann@post.example>` and
   `mailto:ann@post.example` the address. #}
{% macro email_key(column) -%}
nullif(regexp_replace(
    lower(regexp_replace(
        {{ column }}, '[\x{200B}-\x{200F}\x{2060}\x{FEFF}]|^[\s\x{A0}]+|[\s\x{A0}]+$', '', 'g'
    )),
    '^.*<\s*([^<>]*[^<>\s])\s*>$|^mailto:\s*', '\1'
), '')
{%- endmacro %}
