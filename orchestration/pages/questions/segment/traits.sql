select
    kind,
    tag_key,
    tag_value,
    trait,
    trait_zh,
    tag_index,
    customer_share,
    overall_share,
    customer_count,
    q_value
from segment_traits
where shop = $1 and segment_id = $2 and is_significant and surplus_rank <= 12
order by kind <> 'tag', kind, surplus_rank
