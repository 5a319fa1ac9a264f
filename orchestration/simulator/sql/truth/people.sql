-- One row a person: what no system knows. purchase_count leaves out what campaigns brought on top.
select
    person_id,
    persona,
    rate_per_day as purchase_rate,
    dropout_probability,
    registered_at,
    if(has_dropped_out, calendar.date, null) as dropped_out_on,
    not has_dropped_out as is_alive,
    purchase_count,
    favourite_category as favourite_category_id,
    categories.category as favourite_category,
    string_split(categories.brands, '|')[
        1 + favourite_brand(person_id, favourite_category, brand_count)
    ] as favourite_brand,
    person_satisfaction as satisfaction,
    language,
    is_test_account
from people
join lifetimes using (person_id)
join categories on people.favourite_category = categories.category_id
join shelves using (category_id)
asof join calendar
    on least(lifetimes.alive_until, micro_days(getvariable('days')) - 1) >= calendar.starts_at
order by person_id
