with

orders as (

    select * from {{ ref('orders') }}

),

redemptions as (

    select * from {{ ref('redeemed_coupons') }}

),

campaigns as (

    select
        source_system || ':' || source_campaign_id as campaign_id,
        name
    from {{ ref('int_campaigns') }}

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

    -- To count each once takes half the time of counting distinct ones.
    select
        shop,
        as_of_date,
        currency,
        discount_kind,
        discount_value,
        customer_id,
        count(order_number) as order_count,
        count(*) - count(order_number) as redemption_count,
        bool_or(order_number = 1) as is_new,
        bool_or(order_number > 1) as is_returning,
        count(*) filter (where is_value_unknown) as unvalued_order_count,
        bool_or(is_value_unknown) as is_value_unknown,
        {%- for amount in [
            'gross_amount', 'discount_amount', 'net_amount', 'coupon_amount', 'returned_amount'
        ] %}
        sum({{ amount }}) as {{ amount }},
        {%- endfor %}
        min(order_date) as first_order_date,
        max(order_date) as last_order_date
    from uses
    group by shop, as_of_date, currency, discount_kind, discount_value, customer_id

),

added_up as (

    select
        shop,
        as_of_date,
        currency,
        discount_kind,
        discount_value,
        cast(sum(order_count) as bigint) as order_count,
        cast(sum(redemption_count) as bigint) as redemption_count,
        count(*) as customer_count,
        count(*) filter (where is_new) as new_customer_count,
        count(*) filter (where is_returning) as returning_customer_count,
        cast(sum(unvalued_order_count) as bigint) as unvalued_order_count,
        {%- for amount in ['gross_amount', 'discount_amount', 'net_amount'] %}
        cast({{ sum_of_known(amount) }} as decimal(18, 4)) as {{ amount }},
        {%- endfor %}
        {%- for amount in ['coupon_amount', 'returned_amount'] %}
        cast(coalesce(sum({{ amount }}), 0) as decimal(18, 4)) as {{ amount }},
        {%- endfor %}
        min(first_order_date) as first_order_date,
        max(last_order_date) as last_order_date
    from customers
    group by shop, as_of_date, currency, discount_kind, discount_value

),

named as (

    select
        added_up.shop,
        added_up.as_of_date,
        added_up.currency,
        added_up.discount_kind,
        added_up.discount_value,
        coalesce(campaigns.name, added_up.discount_value) as name,
        added_up.order_count,
        added_up.redemption_count,
        added_up.customer_count,
        added_up.new_customer_count,
        added_up.returning_customer_count,
        added_up.unvalued_order_count,
        added_up.gross_amount,
        added_up.discount_amount,
        cast(added_up.discount_amount / nullif(added_up.gross_amount, 0) as double)
            as discount_rate,
        added_up.net_amount,
        added_up.coupon_amount,
        added_up.returned_amount,
        added_up.first_order_date,
        added_up.last_order_date
    from added_up
    left join campaigns
        on
            added_up.discount_kind = 'campaign'
            and added_up.discount_value = campaigns.campaign_id

)

select * from named
