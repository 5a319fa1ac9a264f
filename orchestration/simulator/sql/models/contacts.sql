-- One row a person chosen by a campaign, as the tool knows it: the control group hears nothing. A
-- purchase that the campaign brought counts as its conversion, and so does any use of its coupon.
create or replace temp table contacts as
with conversions as (
    select person_id, coalesce(campaign_id, coupon_campaign) as campaign_id, min(n) as n
    from orders
    where coalesce(campaign_id, coupon_campaign) is not null
    group by all
)
select
    campaign_members.*,
    conversions.n is not null as is_converted,
    test_group = 'treated' and (
        is_converted or draw('opens', person_id, campaign_id) < open_rate
    ) as is_opened,
    is_opened and (is_converted or draw('clicks', person_id, campaign_id) < click_rate)
        as is_clicked,
    start_date + to_seconds(32400 + floor(draw('contact', person_id, campaign_id) * 3600))
        as contacted_at
from campaign_members
left join conversions using (person_id, campaign_id)
order by person_id, campaign_id;
