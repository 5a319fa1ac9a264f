with
refused as (
    select
        source_system,
        entity,
        reason_code,
        reason_name,
        reason_name_zh,
        severity,
        meaning,
        what_to_do,
        currency,
        sum(row_count) as row_count,
        sum(row_count) / max(source_row_count) as row_share,
        sum(amount) as amount
    from data_quality
    where shop = $1 and outcome = 'quarantined'
    group by all
)

select *
from refused
order by
    case severity when 'error' then 1 when 'warning' then 2 else 3 end,
    row_count desc,
    reason_code
