-- One row a person: their persona, and what is theirs within it (BG/NBD).
-- Purchases while alive: Poisson with a rate that is Gamma over the persons of a persona.
-- Drop-out after each purchase: a probability that is Beta over them, so that the number of
-- purchases until drop-out is geometric.
-- The clock of those who are customers already starts with the data, that of newcomers when they
-- register. Satisfaction is normal around the persona's; the favourite category is drawn from the
-- persona's own mix.
create or replace temp table people as
with numbered as (
    select person_id
    from range(getvariable('first_person'), getvariable('last_person') + 1) as numbers (person_id)
), with_persona as (
    select
        person_id,
        personas.*,
        gamma('purchase rate', purchase_shape, person_id) * purchase_rate / purchase_shape
            as rate_per_day,
        beta('dropout', dropout_alpha, dropout_beta, person_id) as dropout_probability
    from numbered
    join slots on slots.list = 'persona' and slots.slot = slot(draw('persona', person_id))
    join personas on slots.value = personas.persona_id::varchar
), placed as (
    select
        with_persona.*,
        cities.city,
        cities.region,
        cities.country,
        if(draw('language', person_id) < chinese_share, 'zh', 'en') as language,
        if(draw('gender', person_id) < 0.54, 'female', 'male') as gender
    from with_persona
    join slots on slots.list = 'city' and slots.slot = slot(draw('city', person_id))
    join cities on slots.value = cities.city
), name_counts as (
    select language, part, count(*) as choices from names group by all
), named as (
    select
        placed.*,
        if(
            placed.language = 'zh',
            family.written || given.written,
            given.written || ' ' || family.written
        ) as name,
        given.latin || '.' || family.latin as latin_name
    from placed
    join name_counts as families
        on placed.language = families.language and families.part = 'family'
    join names as family
        on placed.language = family.language
        and family.part = 'family'
        and family.number = floor(draw('family name', person_id) * families.choices)
    join name_counts as givens
        on placed.language = givens.language and givens.part = placed.gender
    join names as given
        on placed.language = given.language
        and given.part = placed.gender
        and given.number = floor(draw('given name', person_id) * givens.choices)
), started as (
    select
        *,
        draw('registered before', person_id) < getvariable('registered_before_share') as is_known,
        if(
            is_known,
            0,
            micro_days(
                draw('registration', person_id)
                * getvariable('latest_registration_share') * getvariable('days')
            )
        ) as starts_at
    from named
)
select
    started.* exclude (is_known),
    cast(
        if(
            is_known,
            getvariable('start_date') - 1 - floor(draw('years known', person_id) * 730)::integer,
            calendar.date
        ) as timestamp
    ) + to_seconds(
        floor(if(
            is_known,
            draw('registration time', person_id),
            (started.starts_at - calendar.starts_at) / calendar.length
        ) * 86399)
    ) as registered_at,
    greatest(1, 1 + floor(ln(draw('lifetime', person_id)) / ln(1 - dropout_probability)))
        ::integer as lifetime_purchases,
    satisfaction + 0.7 * normal('satisfaction', person_id) as person_satisfaction,
    favourites.value::integer as favourite_category,
    make_date(
        least(greatest(birth_year + round(7 * normal('birth year', person_id)), 1932), 2007)
            ::integer,
        1 + floor(draw('birth month', person_id) * 12)::integer,
        1 + floor(draw('birth day', person_id) * 28)::integer
    ) as birth_date,
    draw('test account', person_id) < getvariable('test_account_rate') as is_test_account
from started
asof join calendar on started.starts_at >= calendar.starts_at
join slots as favourites
    on favourites.list = 'category'
    and favourites.part = started.persona_id::varchar
    and favourites.slot = slot(draw('favourite category', person_id))
order by person_id;
