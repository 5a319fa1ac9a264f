-- Identifiers stay with the account that gave them: who is who is for identity resolution to find.
with

web_shop_customers as (

    select * from {{ source('raw_simulated', 'web_shop_customers') }}

),

app_users as (

    select * from {{ source('raw_simulated', 'app_users') }}

),

till_loyalty_cards as (

    select * from {{ source('raw_simulated', 'till_loyalty_cards') }}

),

review_site_authors as (

    select * from {{ source('raw_simulated', 'review_site_authors') }}

),

web_accounts as (

    select
        'simulated' as source_system,
        'web-' || customer_no as source_customer_id,
        email,
        phone,
        last_cookie as device_id,
        full_name as name,
        case sex when 'F' then 'female' when 'M' then 'male' end as gender,
        try_cast(date_of_birth as date) as birth_date,
        country_code as country,
        province as region,
        city,
        split_part(locale, '-', 1) as language,
        {{ try_parse_timestamp('created_at', '%Y-%m-%dT%H:%M:%SZ') }} as registered_at,
        {{ try_parse_timestamp('modified_at', '%Y-%m-%dT%H:%M:%SZ') }} as updated_at,
        {{ unparsed_values({
            'date_of_birth': 'try_cast(date_of_birth as date)',
            'created_at': try_parse_timestamp('created_at', '%Y-%m-%dT%H:%M:%SZ'),
            'modified_at': try_parse_timestamp('modified_at', '%Y-%m-%dT%H:%M:%SZ'),
        }) }} as unparsed_values,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id
    from web_shop_customers

),

app_accounts as (

    select
        'simulated' as source_system,
        'app-' || user_id as source_customer_id,
        mail as email,
        mobile as phone,
        push_device as device_id,
        nickname as name,
        lang as language,
        {{ from_epoch_ms('signup_ms') }} as registered_at,
        {{ from_epoch_ms('updated_ms') }} as updated_at,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id
    from app_users

),

card_accounts as (

    select
        'simulated' as source_system,
        'card-' || card_no as source_customer_id,
        telephone as phone,
        card_no as card_number,
        holder as name,
        case sex when 'F' then 'female' when 'M' then 'male' end as gender,
        cast({{ try_parse_timestamp('birthday', '%d/%m/%Y') }} as date) as birth_date,
        occupation,
        education,
        income as income_band,
        marital_status,
        persons_in_household as household_size,
        children as children_count,
        home as home_ownership,
        town as city,
        {{ to_utc(try_parse_timestamp('issued_on', '%d/%m/%Y'), 'Asia/Shanghai') }}
            as registered_at,
        {{ to_utc(try_parse_timestamp('changed_on', '%d/%m/%Y'), 'Asia/Shanghai') }}
            as updated_at,
        {{ unparsed_values({
            'birthday': try_parse_timestamp('birthday', '%d/%m/%Y'),
            'issued_on': try_parse_timestamp('issued_on', '%d/%m/%Y'),
            'changed_on': try_parse_timestamp('changed_on', '%d/%m/%Y'),
        }) }} as unparsed_values,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id
    from till_loyalty_cards

),

author_accounts as (

    select
        'simulated' as source_system,
        'review-' || author_id as source_customer_id,
        mail as email,
        screen_name as name,
        lang as language,
        joined_at as registered_at,
        joined_at as updated_at,
        _origin_file as origin_file,
        _origin_row as origin_row,
        _load_id as load_id
    from review_site_authors

),

unioned as (

    select * from web_accounts
    {{ union_all_by_name() }}
    select * from app_accounts
    {{ union_all_by_name() }}
    select * from card_accounts
    {{ union_all_by_name() }}
    select * from author_accounts

)

select * from unioned
