-- A key that stands for many, or for nobody, is no customer in any table of its source system.
{%- set entities = [
    'customers', 'orders', 'events', 'reviews', 'campaign_contacts', 'coupon_redemptions',
    'survey_responses', 'consents',
] %}

with

keys as (
    {% for entity in entities %}
    select
        source_system,
        source_customer_id
    from {{ ref('input_' ~ entity) }}
    {{ where_touched('input_' ~ entity) }}
    {{ 'union' if not loop.last }}
    {%- endfor %}

),

words as (

    select
        *,
        lower(trim(source_customer_id)) as word
    from keys
    where source_customer_id is not null

),

placeholder_customers as (

    select
        *,
        contains(pattern, '%') or contains(pattern, '_') as is_wild
    from {{ ref('placeholder_customers') }}

),

customers as (

    select * from {{ ref('input_customers') }}
    {{ where_touched('input_customers') }}

),

test_account_patterns as (

    select * from {{ ref('test_account_patterns') }}

),

named as (

    select
        source_system,
        source_customer_id,
        'email' as column_name,
        lower(trim(email)) as word
    from customers
    union all
    select
        source_system,
        source_customer_id,
        'name' as column_name,
        lower(trim(name)) as word
    from customers
    union all
    -- Where a mailbox is the key, nothing else need know it.
    select
        source_system,
        source_customer_id,
        'email' as column_name,
        word
    from words
    where word like '%@%'

),

refused as (

    select
        source_system,
        source_customer_id,
        1 as reason_rank,
        'rounded_key' as reason_code,
        '%E+%' as known_by
    from words
    where {{ is_rounded_number(['source_customer_id']) }}
    union all
    select
        source_system,
        source_customer_id,
        2 as reason_rank,
        'masked_key' as reason_code,
        '%**%' as known_by
    from words
    where word like '%**%'
    union all
    -- To hold each key against each pattern is dear: words are looked up.
    select
        words.source_system,
        words.source_customer_id,
        3 as reason_rank,
        'placeholder_customer' as reason_code,
        patterns.pattern as known_by
    from words
    inner join placeholder_customers as patterns
        on words.word = patterns.pattern and not patterns.is_wild
    union all
    select
        words.source_system,
        words.source_customer_id,
        3 as reason_rank,
        'placeholder_customer' as reason_code,
        patterns.pattern as known_by
    from words
    inner join placeholder_customers as patterns
        on words.word like patterns.pattern and patterns.is_wild
    union all
    select
        named.source_system,
        named.source_customer_id,
        4 as reason_rank,
        'test_account' as reason_code,
        patterns.column_name || ' like ' || patterns.pattern as known_by
    from named
    inner join test_account_patterns as patterns
        on named.column_name = patterns.column_name and named.word like patterns.pattern
    where named.source_customer_id is not null

),

told as (

    -- One reason is enough; of several the first is told, and so of several patterns.
    select
        source_system,
        source_customer_id,
        arg_min(reason_code, reason_rank) as reason_code,
        arg_min(known_by, (reason_rank, known_by)) as known_by
    from refused
    group by source_system, source_customer_id

)

select * from told
