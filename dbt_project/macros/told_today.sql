{# One row a shop: the day of its portraits (as_of_date) and the currency of its amounts. #}
{% macro shops_today() -%}
select distinct
    as_of_dates.shop,
    as_of_dates.as_of_date,
    reporting_currencies.reporting_currency as currency
from {{ ref('as_of_dates') }} as as_of_dates
left join {{ ref('int_reporting_currencies') }} as reporting_currencies
    on as_of_dates.shop = reporting_currencies.shop
where as_of_dates.is_current
{%- endmacro %}

{#
    What is known of orders, with the day before which it is and the currency of its amounts. Both change
    for every row or for none: a table that kept them would be made anew each day.

    known: the relation. shops: that of shops_today.
#}
{% macro told_today(known, shops) -%}
select
    {{ known }}.shop,
    {{ known }}.customer_id,
    {{ known }}.order_id,
    {{ shops }}.as_of_date,
    {{ shops }}.currency,
    {{ known }}.{{ all_but(['shop', 'customer_id', 'order_id']) }}
from {{ known }}
inner join {{ shops }} on {{ known }}.shop = {{ shops }}.shop
{%- endmacro %}
