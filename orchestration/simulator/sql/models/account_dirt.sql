-- One row an account with dirt; the key's second number says in which system. Test accounts are
-- whole persons, so they are dirt beside the bands.
create or replace temp view web_accounts as
select *, person_id as a, 1 as b, 0 as c
from accounts join people using (person_id) where customer_no is not null;
create or replace temp view app_accounts as
select *, person_id as a, 2 as b, 0 as c
from accounts join people using (person_id) where user_id is not null;
create or replace temp view card_accounts as
select *, person_id as a, 3 as b, 0 as c
from accounts join people using (person_id) where card_no is not null;

create or replace temp table account_dirt as
select * from dirty_rows('web_accounts', 'web_shop', 'customers')
union all
select * from dirty_rows('app_accounts', 'app', 'users')
union all
select * from dirty_rows('card_accounts', 'till', 'loyalty_cards');
