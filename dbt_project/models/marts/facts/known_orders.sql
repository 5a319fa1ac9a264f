-- An order whose goods all came back never was, here as in the portraits: its row stays, without an
-- order_number.
with

order_totals as (

    select * from {{ ref('int_order_totals') }}

),

accepted_orders as (

    select * from {{ ref('int_orders') }}

),

known_returns as (

    select * from {{ ref('known_returns') }}
    {{ where_touched('known_returns') }}

),

customers as (

    select * from {{ ref('current_customer_keys') }}
    {{ where_touched('current_customer_keys') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

given_back as (

    -- What was bought before the data begins lowers the document that gave it back.
    select
        coalesce(purchase_order_id, order_id) as order_id,
        sum(returned_amount) as returned_amount,
        sum(returned_amount) filter (where purchase_order_id is not null) as matched_amount
    from known_returns
    group by all

),

known as (

    select
        customers.shop,
        customers.customer_id,
        order_totals.source_system || ':' || order_totals.source_order_id as order_id,
        nullif(trim(accepted_orders.coupon_code), '') as coupon_code,
        accepted_orders.source_campaign_id,
        accepted_orders.ordered_at,
        order_totals.{{ all_but(['fully_returned_date']) }},
        case
            when order_totals.fully_returned_date < as_of_dates.as_of_date
                then order_totals.fully_returned_date
        end as fully_returned_date
    from order_totals
    inner join accepted_orders
        on
            order_totals.source_system = accepted_orders.source_system
            and order_totals.source_order_id = accepted_orders.source_order_id
    inner join customers
        on
            order_totals.source_system = customers.source_system
            and order_totals.source_customer_id = customers.source_customer_id
    inner join as_of_dates
        on
            customers.shop = as_of_dates.shop
            and order_totals.order_date < as_of_dates.as_of_date

),

numbered as (

    select
        order_id,
        row_number() over customer_orders as order_number,
        order_date - lag(order_date) over customer_orders as days_since_previous_order
    from known
    where is_purchase and fully_returned_date is null
    window
        customer_orders as (
            partition by shop, customer_id order by order_date, ordered_at nulls last, order_id
        )

),

described as (

    select
        known.shop,
        known.customer_id,
        known.order_id,
        known.source_system,
        known.source_order_id,
        known.channel,
        known.store,
        known.coupon_code,
        known.source_system || ':' || known.source_campaign_id as campaign_id,

        known.is_purchase,
        known.is_value_unknown,

        cast(known.line_count as bigint) as line_count,
        {%- for amount, sum_of_amounts in {
            'gross_amount': 'known.goods_amount + known.line_discount_amount',
            'discount_amount': 'known.line_discount_amount - known.order_discount_amount',
            'net_amount': 'known.goods_amount + known.order_discount_amount',
        }.items() %}
        case when not known.is_value_unknown then cast({{ sum_of_amounts }} as decimal(18, 4)) end
            as {{ amount }},
        {%- endfor %}
        {#- What lines give back explains what the order says was refunded, if it says so. #}
        {%- set refunded_amount %}
        case
            when known.refunded_amount > 0
                then greatest(known.refunded_amount - coalesce(given_back.matched_amount, 0), 0)
            else 0
        end
        {%- endset %}
        cast(coalesce(given_back.returned_amount, 0) + {{ refunded_amount }} as decimal(18, 4))
            as returned_amount,
        cast({{ refunded_amount }} as decimal(18, 4)) as refunded_amount,
        cast(known.coupon_amount as decimal(18, 4)) as coupon_amount,
        cast(known.charges_amount as decimal(18, 4)) as charges_amount,
        numbered.order_number,
        numbered.days_since_previous_order,

        known.order_date,
        known.fully_returned_date
    from known
    left join numbered on known.order_id = numbered.order_id
    left join given_back on known.order_id = given_back.order_id

)

select * from described
