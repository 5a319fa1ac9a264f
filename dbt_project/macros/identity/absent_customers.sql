{#
    Rows (shop, customer_id, as_of_date): who was a customer on some evaluated day, on the evaluated days
    on which the key that gave the id is another's: they have no row in feature_customers on these.

    days: a relation with shop and as_of_date.
#}
{% macro absent_customers(days) -%}
select
    identities.shop,
    identities.source_key as customer_id,
    days.as_of_date
from {{ ref('int_identities') }} as identities
inner join {{ days }} as days
    on identities.shop = days.shop and {{ is_person_as_of('identities', 'days.as_of_date') }}
where
    identities.customer_id <> identities.source_key
    and identities.source_key in (
        select own.source_key from {{ ref('int_identities') }} as own
        where own.customer_id = own.source_key
    )
{%- endmacro %}
