-- Who has written on the review site: an account of its own, known there by e-mail.
select
    author_id,
    if(language = 'zh', latin_name, name) as screen_name,
    email as mail,
    language as lang,
    utc(min(written_at)) as joined_at
from reviews
join accounts using (person_id)
join (select person_id, name, latin_name from people) using (person_id)
group by all
order by min(person_id)
