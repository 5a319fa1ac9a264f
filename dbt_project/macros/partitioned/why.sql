{#
    Why partitions of a table were, or were not, made anew in its last build, as queries over what is
    noted until the next one: {because: {changed, touched}}. `because` is a table that is read, and
    `changed` its rows that had changed since the build before; `touched` the partitions that they
    touch. Of an input, which goes by files, both are the rows that differ in files that differ.
#}
{% macro why_made_anew(name) -%}
    {%- set found = graph.nodes.values() | selectattr('name', 'equalto', name) | list -%}
    {%- set node = found | first -%}
    {%- set reasons = {} -%}
    {%- if partitions_are_files(node) -%}
        {%- set differing = "select * from increments.changed_" ~ name
            ~ " where _build = (select build from increments.builds where relation = '" ~ name ~ "')" -%}
        {%- do reasons.update({'raw files': {
            'changed': differing,
            'touched': 'select distinct source_system, origin_file from (' ~ differing ~ ')',
        }}) -%}
    {%- else -%}
        {%- for table in tables_read_by(node) -%}
            {%- set touching = touching_query(node, table) if node.config.meta.partitions.by
                else 'select 1 as whole from {changed}' -%}
            {%- set changed = last_seen_changes(node, table) -%}
            {%- do reasons.update({table: {
                'changed': 'select * from ' ~ changed,
                'touched': 'select distinct * from ('
                    ~ with_tables(touching | replace('{changed}', changed)) ~ ')',
            }}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ tojson(reasons) }}
{%- endmacro %}

{# The rows of a table that a model's last build saw as changed. #}
{% macro last_seen_changes(node, table) -%}
(
    select changes.* exclude (_build)
    from increments.changed_{{ table }} as changes
    inner join increments.builds
        on
            builds.relation = '{{ node.name }}'
            and changes._build > builds.previous_build
            and changes._build < builds.build
) as changed
{%- endmacro %}
