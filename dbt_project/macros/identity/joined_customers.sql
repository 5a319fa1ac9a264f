{#
    One row an id under which a portrait was recorded that is another customer's today: recorded_as, and
    the last day on which it was one of its own (joined_date).
#}
{% macro joined_customers() -%}
select
    source_key as recorded_as,
    max(known_until) as joined_date
from {{ ref('int_identities') }}
where customer_id = source_key and known_until < {{ forever() }}
group by source_key
{%- endmacro %}
