select
    tags.tag_key,
    tags.tag_value,
    tags.evidence,
    tags.since_date,
    tags.is_since_known
from customer_tags as tags
left join tag_catalog as catalog on tags.shop = catalog.shop and tags.tag_key = catalog.tag_key
where tags.customer_id = $1
order by catalog.tag_order, tags.tag_key
