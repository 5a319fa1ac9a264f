-- Days and numbers of products are whole numbers above 0.
select
    rule,
    slot,
    value
from {{ ref('recommendation_rules') }}
where
    rule in ('not_sold_for_days', 'most_of_a_category')
    and not {{ is_all("coalesce(value, '')", '[1-9][0-9]{0,8}') }}
