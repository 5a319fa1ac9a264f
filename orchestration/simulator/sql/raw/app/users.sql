-- The users of the app: numbers as the identity service gives them, times in milliseconds.
select
    user_id,
    if(kind is not distinct from 'typo_email', replace(email, '@mail.', '@mial.'), email) as mail,
    phone as mobile,
    case
        when is_test_account then 'QA Tester'
        when kind = 'typo_name' then name[1] || name
        else name
    end as nickname,
    language as lang,
    device(owner_of_device(person_id, kind), 0) as push_device,
    epoch_ms(utc(registered_at)) as signup_ms,
    epoch_ms(utc(registered_at)) as updated_ms
from delivered('app_accounts', 'account_dirt')
order by person_id, copy
