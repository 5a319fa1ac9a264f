-- The accounts of the web shop, as its admin exports them: times as text in UTC.
select
    customer_no,
    case
        when is_test_account then 'test+' || customer_no || '@shop.example'
        when kind = 'typo_email' then replace(email, '@mail.', '@mial.')
        else email
    end as email,
    phone,
    case
        when is_test_account then 'Test Account'
        when kind = 'typo_name' then name[1] || name
        else name
    end as full_name,
    case when draw('says gender', person_id) < 0.8 then upper(gender[1]) end as sex,
    case when draw('says birth date', person_id) < 0.6 then strftime(birth_date, '%Y-%m-%d') end
        as date_of_birth,
    if(copy = 1 and kind = 'conflicting_duplicate', '(moved)', city) as city,
    region as province,
    country as country_code,
    if(language = 'zh', 'zh-CN', 'en-' || country) as locale,
    cookie(owner_of_device(person_id, kind), 0) as last_cookie,
    iso_text(registered_at) as created_at,
    iso_text(
        registered_at + to_days(if(copy = 1 and kind = 'conflicting_duplicate', 9, 0))
    ) as modified_at
from delivered('web_accounts', 'account_dirt')
order by person_id, copy
