{#
    An amount of an order in the reporting currency of its shop, in as many decimals as that one has. As it
    is where exchange_rate is NULL: the order is in that currency.

    amount: a column beside exchange_rate and reporting_decimals.
#}
{% macro in_reporting_currency(amount) -%}
case
    when exchange_rate is null then {{ amount }}
    else cast(
        round(cast({{ amount }} as double) * exchange_rate, reporting_decimals) as decimal(18, 4)
    )
end
{%- endmacro %}
