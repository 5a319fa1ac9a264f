-- Answers to the quarterly survey, invited by the number of the account.
select
    format('wave-{:02d}', wave) as survey,
    main_system as panel,
    main_number as member,
    question,
    answer,
    utc(answered_at) as submitted_at
from survey_answers
join accounts using (person_id)
order by person_id, wave, question
