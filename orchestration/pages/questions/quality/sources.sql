select
    source_system,
    entity,
    max(source_row_count) as source_row_count,
    sum(row_count) filter (outcome = 'accepted') as accepted,
    sum(row_count) filter (outcome = 'quarantined') as quarantined,
    sum(flagged_row_count) as flagged
from data_quality
where shop = $1
group by all
order by source_system, entity
