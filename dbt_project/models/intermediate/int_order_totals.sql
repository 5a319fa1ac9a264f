with

orders as (

    select * from {{ ref('int_orders') }}
    where
        status is distinct from 'cancelled'
        {{ and_touched('int_orders') }}

),

order_lines as (

    select * from {{ ref('int_order_lines') }}
    {{ where_touched('int_order_lines') }}

),

return_matches as (

    select * from {{ ref('int_return_matches') }}

),

added_up as (

    select
        source_system,
        source_order_id,
        count_if(line_kind = 'product' and quantity > 0) as line_count,
        coalesce(
            sum(quantity) filter (where line_kind = 'product' and quantity > 0), 0
        ) as quantity,
        coalesce(
            sum(net_amount) filter (where line_kind = 'product' and quantity > 0), 0
        ) as goods_amount,
        coalesce(sum(net_amount) filter (where line_kind = 'discount'), 0) as order_discount_amount,
        coalesce(
            sum(net_amount) filter (where line_kind = 'product' and quantity < 0), 0
        ) as return_amount,
        coalesce(
            sum(net_amount) filter (where line_kind not in ('product', 'discount')), 0
        ) as charges_amount,
        coalesce(sum(discount_amount) filter (where line_kind = 'product'), 0)
            as line_discount_amount,
        coalesce(sum(coupon_amount), 0) as coupon_amount,
        count_if(line_kind = 'product' and quantity < 0) as return_line_count
    from order_lines
    group by source_system, source_order_id

),

given_back as (

    select
        source_system,
        purchase_order_id as source_order_id,
        sum(matched_quantity) as matched_quantity,
        max(return_date) as last_return_date
    from return_matches
    where
        purchase_order_id is not null
        {{ and_touched('return_matches', {'source_order_id': 'return_matches.purchase_order_id'}) }}
    group by source_system, purchase_order_id

),

joined as (

    select
        orders.source_system,
        orders.source_order_id,
        orders.source_customer_id,
        orders.channel,
        orders.store,
        orders.order_date,
        orders.order_hour,
        added_up.line_count,
        added_up.return_line_count,
        added_up.goods_amount,
        added_up.order_discount_amount - coalesce(orders.discount_amount, 0)
            as order_discount_amount,
        added_up.return_amount,
        added_up.charges_amount,
        added_up.line_discount_amount,
        added_up.coupon_amount,
        coalesce(trim(orders.coupon_code), '') <> '' as has_coupon_code,
        added_up.line_count > 0 as is_purchase,
        case
            when added_up.line_count > 0 and given_back.matched_quantity >= added_up.quantity
                then given_back.last_return_date
        end as fully_returned_date
    from orders
    inner join added_up
        on
            orders.source_system = added_up.source_system
            and orders.source_order_id = added_up.source_order_id
    left join given_back
        on
            orders.source_system = given_back.source_system
            and orders.source_order_id = given_back.source_order_id

)

select * from joined
