{#
    How a partitioned table is brought up to date: its statements, in which {sql} stands for the
    model's SQL, {definition} for a hash of it and {reason} for why the whole is built. No statement
    depends on data, so the plan of every table can be read, and run without dbt:
    analyses/partitioned_plans.sql.

    Returns {why_whole, slices, full, columns, empty, whole, slice, touch, parts, partial, divide,
    one_part, part, forget_parts, finish, is_large}: `why_whole` asks why the whole table must be built. Where it must, `full`
    makes it and `whole` notes it; where `slices` counts some, `columns` asks for the {columns} of an
    `empty` table in place of the full one, and `slice` puts in the rows of slice number {slice}, from 0.
    Otherwise `touch` finds out what is touched, and `parts` counts in how many parts that is made anew,
    0 where nothing is: first `partial`, then `part` for each. Of several, `divide` makes {parts} parts
    of what is touched, `one_part` takes number {part}, from 0, and `forget_parts` comes after the last.
    `finish` notes the build. Where `is_large`, what a partial build has changed is written through after it.

    The empty table is made of its columns, not of a query without rows: DuckDB 2.0 reads nothing of
    what the same transaction puts into such a table, once that is more than a row group, until the
    database is opened anew.
#}
{% macro partitioned_plan(node) %}
    {%- set relation = node.schema ~ '.' ~ node.name -%}
    {%- set readers = readers_of(node) -%}
    {%- set built_for = "delete from increments.builds where relation = '" ~ node.name ~ "'" -%}
    {%- set is_file_wise = partitions_are_files(node) -%}
    {%- do return({
        'why_whole': whole_build_reason(node),
        'slices': slices_of(node),
        'full': "create or replace table " ~ relation ~ " as ({sql})",
        'columns': columns_of_query('{sql}'),
        'empty': "create or replace table " ~ relation ~ " ({columns})",
        'whole': ['create or replace table ' ~ changes_of(node)]
        + (files_after_build(node) if is_file_wise else [])
        + [
            "insert into increments.builds (relation, definition, build, complete_since, whole_because)"
            ~ " select '" ~ node.name ~ "', " ~ definition_of(node, '{definition}')
            ~ ", n, n, '{reason}' from (" ~ next_build() ~ ")",
            built_for ~ " and build < (select max(build) from increments.builds where relation = '"
            ~ node.name ~ "')",
        ],
        'slice': one_slice(node, relation),
        'touch': ['create table if not exists ' ~ changes_of(node), touched_partitions(node)],
        'parts': parts_of(node, relation),
        'partial': partial_build(node, readers) + (files_after_build(node) if is_file_wise else []),
        'divide': divided(node),
        'one_part': one_part(node),
        'part': replacing_rows(node, relation) if notes_rows(node)
        else replacing_partitions(node, relation),
        'forget_parts': parts_forgotten(node),
        'finish': "update increments.builds set previous_build = build, whole_because = null,"
            ~ " build = (" ~ next_build() ~ ") where relation = '" ~ node.name ~ "'",
        'is_large': 'select count(*) > ' ~ var('most_rows_without_checkpoint') ~ ' from ' ~ relation,
    }) -%}
{% endmacro %}

{#
    increments.builds: one row a partitioned table: its last build, and the build from which on all
    that has changed since is noted. Who read it before that has to be built whole. Why the last build
    was what it was follows from `whole_because`, or else from what was noted between `previous_build`
    and `build` (see why.sql).

    increments.tested: the tests that passed, each with the last build before it (see tests.sql).
#}
{% macro create_record_of_builds() %}
    {{ return([
        'create schema if not exists increments',
        'create table if not exists increments.builds'
        ~ ' (relation varchar, definition varchar, build bigint, complete_since bigint)',
        'alter table increments.builds add column if not exists previous_build bigint',
        'alter table increments.builds add column if not exists whole_because varchar',
        'create table if not exists increments.tested'
        ~ ' (test varchar, definition varchar, build bigint)',
    ]) }}
{% endmacro %}

{% macro next_build() -%}
select coalesce(max(build), 0) + 1 as n from increments.builds
{%- endmacro %}

{# Whether what is noted of a change is its rows, or only its partitions (`notes: partitions`). #}
{% macro notes_rows(node) -%}
{{ return(node.config.meta.partitions.get('notes', 'rows') == 'rows') }}
{%- endmacro %}

{# increments.changed_<table>, empty: what it notes of the rows that differ, with the build. #}
{% macro changes_of(node) -%}
    {%- set by = node.config.meta.partitions.by | join(', ') or '1 as whole' -%}
    {{ return(
        "increments.changed_" ~ node.name ~ " as select " ~ ('*' if notes_rows(node) else by)
        ~ ", cast(null as bigint) as _build from " ~ node.schema ~ "." ~ node.name ~ " limit 0"
    ) }}
{%- endmacro %}

{# The newest build whose changes nobody needs any more; below all where a reader was never built. #}
{% macro build_all_readers_have_seen(readers) -%}
select min(coalesce(builds.build, 0))
from (values ('{{ readers | join("'), ('") }}')) as readers (relation)
left join increments.builds using (relation)
{%- endmacro %}
