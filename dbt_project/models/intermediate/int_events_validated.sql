{%- set key = ['source_event_id'] -%}

with

events as {{ not_held() }} (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_events') }}
    {{ where_touched('input_events') }}

),

bot_days as (

    select * from {{ ref('int_bot_days') }}

),

recognised as {{ not_held() }} (

    {{ with_refused_reason('events') | indent }}

),

looked_up as {{ not_held() }} (

    select
        recognised.*,
        coalesce(bot_customers.owner_id, bot_devices.owner_id) is not null as is_bot
    from recognised
    left join bot_days as bot_customers
        on
            bot_customers.owner_kind = 'source_customer_id'
            and recognised.source_system = bot_customers.source_system
            and recognised.source_customer_id = bot_customers.owner_id
            and recognised.event_date = bot_customers.event_date
    left join bot_days as bot_devices
        on
            bot_devices.owner_kind = 'device_id'
            and recognised.source_system = bot_devices.source_system
            and recognised.device_id = bot_devices.owner_id
            and recognised.event_date = bot_devices.event_date

),

judged as {{ not_held() }} (

    select
        {{ all_but(['is_bot', 'refused_reason']) }},
        {{ broken_rule(key, rules=refused_customer_rules() + [
            ('missing_date', 'event_date is null'),
            ('future_date', is_after_load('event_date')),
            ('missing_event_kind', 'event_kind is null'),
            ('missing_owner', 'coalesce(source_customer_id, device_id) is null'),
            ('bot', 'is_bot'),
        ]) }} as broken_rule
    from looked_up

),

told_apart as (

    {{ told_apart('judged', key) }}

)

select * from told_apart
