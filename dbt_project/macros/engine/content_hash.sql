{# Hash of what a row says: all of its columns but the ones that tell where it came from. #}
{% macro content_hash(origin=['origin_file', 'origin_row', 'load_id', 'loaded_at']) %}
    {{ return(adapter.dispatch('content_hash', 'portrait')(origin)) }}
{% endmacro %}

{% macro default__content_hash(origin) -%}
hash(*columns(lambda name: name not in ('{{ origin | join("', '") }}')))
{%- endmacro %}

{# Hash of some columns, never NULL; equal rows have equal ones. #}
{% macro hash_of(columns) %}
    {{ return(adapter.dispatch('hash_of', 'portrait')(columns)) }}
{% endmacro %}

{% macro default__hash_of(columns) -%}
hash({{ columns | join(', ') }})
{%- endmacro %}
