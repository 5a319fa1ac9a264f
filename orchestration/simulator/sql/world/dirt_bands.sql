-- Dirt by table: each row draws one uniform, and the band it falls into says what is done to it. So
-- a row has at most one kind of dirt.
create or replace table dirt_bands as
select
    system,
    table_name,
    kind,
    sum(rate) over same_table - rate as lower_bound,
    sum(rate) over same_table as upper_bound
from (select * replace (rate::decimal(9, 6) as rate) from dirt)
window same_table as (partition by system, table_name order by kind)
order by all;

-- The share of a table's rows that get some dirt.
create or replace macro dirt_rate(of_system, of_table) as (
    select coalesce(max(upper_bound), 0)::double from dirt_bands
    where system = of_system and table_name = of_table
);

-- Rows of a table that get dirt, each with its kind. The relation has the key columns a, b and c.
create or replace macro dirty_rows(relation, of_system, of_table) as table (
    with drawn as (
        select a, b, c, draw('dirt of ' || of_system || '.' || of_table, a, b, c) as u
        from query_table(relation)
    ), picked as (
        select * from drawn where u < dirt_rate(of_system, of_table)
    )
    select
        picked.a,
        picked.b,
        picked.c,
        of_system as system,
        of_table as table_name,
        dirt_bands.kind
    from picked
    join dirt_bands
        on dirt_bands.system = of_system
        and dirt_bands.table_name = of_table
        and picked.u >= dirt_bands.lower_bound
        and picked.u < dirt_bands.upper_bound
);
