-- One row a change of a consent: asked at registration for each purpose, granted by the persona's
-- readiness, and withdrawn later by some.
create or replace temp table consent_changes as
with asked as (
    select
        person_id,
        registered_at,
        purpose,
        number,
        withdrawal_rate,
        draw('consent', person_id, number) < consent_share * relative_share as is_granted
    from people
    cross join consents
)
select person_id, purpose, number, is_granted, registered_at as changed_at
from asked
union all
select person_id, purpose, number, false, changed_at
from (
    select
        *,
        date_trunc('second', registered_at + to_seconds(
            (draw('withdrawal day', person_id, number) * 500 + 1) * 86400
        )) as changed_at
    from asked
)
where
    is_granted
    and draw('withdrawal', person_id, number) < withdrawal_rate
    and changed_at < getvariable('start_date') + getvariable('days')
order by person_id, number, changed_at;
