-- One row an account: which person it belongs to. The number is the one the warehouse's source key
-- is made of.
select * from (
    select person_id, 'web' as system, customer_no::varchar as number from accounts
    where customer_no is not null
    union all
    select person_id, 'app', user_id from accounts where user_id is not null
    union all
    select person_id, 'card', card_no from accounts where card_no is not null
    union all
    select distinct person_id, 'review', author_id
    from reviews join accounts using (person_id)
)
order by person_id, system
