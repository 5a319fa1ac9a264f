with
version as (
    select max(published_at) as published_at
    from run_manifest
    where shop = $1
)

select
    changes.attribute,
    changes.change_kind,
    changes.old_value,
    changes.new_value,
    count(*) as customer_count
from profile_changes as changes
inner join version on changes.published_at = version.published_at
where changes.shop = $1
group by all
order by customer_count desc, changes.attribute, changes.old_value, changes.new_value
