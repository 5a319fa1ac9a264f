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

{# A key that is an e-mail address: without outer blanks, in small letters, NULL if blank. #}
{% macro email_key(column) -%}
nullif(lower(trim({{ column }})), '')
{%- endmacro %}
