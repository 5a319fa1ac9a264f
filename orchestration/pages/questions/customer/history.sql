select
    attribute,
    attribute_value,
    valid_from,
    is_valid_from_known,
    valid_to
from customer_profile_history
where
    customer_id = $1
    and attribute in ('lifecycle_stage', 'rfm_segment', 'segment_name', 'value_tier')
order by attribute, valid_from, attribute_value
