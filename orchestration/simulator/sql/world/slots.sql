-- Choices by weight: each list of weighted values, spread over 1,000 slots. Whoever draws a slot
-- at random gets a value with the probability of its weight.
create or replace table slots as
with weighted as (
    select 'persona' as list, '' as part, persona_id as place, persona_id::varchar as value, weight
    from personas
    union all
    select 'category', persona_id::varchar, category_id, category_id::varchar, weight
    from persona_categories
    union all
    select 'hour', hour_profile, hour, hour::varchar, weight from hours
    union all
    select 'city', '', row_number() over (order by city), city, weight from cities
    union all
    select 'store', '', row_number() over (order by store), store, weight from stores
    union all
    select
        attribute, '', row_number() over (partition by attribute order by value), value, weight
    from demographics
), bounded as (
    select
        *,
        sum(weight) over (partition by list, part order by place) as upper_bound,
        sum(weight) over (partition by list, part) as total
    from weighted
)
select bounded.list, bounded.part, slot::integer as slot, bounded.value
from bounded
join range(1000) as slots (slot)
    on (slot + 0.5) / 1000 * total >= upper_bound - weight
    and (slot + 0.5) / 1000 * total < upper_bound
order by all;
