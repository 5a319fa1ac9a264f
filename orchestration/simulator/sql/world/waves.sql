-- The campaigns and their days; those that begin too late to end within the period are left out.
create or replace table waves as
select
    campaigns.*,
    getvariable('start_date') + floor(starts_at_share * getvariable('days'))::integer as start_date,
    getvariable('start_date') + floor(starts_at_share * getvariable('days'))::integer
        + length_days::integer - 1 as end_date
from campaigns
where floor(starts_at_share * getvariable('days')) + length_days <= getvariable('days')
order by campaign_id;

alter table waves add column starts_at bigint;
alter table waves add column ends_at bigint;
update waves set
    starts_at = (select starts_at from calendar where date = waves.start_date),
    ends_at = (select starts_at + length from calendar where date = waves.end_date);
