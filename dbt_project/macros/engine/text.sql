{# Text with every run of white space made one blank. #}
{% macro collapse_spaces(text) %}{{ return(adapter.dispatch('collapse_spaces', 'portrait')(text)) }}{% endmacro %}

{% macro default__collapse_spaces(text) -%}
trim(regexp_replace({{ text }}, '\s+', ' ', 'g'))
{%- endmacro %}

{# Date written as yyyymmdd, NULL where the text is none. #}
{% macro try_parse_compact_date(text) %}{{ return(adapter.dispatch('try_parse_compact_date', 'portrait')(text)) }}{% endmacro %}

{% macro default__try_parse_compact_date(text) -%}
cast(try_strptime({{ text }}, '%Y%m%d') as date)
{%- endmacro %}

{# All columns of a row as JSON text. alias: the relation's alias in the query. #}
{% macro row_as_json(alias) %}{{ return(adapter.dispatch('row_as_json', 'portrait')(alias)) }}{% endmacro %}

{% macro default__row_as_json(alias) -%}
cast(to_json({{ alias }}) as varchar)
{%- endmacro %}

{# Whether a text is what a regular expression says, from end to end. #}
{% macro is_all(text, pattern) %}{{ return(adapter.dispatch('is_all', 'portrait')(text, pattern)) }}{% endmacro %}

{% macro default__is_all(text, pattern) -%}
regexp_full_match({{ text }}, '{{ pattern }}')
{%- endmacro %}

{# Text in which a letter with its accent is one character, however it was typed (Unicode NFC). #}
{% macro composed_text(text) %}{{ return(adapter.dispatch('composed_text', 'portrait')(text)) }}{% endmacro %}

{% macro default__composed_text(text) -%}
nfc_normalize({{ text }})
{%- endmacro %}

{# Text with everything that a regular expression matches replaced. #}
{% macro replaced_pattern(text, pattern, by='') %}{{ return(adapter.dispatch('replaced_pattern', 'portrait')(text, pattern, by)) }}{% endmacro %}

{% macro default__replaced_pattern(text, pattern, by) -%}
regexp_replace({{ text }}, '{{ pattern }}', '{{ by }}', 'g')
{%- endmacro %}

{# A cell without what keeps a spreadsheet from changing it: tabs and blanks around it, `="0123"`, an
   apostrophe before digits. #}
{% macro unwrapped_cell(column) %}{{ return(adapter.dispatch('unwrapped_cell', 'portrait')(column)) }}{% endmacro %}

{% macro default__unwrapped_cell(column) -%}
regexp_replace(
    regexp_replace({{ column }}, '^[\s\x{A0}\x{3000}]+|[\s\x{A0}\x{3000}]+$', '', 'g'),
    '^="(.*)"$|^''(\+?\d.*)$', '\1\2'
)
{%- endmacro %}
