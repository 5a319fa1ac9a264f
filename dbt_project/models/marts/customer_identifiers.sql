with

current_persons as (

    {{ persons_today() | indent }}

),

other_persons as (

    -- Until when the key was somebody else's, or a person of its own.
    select
        current_persons.source_key,
        max(identities.known_until) as until_date
    from current_persons
    inner join {{ ref('int_identities') }} as identities
        on
            current_persons.source_key = identities.source_key
            and current_persons.known_from > identities.known_from
            and current_persons.customer_id <> identities.customer_id
    group by current_persons.source_key

),

described as (

    select
        current_persons.shop,
        current_persons.customer_id,
        current_persons.source_system,
        current_persons.source_customer_id,
        current_persons.as_of_date,
        current_persons.first_known_date,
        other_persons.until_date + 1 as joined_date
    from current_persons
    left join other_persons on current_persons.source_key = other_persons.source_key

)

select * from described
