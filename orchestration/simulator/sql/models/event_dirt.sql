-- One row an event with dirt.
create or replace temp view web_events as select * from events where channel = 'web';
create or replace temp view app_events as select * from events where channel = 'app';

create or replace temp table event_dirt as
select * from dirty_rows('web_events', 'web_shop', 'clickstream')
union all
select * from dirty_rows('app_events', 'app', 'events');
