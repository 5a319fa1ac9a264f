{# One row a source key: whose it is as of its shop's day of the portraits, which is as_of_date. #}
{% macro persons_today() -%}
select
    identities.*,
    as_of_dates.as_of_date
from {{ ref('int_identities') }} as identities
inner join {{ ref('as_of_dates') }} as as_of_dates
    on
        identities.shop = as_of_dates.shop
        and as_of_dates.is_current
        and {{ is_person_as_of('identities', 'as_of_dates.as_of_date') }}
{%- endmacro %}
