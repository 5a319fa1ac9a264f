select
    table_name,
    row_count
from run_manifest
where shop = $1
order by table_name
