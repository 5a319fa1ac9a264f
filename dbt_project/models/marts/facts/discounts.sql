with

orders as (

    select * from {{ ref('orders') }}
    where order_number is not null

),

campaigns as (

    select
        source_system || ':' || source_campaign_id as campaign_id,
        name
    from {{ ref('int_campaigns') }}

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
    from orders
    union all
    select
        *,
        'campaign' as discount_kind,
        coalesce(campaign_id, '(none)') as discount_value
    from orders

),

added_up as (

    select
        shop,
        as_of_date,
        currency,
        discount_kind,
        discount_value,
        count(*) as order_count,
        count(distinct case when order_number = 1 then customer_id end) as new_customer_count,
        count(distinct case when order_number > 1 then customer_id end)
            as returning_customer_count,
        count(*) filter (where is_value_unknown) as unvalued_order_count,
        {%- for amount in [
            'gross_amount', 'discount_amount', 'net_amount', 'coupon_amount', 'returned_amount',
        ] %}
        cast(sum({{ amount }}) as decimal(18, 4)) as {{ amount }},
        {%- endfor %}
        min(order_date) as first_order_date,
        max(order_date) as last_order_date
    from by_kind
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
