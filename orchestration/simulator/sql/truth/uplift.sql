-- One row a person and a campaign that they were chosen for: the probability that being treated
-- brings one more order, and whether it did.
select person_id, campaign_id, test_group, true_uplift, has_extra_order
from campaign_members
order by person_id, campaign_id
