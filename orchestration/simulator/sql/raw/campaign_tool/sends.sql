-- Who was chosen by a campaign; `holdout` are those left in peace on purpose. The tool knows people
-- by the number of the account that it was given.
select
    campaign_id,
    main_system as list,
    main_number as list_number,
    channel as medium,
    if(test_group = 'control', 'holdout', 'sent') as arm,
    is_opened as opened,
    is_clicked as clicked,
    is_converted as converted,
    utc(contacted_at) as sent_at
from contacts
join accounts using (person_id)
order by person_id, campaign_id
