with
stages as (
    select
        lifecycle_stage as stage,
        count(*) as customer_count,
        sum(total_spend) as spend,
        any_value(currency) as currency
    from customer_profiles
    where shop = $1
    group by all
),

outcomes as (
    select
        attribute_value as stage,
        position,
        ordering_share
    from segment_outcomes
    where shop = $1 and attribute = 'lifecycle_stage' and horizon_days = 30
)

select
    stages.*,
    stages.customer_count / sum(stages.customer_count) over () as customer_share,
    stages.spend / sum(stages.spend) over () as spend_share,
    outcomes.ordering_share
from stages
left join outcomes on stages.stage is not distinct from outcomes.stage
order by outcomes.position, stages.stage
