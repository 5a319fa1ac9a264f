{#
    What the shop kept of some orders. Orders of unknown value are in no net_amount: where there are no
    others it is NULL, and only what came back is known.

    net_amount, returned_amount: expressions, sums over the orders.
#}
{% macro known_spend(net_amount, returned_amount) -%}
coalesce({{ net_amount }} - {{ returned_amount }}, nullif(-{{ returned_amount }}, 0))
{%- endmacro %}
