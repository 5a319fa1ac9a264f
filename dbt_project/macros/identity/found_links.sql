{#
    What links that were found connect, with the columns of int_identity_links: from the day on which they
    were found and both keys were known. Of all links they are the weakest: where they contradict
    anything, they are the first that do not count.
#}
{% macro links_of_found() -%}
select
    source_keys.shop,
    'found' as identifier_kind,
    found_links.identifier,
    source_keys.source_key as first_source_key,
    others.source_key,
    {{ link_levels() | last }} as strength,
    greatest(
        found_links.found_on,
        coalesce(source_keys.first_known_date, {{ always() }}),
        coalesce(others.first_known_date, {{ always() }})
    ) as linked_from,
    {{ forever() }} as linked_until,
    cast(null as date) as last_seen_date,
    found_links.refused_because
from {{ ref('int_found_links') }} as found_links
inner join {{ ref('int_source_keys') }} as source_keys
    on found_links.source_key = source_keys.source_key
inner join {{ ref('int_source_keys') }} as others
    on
        found_links.other_source_key = others.source_key
        and source_keys.shop = others.shop
{%- endmacro %}
