{%- set key = ['source_customer_id'] -%}

with

customers as (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_customers') }}
    {{ where_touched('input_customers') }}

),

recognised as (

    {{ with_refused_reason('customers') | indent }}

),

source_systems as (

    select * from {{ ref('int_source_systems') }}

),

last_days as (

    select * from {{ ref('int_last_order_day') }}

),

looked_up as (

    select
        recognised.*,
        last_days.last_data_date,
        extract(year from last_days.last_data_date) - extract(year from recognised.birth_date)
            as age_years
    from recognised
    left join source_systems on recognised.source_system = source_systems.source_system
    left join last_days on source_systems.shop = last_days.shop

),

judged as (

    select
        {{ all_but(['last_data_date', 'age_years', 'refused_reason']) }},
        {{ broken_rule(key, rules=refused_customer_rules() + [
            (
                'impossible_birth_date',
                'birth_date > last_data_date or age_years > ' ~ var('maximum_age_years')
            ),
        ]) }} as broken_rule
    from looked_up

),

told_apart as (

    {{ told_apart('judged', key, latest='coalesce(updated_at, registered_at)') }}

)

select * from told_apart
