-- One row an answer. Every wave asks those who are registered and alive; some answer. Recommending
-- and being satisfied follow the person's satisfaction, with noise.
create or replace temp table survey_answers as
with asked as (
    select
        person_id,
        wave::integer as wave,
        getvariable('start_date') + floor((wave - 0.5) * getvariable('survey_wave_days'))::integer
            as asked_on
    from people
    cross join range(1, 1 + round(getvariable('days') / getvariable('survey_wave_days'))::integer)
        as waves (wave)
    where draw('survey', person_id, wave) < getvariable('survey_response_share')
), answering as (
    select
        asked.*,
        people.person_satisfaction + 0.5 * normal('survey mood', person_id, wave) as mood,
        people.favourite_category
    from asked
    join people using (person_id)
    join lifetimes using (person_id)
    join calendar on asked.asked_on = calendar.date
    where people.registered_at < asked_on and lifetimes.alive_until > calendar.starts_at
)
select
    person_id,
    wave,
    question,
    case scale
        when 'recommend' then greatest(0, least(10, round(7.2 + 2 * mood)))::integer::varchar
        when 'satisfied' then greatest(1, least(5, round(3.6 + mood)))::integer::varchar
        else categories.category
    end as answer,
    asked_on + to_seconds(36000 + floor(draw('answer time', person_id, wave) * 36000))
        as answered_at
from answering
join categories on answering.favourite_category = categories.category_id
cross join survey_questions
order by person_id, wave, question;
