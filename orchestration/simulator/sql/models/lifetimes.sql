-- One row a person: how far they got. Who made all the purchases of their lifetime dropped out at
-- the last one; the others are alive when the period ends.
create or replace temp table lifetimes as
select
    people.person_id,
    coalesce(count(*) filter (where is_purchase), 0) as purchase_count,
    purchase_count >= lifetime_purchases as has_dropped_out,
    if(
        has_dropped_out,
        max(purchase_gaps.ends_at) filter (where is_purchase),
        micro_days(getvariable('days'))
    ) as alive_until
from people
left join purchase_gaps on people.person_id = purchase_gaps.person_id
group by people.person_id, lifetime_purchases
order by person_id;
