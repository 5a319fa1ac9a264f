{#
    One row a customer key of a source system, with what every fact says of it: shop, customer_id, the day
    of the portraits (as_of_date), before which a fact has to be known, and the currency of its amounts.
#}
{% macro customers_of_facts() -%}
select
    identities.shop,
    identities.customer_id,
    identities.source_system,
    identities.source_customer_id,
    identities.as_of_date,
    reporting_currencies.reporting_currency as currency
from ({{ persons_today() }}) as identities
left join {{ ref('int_reporting_currencies') }} as reporting_currencies
    on identities.source_system = reporting_currencies.source_system
{%- endmacro %}
