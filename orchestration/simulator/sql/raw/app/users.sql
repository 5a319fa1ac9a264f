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
    'dv' || format('{:014x}', hash(if(kind is not distinct from 'shared_device', if(person_id > 1, person_id - 1, 2), person_id) * 2 + 1000000007) >> 8)
        as push_device,
    epoch_ms(utc(registered_at)) as signup_ms,
    epoch_ms(utc(registered_at)) as updated_ms
from delivered('app_accounts', 'account_dirt')
order by person_id, copy
