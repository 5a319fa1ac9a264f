-- A failing row is a person with accounts in several shops: all that compares customers would count
-- them twice. Source systems that share customers name one shop in the var `sources`.
select
    customer_id,
    count(distinct shop) as shop_count
from {{ ref('int_identities') }}
group by customer_id
having count(distinct shop) > 1
