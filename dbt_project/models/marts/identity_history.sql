-- Days on which other keys of the group come or go, and this one's person stays, begin no period.
with

persons as (

    {{ persons_today() | indent }}

),

periods as (

    select
        identities.shop,
        persons.customer_id as current_customer_id,
        persons.as_of_date,
        identities.source_key,
        identities.source_system,
        identities.source_customer_id,
        identities.customer_id,
        identities.known_from,
        lag(identities.customer_id) over (
            partition by identities.source_key
            order by identities.known_from
        ) as previous_customer_id
    from {{ ref('int_identities') }} as identities
    inner join persons
        on
            identities.source_key = persons.source_key
            and identities.known_from < persons.as_of_date

),

beginnings as (

    select * from periods
    where customer_id is distinct from previous_customer_id

),

described as (

    select
        shop,
        current_customer_id as customer_id,
        customer_id as recorded_as,
        source_system,
        source_customer_id,
        as_of_date,
        nullif(known_from, {{ always() }}) + 1 as valid_from,
        lead(known_from) over (partition by source_key order by known_from) + 1 as valid_to
    from beginnings

)

select
    *,
    valid_to is null as is_current
from described
