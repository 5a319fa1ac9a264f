{#
    Every tag there is, in catalogue order, from dbt's own graph: a list of {model, column,
    data_type, description, entry, evidence_types}. Raises where a tag has no complete entry; an
    entry without a tag cannot be, because the contract asks for every column of the yml. Empty
    while parsing.
#}
{% macro tag_columns() %}
    {% set tags = [] %}
    {% set nodes = tag_nodes() if execute else {} %}
    {% for name in tag_models() if execute %}
        {% set entries = tag_entries(nodes[name]) %}
        {% do check_untagged_columns(nodes[name], entries) %}
        {% for key, entry in entries.items() %}
            {% set column = nodes[name].columns[key] %}
            {% do check_tag(nodes[name], column, entry, tags | map(attribute='column') | list) %}
            {% set evidence_types = {} %}
            {% for evidence in entry.evidence %}
                {% do evidence_types.update({evidence: nodes[name].columns[evidence].data_type}) %}
            {% endfor %}
            {% do tags.append({
                'model': name, 'column': key, 'data_type': column.data_type,
                'description': column.description, 'entry': entry, 'evidence_types': evidence_types,
            }) %}
        {% endfor %}
    {% endfor %}
    {{ return(tags) }}
{% endmacro %}

{# The nodes of folder tags by name; raises where they are not those that tag_models lists. #}
{% macro tag_nodes() %}
    {% set nodes = {} %}
    {% for node in graph.nodes.values()
        if node.resource_type == 'model' and node.fqn[1] == 'tags' %}
        {% do nodes.update({node.name: node}) %}
    {% endfor %}
    {% if nodes.keys() | sort != tag_models() | sort %}
        {% do exceptions.raise_compiler_error(
            'models/tags/ has ' ~ nodes.keys() | sort | join(', ')
            ~ ' but the macro tag_models lists ' ~ tag_models() | sort | join(', ')
        ) %}
    {% endif %}
    {{ return(nodes) }}
{% endmacro %}

{# Raises where a column of a tag model is neither key, nor tag, nor evidence of one of its tags. #}
{% macro check_untagged_columns(node, entries) %}
    {% set known = ['shop', 'customer_id', 'as_of_date'] + entries.keys() | list %}
    {% for entry in entries.values() %}
        {% do known.extend(entry.evidence or []) %}
    {% endfor %}
    {% for column in node.columns if column not in known %}
        {% do exceptions.raise_compiler_error(
            node.name ~ '.' ~ column ~ ': no config.meta.tag, and no tag names it as evidence'
        ) %}
    {% endfor %}
{% endmacro %}

{# Raises where a tag's entry lacks a field, contradicts its column or repeats a key. #}
{% macro check_tag(node, column, entry, keys_so_far) %}
    {% set faults = [] %}
    {% for field in ['key', 'name_en', 'name_zh', 'category', 'kind', 'value_type', 'owner',
                     'sensitivity', 'version', 'status', 'evidence'] if not entry.get(field) %}
        {% do faults.append('config.meta.tag has no `' ~ field ~ '`') %}
    {% endfor %}
    {% for field, allowed in {
        'kind': ['fact', 'rule', 'model'],
        'value_type': ['text', 'boolean'],
        'sensitivity': ['internal', 'personal'],
        'status': ['draft', 'published', 'deprecated'],
    }.items() if entry.get(field) and entry[field] not in allowed %}
        {% do faults.append('`' ~ field ~ '` is none of ' ~ allowed | join(', ')) %}
    {% endfor %}
    {% if not column.description %}{% do faults.append('no description') %}{% endif %}
    {% if entry.get('key', column.name) != column.name %}
        {% do faults.append('`key` ' ~ entry.key ~ ' is not the name of the column') %}
    {% endif %}
    {% if column.name in keys_so_far %}{% do faults.append('another tag has this key') %}{% endif %}
    {% if (column.data_type == 'boolean') != (entry.value_type == 'boolean') %}
        {% do faults.append('`value_type` contradicts data_type ' ~ column.data_type) %}
    {% endif %}
    {% for name in entry.evidence or [] if name not in node.columns %}
        {% do faults.append('evidence `' ~ name ~ '` is no column of the model') %}
    {% endfor %}
    {% set starts = (entry.bands or []) | map(attribute='from') | select('defined') | list %}
    {% if starts != starts | sort %}
        {% do faults.append('`bands` are not in ascending order') %}
    {% endif %}
    {% if faults %}
        {% do exceptions.raise_compiler_error(
            node.name ~ '.' ~ column.name ~ ': ' ~ faults | join('; ')
        ) %}
    {% endif %}
{% endmacro %}
