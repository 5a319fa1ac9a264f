{#
    Creates every declared source table that is not there yet, empty and typed as its yml says,
    so that `dbt build` works on an empty warehouse and where a source system is switched off; and the
    record of builds.
#}
{% macro create_source_tables() %}
    {% if execute and flags.WHICH in ['build', 'run', 'test', 'seed', 'compile', 'show'] %}
        {% for statement in create_record_of_builds() %}
            {% do run_query(statement) %}
        {% endfor %}
        {% for source in graph.sources.values() %}
            {% set columns = [] %}
            {% for column in source.columns.values() %}
                {% do columns.append(adapter.quote(column.name) ~ ' ' ~ column.data_type) %}
            {% endfor %}
            {#- Landing adds these; a source need not declare them. -#}
            {% for name, type in {
                '_origin_file': 'varchar', '_origin_row': 'bigint', '_load_id': 'varchar',
                '_loaded_at': 'timestamp',
            }.items() if source.schema.startswith('raw_') and name not in source.columns %}
                {% do columns.append(adapter.quote(name) ~ ' ' ~ type) %}
            {% endfor %}
            {% do run_query('create schema if not exists ' ~ source.schema) %}
            {% do run_query(
                'create table if not exists ' ~ source.schema ~ '.' ~ source.identifier
                ~ ' (' ~ columns | join(', ') ~ ')'
            ) %}
        {% endfor %}
    {% endif %}
{% endmacro %}
