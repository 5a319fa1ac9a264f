{#
    How a partitioned table is brought up to date: its statements, in which {sql} stands for the
    model's SQL, {definition} for a hash of it and {reason} for why the whole is built. No statement
    depends on data, so the plan of every table can be read, and run without dbt:
    analyses/partitioned_plans.sql.

    Returns {why_whole, slices, full, columns, empty, whole, slice, touch, is_touched, partial, finish}:
    `why_whole` asks why the whole table must be built. Where it must, `full` makes it and `whole` notes
    it; where `slices` counts some, `columns` asks for the {columns} of an `empty` table in place of the
    full one, and `slice` puts in the rows of slice number {slice}, from 0. Otherwise `touch` finds out
    what is touched, `partial` is run if anything is, and `finish` notes the build.

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
        'is_touched': "select exists (select 1 from " ~ touched_table(node.name) ~ ")",
        'partial': partial_build(node, relation, readers)
        + (files_after_build(node) if is_file_wise else []),
        'finish': "update increments.builds set previous_build = build, whole_because = null,"
            ~ " build = (" ~ next_build() ~ ") where relation = '" ~ node.name ~ "'",
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

{#
    Touched partitions are taken out and put in again; what differs is noted for readers and tests.
    What all readers have seen is forgotten first. What is noted of this build stays until the next
    one, for the tests that follow.
#}
{% macro partial_build(node, relation, readers) %}
    {%- set changed = 'increments.changed_' ~ node.name -%}
    {%- set own = "from increments.builds where relation = '" ~ node.name ~ "'" -%}
    {%- set seen = build_all_readers_have_seen(readers) if readers else 'select build ' ~ own -%}
    {%- set steps = [
        "delete from " ~ changed ~ " where _build <= (" ~ seen ~ ")",
        "update increments.builds set complete_since = greatest(complete_since, least(build, ("
        ~ seen ~ "))) where relation = '" ~ node.name ~ "'",
    ] -%}
    {%- if notes_rows(node) -%}
        {%- do return(steps + replacing_rows(node, relation, changed)) -%}
    {%- endif -%}
    {%- do return(steps + replacing_partitions(node, relation, changed)) -%}
{% endmacro %}

{# Notes the rows that differ: those to take out are held against those to put in. #}
{% macro replacing_rows(node, relation, changed) %}
    {%- set fresh = 'fresh_' ~ node.name -%}
    {%- set stale = 'stale_' ~ node.name -%}
    {%- do return([
        "create or replace temp table " ~ fresh ~ " as select * from ({sql}) as made where "
        ~ is_touched(node, 'made'),
        "create or replace temp table " ~ stale ~ " as select rowid as _rowid, * from " ~ relation
        ~ " as held where " ~ is_touched(node, 'held'),
        "insert into " ~ changed ~ " by name select * exclude (_sign), (" ~ next_build()
        ~ ") as _build from (select *, 1 as _sign from " ~ fresh
        ~ " union all by name select * exclude (_rowid), -1 as _sign from " ~ stale
        ~ ") group by all having sum(_sign) <> 0",
        "delete from " ~ relation ~ " where rowid in (select _rowid from " ~ stale ~ ")",
        "insert into " ~ relation ~ " by name select * from " ~ fresh,
        "drop table " ~ fresh,
        "drop table " ~ stale,
    ]) -%}
{% endmacro %}

{# Notes the partitions only, so that no rows have to be held beside the table. #}
{% macro replacing_partitions(node, relation, changed) %}
    {%- do return([
        "insert into " ~ changed ~ " by name select *, (" ~ next_build() ~ ") as _build from "
        ~ touched_table(node.name),
        "delete from " ~ relation ~ " as held where " ~ is_touched(node, 'held'),
        putting_in(node, relation),
    ]) -%}
{% endmacro %}

{# Puts the rows of the touched partitions in. #}
{% macro putting_in(node, relation) -%}
{{ return(
    "insert into " ~ relation ~ " by name select * from ({sql}) as made where "
    ~ is_touched(node, 'made')
) }}
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
