-- One row a wait of a living person: from the last purchase (or the start) to the next one, or to
-- the end of the period. Waits of a Poisson process are exponential on the operational clock.
create or replace temp table purchase_gaps as
with proposed as (
    -- As many waits as the person can need: the mean and six standard deviations more.
    select
        person_id,
        starts_at,
        rate_per_day,
        unnest(range(1, 1 + least(
            lifetime_purchases,
            12 + ceil(mean_count + 6 * sqrt(mean_count))::integer
        ))) as n
    from (
        select *, rate_per_day * (getvariable('days') - starts_at / 1e6) as mean_count from people
    )
), waited as (
    select
        person_id,
        n,
        starts_at,
        -- A wait longer than the period is as good as one that is ten times as long.
        micro_days(least(-ln(draw('wait', person_id, n)) / rate_per_day, 100000)) as wait
    from proposed
), summed as (
    select
        person_id,
        n,
        starts_at + sum(wait) over (
            partition by person_id order by n rows between unbounded preceding and current row
        )::bigint as ends_at,
        ends_at - wait as starts_at
    from waited
)
select
    person_id,
    n,
    starts_at,
    least(ends_at, micro_days(getvariable('days'))) as ends_at,
    ends_at < micro_days(getvariable('days')) as is_purchase
from summed
where starts_at < micro_days(getvariable('days'))
order by person_id, n;
