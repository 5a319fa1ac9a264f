with
days as (
    select
        max(activity_date) as last_day,
        min(activity_date) as first_day
    from shop_days
    where shop = $1
),

changes as (
    select count(*) > 0 as has_changes
    from profile_changes
    where shop = $1 and previous_published_at is not null
),

sources as (
    select list(distinct source_system) as source_systems
    from data_quality
    where shop = $1
),

made as (
    select
        max(as_of_date) as as_of_date,
        max(published_at) as published_at,
        any_value(source_health) as source_health
    from run_manifest
    where shop = $1
)

select
    made.*,
    days.*,
    changes.*,
    sources.source_systems
from made
cross join days
cross join changes
cross join sources
