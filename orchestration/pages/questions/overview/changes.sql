select attribute, change_kind, old_value, new_value, count(*) as customer_count
from profile_changes
where shop = $1 and published_at = (select max(published_at) from run_manifest where shop = $1)
group by all
order by customer_count desc, attribute, old_value, new_value
