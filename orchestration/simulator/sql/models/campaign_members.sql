-- One row a person and a campaign that they were chosen for. Chosen are persons who were
-- registered and had granted e-mail marketing when it began; by lot some of them are the control
-- group and hear nothing. A treated person who is alive makes one more purchase with the
-- probability `uplift`, at a uniform moment of the campaign; that purchase does not touch drop-out.
-- So treated minus control, in orders a head, is the mean uplift.
create or replace temp table campaign_members as
with consented as (
    select waves.campaign_id, person_id
    from waves
    join consent_changes on purpose = 'email_marketing' and changed_at < waves.start_date
    group by all
    having arg_max(is_granted, changed_at)
), chosen as (
    select
        consented.person_id,
        waves.*,
        if(
            draw('control', consented.person_id, consented.campaign_id) < control_share,
            'control', 'treated'
        ) as test_group,
        if(
            lifetimes.alive_until > waves.starts_at,
            least(
                0.9,
                uplift * uplift_factor * (0.5 + draw('responsiveness', consented.person_id))
            ),
            0
        ) as true_uplift
    from consented
    join waves on consented.campaign_id = waves.campaign_id
    join people on consented.person_id = people.person_id
    join lifetimes on consented.person_id = lifetimes.person_id
    where draw('chosen', consented.person_id, consented.campaign_id) < target_share
)
select
    * exclude (uplift),
    test_group = 'treated' and draw('uplift', person_id, campaign_id) < true_uplift
        as has_extra_order
from chosen
order by person_id, campaign_id;
