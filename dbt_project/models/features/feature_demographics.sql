-- Where several accounts belong to one person, each attribute comes from the account that was
-- changed last and knows it. Accounts opened on or after as_of_date are not known yet.
with

customers as (

    select * from {{ ref('int_customers') }}

),

identities as (

    select * from {{ ref('int_identities') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    {{ where_near_touched('as_of_dates') }}

),

shipments as (

    select * from {{ ref('feature_shipments') }}
    {{ where_touched('feature_shipments') }}

),

age_bands as (

    select * from {{ ref('age_bands') }}

),

accounts as (

    select
        identities.shop,
        identities.customer_id,
        as_of_dates.as_of_date,
        customers.*,
        row_number() over (
            partition by identities.customer_id, as_of_dates.as_of_date
            order by
                customers.updated_at desc nulls last,
                customers.source_system,
                customers.source_customer_id
        ) as precedence
    from customers
    inner join identities
        on
            customers.source_system = identities.source_system
            and customers.source_customer_id = identities.source_customer_id
    inner join as_of_dates
        on
            identities.shop = as_of_dates.shop
            and {{ is_person_as_of('identities', 'as_of_dates.as_of_date') }}
            and (
                customers.registered_at is null
                or customers.registered_at < as_of_dates.as_of_date
            )
    {{ where_touched('', {
        'shop': 'identities.shop', 'customer_id': 'identities.customer_id',
        'as_of_date': 'as_of_dates.as_of_date',
    }) }}

),

attributes as (

    select
        shop,
        customer_id,
        as_of_date,
        {{ first_known_by('gender', 'precedence') }} as gender,
        {{ first_known_by('birth_date', 'precedence') }} as birth_date,
        {{ first_known_by('age_band', 'precedence') }} as age_band,
        {{ first_known_by('occupation', 'precedence') }} as occupation,
        {{ first_known_by('education', 'precedence') }} as education,
        {{ first_known_by('income_band', 'precedence') }} as income_band,
        {{ first_known_by('marital_status', 'precedence') }} as marital_status,
        {{ first_known_by('household_size', 'precedence') }} as household_size,
        {{ first_known_by('household_type', 'precedence') }} as household_type,
        {{ first_known_by('children_count', 'precedence') }} as children_count,
        {{ first_known_by('home_ownership', 'precedence') }} as home_ownership,
        {{ first_known_by('language', 'precedence') }} as language,
        {{ first_known_by('country', 'precedence') }} as country,
        {{ first_known_by('region', 'precedence') }} as region,
        {{ first_known_by('city', 'precedence') }} as city
    from accounts
    group by shop, customer_id, as_of_date

),

aged as (

    -- Years that are complete on as_of_date, read off dates as numbers.
    select
        *,
        cast(floor(
            ({{ date_number('as_of_date') }} - {{ date_number('birth_date') }}) / 10000
        ) as integer) as age
    from attributes

),

banded as (

    -- A birth date says more than a band that was ticked once.
    select
        aged.{{ all_but(['age', 'age_band']) }},
        coalesce(age_bands.age_band, aged.age_band) as age_band,
        try_cast(rtrim(aged.children_count, '+') as integer) > 0 as has_children
    from aged
    left join age_bands on aged.age between age_bands.from_age and age_bands.to_age

),

joined as (

    select
        coalesce(banded.shop, shipments.shop) as shop,
        coalesce(banded.customer_id, shipments.customer_id) as customer_id,
        coalesce(banded.as_of_date, shipments.as_of_date) as as_of_date,
        banded.{{ all_but(['shop', 'customer_id', 'as_of_date', 'country', 'region', 'city']) }},
        coalesce(banded.country, shipments.country) as country,
        coalesce(banded.region, shipments.region) as region,
        coalesce(banded.city, shipments.city) as city
    from banded
    full outer join shipments
        on banded.customer_id = shipments.customer_id
        and banded.as_of_date = shipments.as_of_date

)

select * from joined
