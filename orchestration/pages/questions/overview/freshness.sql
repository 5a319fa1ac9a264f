with
days as (
    select max(activity_date) as last_day, min(activity_date) as first_day
    from shop_days
    where shop = $1
),
made as (
    select
        max(as_of_date) as as_of_date,
        max(currency) as currency,
        max(started_at) as started_at,
        max(published_at) as published_at,
        any_value(source_health) as source_health,
        any_value(code_version) as code_version,
        (
            select count(*) > 0 from profile_changes
            where previous_published_at is not null and shop = $1
        ) as has_changes
    from run_manifest
    where shop = $1
)
from made cross join days
