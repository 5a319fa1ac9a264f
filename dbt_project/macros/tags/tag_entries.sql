{#
    The catalogue entries of a tag model: {column: entry}, read from `config.meta.tag` beside each
    column. A unit test has no yml of its own: it hands the entries in as `overrides.macros`.

    node: the dbt node of the tag model.
#}
{% macro tag_entries(node) %}
    {% set entries = {} %}
    {% for column in node.columns.values() if column.config.meta.tag is defined %}
        {% do entries.update({column.name: column.config.meta.tag}) %}
    {% endfor %}
    {{ return(entries) }}
{% endmacro %}

{# One field of the entry of one of this model's tags; a compiler error where it is missing. #}
{% macro tag_field(tag, field) %}
    {% set value = tag_entries(model).get(tag, {}).get(field) %}
    {% if value is none %}
        {{ exceptions.raise_compiler_error(
            model.name ~ '.' ~ tag ~ ': config.meta.tag has no `' ~ field ~ '`'
        ) }}
    {% endif %}
    {{ return(value) }}
{% endmacro %}
