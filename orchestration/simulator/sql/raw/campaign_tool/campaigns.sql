-- The campaigns of the period.
select
    campaign_id,
    campaign as title,
    campaign_kind as type,
    control_share > 0 as has_holdout,
    start_date as first_day,
    end_date as last_day
from waves
order by campaign_id
