-- One row a person: their numbers in the systems, and the identifiers that could lead from one
-- account to another: e-mail and phone are the person's, cards and devices the account's. Which
-- accounts a person has is the persona's habit; who would have none has the shop's.
create or replace temp table accounts as
with held as (
    select
        *,
        draw('app account', person_id) < has_app as holds_app,
        draw('card', person_id) < has_card as holds_card,
        draw('web account', person_id) < has_web or not (holds_app or holds_card) as holds_web
    from people
), numbered as (
    select
        *,
        if(holds_web, web_number(person_id), null) as customer_no,
        if(holds_app, 'u' || app_number(person_id), null) as user_id,
        if(holds_card, format('29{:010d}', card_number(person_id)), null) as card_no
    from held
)
select
    person_id,
    customer_no,
    user_id,
    card_no,
    format('a{:d}', author_number(person_id)) as author_id,
    case when customer_no is not null then 'web' when user_id is not null then 'app' else 'card' end
        as main_system,
    case main_system
        when 'web' then customer_no::varchar when 'app' then user_id else card_no
    end as main_number,
    list_filter(
        [
            if(customer_no is not null, 'web', null),
            if(user_id is not null, 'app', null),
            if(card_no is not null, 'store', null)
        ],
        lambda channel: channel is not null
    ) as channels,
    latin_name || (person_id * 7 % 9973)::varchar || person_id::varchar
        || if(language = 'zh', '@mail.example.cn', '@mail.example.com') as email,
    format('+861{:010d}', 3000000000 + person_id * 61 % 6999999989) as phone
from numbered
order by person_id;
