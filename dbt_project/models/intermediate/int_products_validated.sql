{%- set key = ['source_product_id'] -%}

with

products as (

    select
        *,
        {{ content_hash() }} as content_hash
    from {{ ref('input_products') }}
    {{ where_touched('input_products') }}

),

judged as (

    select
        *,
        {{ broken_rule(key, rules=[
            ('rounded_key', is_rounded_number(key)),
            ('negative_price', 'price < 0 or cost < 0'),
        ]) }} as broken_rule
    from products

),

told_apart as (

    {{ told_apart('judged', key, latest='updated_at') }}

)

select * from told_apart
