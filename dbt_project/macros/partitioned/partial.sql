{#
    Before touched partitions are taken out and put in again: what all readers have seen is forgotten.
    What is noted of this build stays until the next one, for the tests that follow. Where only
    partitions are noted, and no rows have to be held beside the table, they are noted here.
#}
{% macro partial_build(node, readers) %}
    {%- set changed = 'increments.changed_' ~ node.name -%}
    {%- set own = "from increments.builds where relation = '" ~ node.name ~ "'" -%}
    {%- set seen = build_all_readers_have_seen(readers) if readers else 'select build ' ~ own -%}
    {%- set steps = [
        "delete from " ~ changed ~ " where _build <= (" ~ seen ~ ")",
        "update increments.builds set complete_since = greatest(complete_since, least(build, ("
        ~ seen ~ "))) where relation = '" ~ node.name ~ "'",
    ] -%}
    {%- if not notes_rows(node) -%}
        {%- do steps.append(
            "insert into " ~ changed ~ " by name select *, (" ~ next_build() ~ ") as _build from "
            ~ touched_table(node.name)
        ) -%}
    {%- endif -%}
    {%- do return(steps) -%}
{% endmacro %}

{# Notes the rows that differ: those to take out are held against those to put in. #}
{% macro replacing_rows(node, relation) %}
    {%- set changed = 'increments.changed_' ~ node.name -%}
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

{# What differs is noted as partitions already. #}
{% macro replacing_partitions(node, relation) %}
    {%- do return([
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
