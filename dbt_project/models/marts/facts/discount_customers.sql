with

orders as (

    select * from {{ ref('orders') }}

),

redemptions as (

    select * from {{ ref('redeemed_coupons') }}

),

attributed as (

    -- An order has one code and one campaign: its own, else those redeemed for it first.
    select
        orders.{{ all_but(['coupon_code', 'campaign_id']) }},
        coalesce(orders.coupon_code, firsts.coupon_code) as coupon_code,
        coalesce(orders.campaign_id, firsts.campaign_id) as campaign_id
    from orders
    left join redemptions as firsts
        on orders.order_id = firsts.order_id and firsts.redemption_number = 1

),

by_kind as (

    select
        *,
        'coupon' as discount_kind,
        case
            when coupon_code is not null then coupon_code
            when coupon_amount > 0 then '(coupon without code)'
            when discount_amount > 0 then '(discount without code)'
            else '(full price)'
        end as discount_value
    from attributed
    union all
    select
        *,
        'campaign' as discount_kind,
        coalesce(campaign_id, '(none)') as discount_value
    from attributed

),

redeemed as (
    {% for kind, value in {'coupon': 'coupon_code', 'campaign': 'campaign_id'}.items() %}
    select
        *,
        '{{ kind }}' as discount_kind,
        {{ value }} as discount_value
    from redemptions
    where {{ value }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

uses as (

    select * from by_kind
    where order_number is not null
    {{ union_all_by_name() }}
    -- A redemption whose order stands under the same code or campaign is that order.
    select
        redeemed.{{ all_but(['order_id']) }},
        cast(null as bigint) as order_number
    from redeemed
    left join by_kind
        on redeemed.order_id = by_kind.order_id
        and redeemed.discount_kind = by_kind.discount_kind
        and redeemed.discount_value = by_kind.discount_value
    where by_kind.order_id is null

),

customers as (

    select
        shop,
        as_of_date,
        currency,
        discount_kind,
        discount_value,
        customer_id,
        count(order_number) as order_count,
        count(*) - count(order_number) as redemption_count,
        coalesce(bool_or(order_number = 1), false) as is_new,
        coalesce(bool_or(order_number > 1), false) as is_returning,
        count(*) filter (where is_value_unknown) as unvalued_order_count,
        coalesce(bool_or(is_value_unknown), false) as is_value_unknown,
        {%- for amount in [
            'gross_amount', 'discount_amount', 'net_amount', 'coupon_amount', 'returned_amount'
        ] %}
        sum({{ amount }}) as {{ amount }},
        {%- endfor %}
        min(order_date) as first_order_date,
        max(order_date) as last_order_date
    from uses
    group by shop, as_of_date, currency, discount_kind, discount_value, customer_id

)

select * from customers
