-- Days and numbers of products are whole numbers above 0. What is bought again has a name that was
-- bought.
select
    rule,
    slot,
    value
from {{ ref('recommendation_rules') }}
where
    (
        rule in ('not_sold_for_days', 'most_of_a_category')
        and not {{ is_all("coalesce(value, '')", '[1-9][0-9]{0,8}') }}
    )
    or (rule = 'same_name' and slot <> 'discover')
