{# Models and seeds that a node refers to. #}
{% macro parents_of(node) %}
    {%- set parents = [] -%}
    {%- for unique_id in node.depends_on.nodes if unique_id in graph.nodes -%}
        {%- do parents.append(graph.nodes[unique_id]) -%}
    {%- endfor -%}
    {%- do return(parents) -%}
{% endmacro %}

{#
    Names of the partitioned tables that a model reads, directly or through views; raises where it
    reads a table that does not note its changes, and where `touched_by` does not say what they touch.
#}
{% macro tables_read_by(node) %}
    {%- set names = [] -%}
    {%- do collect_tables(node, names) -%}
    {%- set partitions = node.config.meta.partitions -%}
    {%- set declared = partitions.get('touched_by', {}) -%}
    {%- if partitions.by and not partitions_are_files(node) -%}
        {%- for name in names if not (name in declared or 'others' in declared) -%}
            {%- if not goes_by(name, partitions.by) -%}
                {%- do exceptions.raise_compiler_error(
                    node.name ~ ': touched_by does not say what a change of ' ~ name ~ ' touches'
                ) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- for name in declared if name not in names + ['others'] -%}
            {%- do exceptions.raise_compiler_error(
                node.name ~ ': touched_by names ' ~ name ~ ', which it does not read'
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- do return(names) -%}
{% endmacro %}

{# Whether a table's partitions go by these columns, and perhaps more. #}
{% macro goes_by(name, columns) %}
    {%- for node in graph.nodes.values() if node.name == name -%}
        {%- set missing = columns | reject('in', node.config.meta.partitions.by) | list -%}
        {%- do return(not missing) -%}
    {%- endfor -%}
{% endmacro %}

{% macro collect_tables(node, names) %}
    {%- for parent in parents_of(node) -%}
        {%- if parent.config.materialized == 'view' -%}
            {%- do collect_tables(parent, names) -%}
        {%- elif parent.config.materialized == 'partitioned' -%}
            {%- if parent.name not in names -%}{%- do names.append(parent.name) -%}{%- endif -%}
        {%- elif parent.resource_type != 'seed' -%}
            {%- do exceptions.raise_compiler_error(
                node.name ~ ' is partitioned but reads ' ~ parent.name ~ ', which is not: nothing says '
                ~ 'what has changed in it'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}

{# Names of the partitioned tables that read a model, directly or through views. #}
{% macro readers_of(node) %}
    {%- set names = [] -%}
    {%- do collect_readers(node, names) -%}
    {%- do return(names) -%}
{% endmacro %}

{% macro collect_readers(node, names) %}
    {%- for other in graph.nodes.values() if node.unique_id in other.depends_on.nodes -%}
        {%- if other.config.materialized == 'view' -%}
            {%- do collect_readers(other, names) -%}
        {%- elif other.config.materialized == 'partitioned' and other.name not in names -%}
            {%- do names.append(other.name) -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}
