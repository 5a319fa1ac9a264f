select *
from segment_portraits
where shop = $1 and segment_id = $2
