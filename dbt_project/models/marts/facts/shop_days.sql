{#- Known of orders of known value only. #}
{%- set valued = ['gross_amount', 'discount_amount', 'net_amount'] %}
{%- set counts = [
    'order_count', 'unvalued_order_count', 'customer_count', 'new_customer_count',
    'fully_returned_order_count',
] %}
{%- set amounts = valued + ['returned_amount', 'coupon_amount', 'charges_amount'] %}

with

orders as (

    select * from {{ ref('orders') }}

),

returns as (

    select * from {{ ref('returns') }}

),

sold as (

    select
        shop,
        order_date as activity_date,
        coalesce(channel, '(unknown)') as channel,
        as_of_date,
        currency,
        customer_id,
        order_number,
        cast(fully_returned_date is not null as integer) as fully_returned_order_count,
        is_value_unknown,
        -- A document that moves no goods tells nothing of what was sold.
        {%- for amount in valued %}
        case when is_purchase then {{ amount }} else nullif({{ amount }}, 0) end as {{ amount }},
        {%- endfor %}
        coupon_amount,
        charges_amount,
        refunded_amount as returned_amount
    from orders

),

given_back as (

    select
        shop,
        return_date as activity_date,
        coalesce(channel, '(unknown)') as channel,
        as_of_date,
        currency,
        returned_amount
    from returns

),

unioned as (

    select * from sold
    {{ union_all_by_name() }}
    select * from given_back

),

added_up as (

    select
        shop,
        channel,
        as_of_date,
        currency,

        count(order_number) as order_count,
        count(*) filter (where is_value_unknown) as unvalued_order_count,
        count(distinct case when order_number is not null then customer_id end) as customer_count,
        count(*) filter (where order_number = 1) as new_customer_count,
        coalesce(sum(fully_returned_order_count), 0) as fully_returned_order_count,
        {%- for amount in valued %}
        {{ sum_of_known(amount) }} as {{ amount }},
        {%- endfor %}
        {%- for amount in amounts if amount not in valued %}
        coalesce(sum({{ amount }}), 0) as {{ amount }},
        {%- endfor %}

        activity_date
    from unioned
    group by shop, channel, as_of_date, currency, activity_date

),

finished as (

    select
        shop,
        channel,
        as_of_date,
        currency,
        {%- for count in counts %}
        cast({{ count }} as bigint) as {{ count }},
        {%- endfor %}
        {%- for amount in amounts %}
        cast({{ amount }} as decimal(18, 4)) as {{ amount }},
        {%- endfor %}
        activity_date
    from added_up

)

select * from finished
