{# The values of a text tag in the order of its entry, labels before bands; empty while parsing. #}
{% macro tag_labels(key) %}
    {% set found = [] %}
    {% for tag in tag_columns() if tag.column == key %}
        {% for label in (tag.entry.labels or []) + (tag.entry.bands or []) %}
            {% do found.append(label.label) %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}
