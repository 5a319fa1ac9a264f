with
segments as (
    select
        rfm_segment,
        count(*) as customer_count,
        sum(total_spend) as spend,
        any_value(currency) as currency
    from customer_rfm
    where shop = $1
    group by all
),

outcomes as (
    select
        attribute_value as rfm_segment,
        position,
        ordering_share
    from segment_outcomes
    where shop = $1 and attribute = 'rfm_segment' and horizon_days = 30
)

select
    segments.*,
    segments.customer_count / sum(segments.customer_count) over () as customer_share,
    segments.spend / sum(segments.spend) over () as spend_share,
    outcomes.ordering_share
from segments
left join outcomes on segments.rfm_segment is not distinct from outcomes.rfm_segment
order by outcomes.position, segments.rfm_segment
