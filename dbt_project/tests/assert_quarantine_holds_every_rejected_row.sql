-- A failing row is a source system, entity and reason for which the quarantine keeps more or fewer
-- rows, or more or less money, than validation rejected.
with

quarantined as (

    select
        source_system,
        entity,
        reason_code,
        count(*) as row_count,
        sum(amount) as amount
    from {{ ref('int_quarantine') }}
    group by source_system, entity, reason_code

),

rejected as (

    select
        source_system,
        entity,
        reason_code,
        sum(row_count) as row_count,
        sum(amount) as amount
    from {{ ref('int_data_quality') }}
    where reason_code is not null
    group by source_system, entity, reason_code

)

select
    rejected.source_system,
    rejected.entity,
    rejected.reason_code,
    rejected.row_count,
    quarantined.row_count as quarantined_row_count
from rejected
full outer join quarantined
    on
        rejected.source_system is not distinct from quarantined.source_system
        and rejected.entity = quarantined.entity
        and rejected.reason_code = quarantined.reason_code
where
    rejected.row_count is distinct from quarantined.row_count
    or rejected.amount is distinct from quarantined.amount
