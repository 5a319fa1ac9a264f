select tags.tag_key, tags.tag_value, tags.evidence, tags.since_date, tags.is_since_known
from customer_tags as tags
left join tag_catalog as catalog using (shop, tag_key)
where tags.customer_id = $1
order by catalog.tag_order, tags.tag_key
