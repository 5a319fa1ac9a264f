-- One row a row with dirt, by the key that its system gives it.
with account_keys as (
    select 1 as b, person_id, customer_no::varchar as row_key from accounts
    union all
    select 2, person_id, user_id from accounts
    union all
    select 3, person_id, card_no from accounts
)
select system, table_name, kind, row_key, person_id
from (
    select system, table_name, kind, row_key, a as person_id, account_dirt.b, c
    from account_dirt join account_keys on a = person_id and account_dirt.b = account_keys.b
    union all
    select
        ['web_shop', 'app', 'till'][b], ['customers', 'users', 'loyalty_cards'][b],
        'test_account', row_key, person_id, b, 0
    from people join account_keys using (person_id)
    where is_test_account and row_key is not null
    union all
    select system, table_name, kind, order_id, a, b, c
    from order_dirt join orders using (a, b, c)
    union all
    select system, table_name, kind, order_id || '/' || line, a, b, c
    from line_dirt join order_lines using (a, b, c)
    union all
    select
        case channel when 'web' then 'web_shop' when 'app' then 'app' else 'till' end,
        case channel when 'web' then 'order_items' when 'app' then 'purchase_items'
            else 'receipt_lines' end,
        'return', return_id || '/' || line, a, b, c
    from return_lines
    union all
    select system, table_name, kind, event_number(a, b, c)::varchar, a, b, c
    from event_dirt
    union all
    select system, table_name, kind, (a * 10000 + b)::varchar, a, b, c
    from review_dirt
)
order by system, table_name, person_id, b, c, kind
