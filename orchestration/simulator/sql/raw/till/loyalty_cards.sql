-- The forms that people fill in for a loyalty card: days as text, day first.
select
    card_no,
    case
        when is_test_account then 'TEST CARD'
        when kind = 'typo_name' then name[1] || name
        else name
    end as holder,
    phone as telephone,
    if(copy = 1 and kind = 'conflicting_duplicate', '(moved)', city) as town,
    strftime(birth_date, '%d/%m/%Y') as birthday,
    if(gender = 'female', 'F', 'M') as sex,
    occupations.value as occupation,
    educations.value as education,
    incomes.value as income,
    marital.value as marital_status,
    sizes.value as persons_in_household,
    children.value as children,
    homes.value as home,
    strftime(registered_at, '%d/%m/%Y') as issued_on,
    strftime(
        registered_at + to_days(if(copy = 1 and kind = 'conflicting_duplicate', 9, 0)), '%d/%m/%Y'
    ) as changed_on
from delivered('card_accounts', 'account_dirt')
join slots as occupations
    on occupations.list = 'occupation' and occupations.slot = slot(draw('occupation', person_id))
join slots as educations
    on educations.list = 'education' and educations.slot = slot(draw('education', person_id))
join slots as incomes
    on incomes.list = 'income_band' and incomes.slot = slot(draw('income', person_id))
join slots as marital
    on marital.list = 'marital_status' and marital.slot = slot(draw('marital', person_id))
join slots as sizes
    on sizes.list = 'household_size' and sizes.slot = slot(draw('household size', person_id))
join slots as children
    on children.list = 'children_count' and children.slot = slot(draw('children', person_id))
join slots as homes
    on homes.list = 'home_ownership' and homes.slot = slot(draw('home', person_id))
order by person_id, copy
