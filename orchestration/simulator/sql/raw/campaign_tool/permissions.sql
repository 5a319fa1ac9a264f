-- The log of consents given and taken back.
select
    main_system as list,
    main_number as list_number,
    purpose,
    if(is_granted, 'opt_in', 'opt_out') as action,
    utc(changed_at) as logged_at
from consent_changes
join accounts using (person_id)
order by person_id, number, changed_at
