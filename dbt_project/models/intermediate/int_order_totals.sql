with

orders as (

    select * from {{ ref('int_orders') }}
    {{ where_touched('int_orders') }}

),

order_lines as (

    select * from {{ ref('int_order_lines') }}
    {{ where_touched('int_order_lines') }}

),

stated_orders as (

    -- Without those that were cancelled.
    select * from {{ ref('int_stated_orders') }}
    {{ where_touched('int_stated_orders') }}

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
        {%- for column in [
            'line_count', 'return_line_count', 'goods_amount', 'order_discount_amount',
            'return_amount', 'charges_amount', 'line_discount_amount', 'coupon_amount',
        ] %}
        coalesce(added_up.{{ column }}, 0) as {{ column }},
        {%- endfor %}
        stated_orders.{{ all_but(['source_system', 'source_order_id', 'has_unlisted_goods']) }},
        coalesce(added_up.line_count, 0) = 0 and stated_orders.has_unlisted_goods as is_unlisted,
        case
            when added_up.line_count > 0 and given_back.matched_quantity >= added_up.quantity
                then given_back.last_return_date
        end as fully_returned_date
    from orders
    inner join stated_orders
        on
            orders.source_system = stated_orders.source_system
            and orders.source_order_id = stated_orders.source_order_id
    left join added_up
        on
            orders.source_system = added_up.source_system
            and orders.source_order_id = added_up.source_order_id
    left join given_back
        on
            orders.source_system = given_back.source_system
            and orders.source_order_id = given_back.source_order_id

),

marked as (

    select
        *,
        is_unlisted and stated_goods_amount is null as is_value_unknown,
        line_count > 0 or (is_unlisted and coalesce(stated_goods_amount, 0) >= 0) as is_purchase,
        line_discount_amount - order_discount_amount + stated_discount_amount > 0 as has_discount
    from joined

),

valued as (

    -- Of a value that is not known nothing can be taken off: what discount lines come to stands
    -- with the charges.
    select
        {{ all_but([
            'goods_amount', 'order_discount_amount', 'charges_amount', 'line_discount_amount',
            'stated_goods_amount', 'stated_discount_amount',
        ]) }},
        case when is_unlisted then coalesce(stated_goods_amount, 0) else goods_amount end
            as goods_amount,
        case when is_value_unknown then 0 else order_discount_amount - stated_discount_amount end
            as order_discount_amount,
        case when is_value_unknown then 0 else line_discount_amount end as line_discount_amount,
        charges_amount + case when is_value_unknown then order_discount_amount else 0 end
            as charges_amount
    from marked

),

refunded as (

    {{ less_refunds('valued') }}

)

select * from refunded
