{#
    Orders with what was given back of them by their own word: refunded_amount in place of
    stated_refunded_amount. It has no day, so it counts on the order's own, as a cancellation does: an order
    is what its newest export says. An order that was refunded whole came back whole.

    orders: orders with goods_amount and order_discount_amount (negative), which came to what they say.
#}
{% macro less_refunds(orders) -%}
{%- set net_amount = '(goods_amount + order_discount_amount)' -%}
select
    {{ all_but(['stated_refunded_amount', 'fully_returned_date']) }},
    -- Postage may have been refunded too; goods come back for no more than they were sold for.
    least(stated_refunded_amount, greatest({{ net_amount }}, 0)) as refunded_amount,
    case
        when is_purchase and {{ net_amount }} > 0 and stated_refunded_amount >= {{ net_amount }}
            then order_date
        else fully_returned_date
    end as fully_returned_date
from {{ orders }}
{%- endmacro %}
