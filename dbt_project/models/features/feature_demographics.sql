-- Where several accounts belong to one person, each attribute comes from the account that was
-- changed last and knows it. Accounts opened on or after as_of_date are not known yet.
{%- set attributes = [
    'gender', 'birth_date', 'age_band', 'occupation', 'education', 'income_band', 'marital_status',
    'household_size', 'household_type', 'children_count', 'home_ownership', 'language', 'country',
    'region', 'city',
] %}

with

customers as (

    select * from {{ ref('int_customers') }}

),

orders as (

    select * from {{ ref('int_orders') }}
    where coalesce(shipping_country, shipping_region, shipping_city) is not null

),

identities as (

    select * from {{ ref('int_identities') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    {{ where_near_touched('as_of_dates') }}

),

accounts as (

    select
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
            customers.registered_at is null
            or customers.registered_at < as_of_dates.as_of_date
    {{ where_touched('', {
        'customer_id': 'identities.customer_id', 'as_of_date': 'as_of_dates.as_of_date',
    }) }}

),

age_bands as (

    select * from {{ ref('age_bands') }}

),

attributes as (

    select
        customer_id,
        as_of_date,
        {%- for attribute in attributes %}
        min_by({{ attribute }}, precedence) filter (where {{ attribute }} is not null)
            as {{ attribute }}{{ ',' if not loop.last }}
        {%- endfor %}
    from accounts
    group by customer_id, as_of_date

),

shipping_days as (

    select
        identities.customer_id,
        orders.order_date,
        {%- for place in ['country', 'region', 'city'] %}
        min_by(orders.shipping_{{ place }}, orders.source_order_id)
            filter (where orders.shipping_{{ place }} is not null)
            as shipping_{{ place }}{{ ',' if not loop.last }}
        {%- endfor %}
    from orders
    inner join identities
        on
            orders.source_system = identities.source_system
            and orders.source_customer_id = identities.source_customer_id
    group by identities.customer_id, orders.order_date

),

shipments as (

    select
        shipping_days.customer_id,
        as_of_dates.as_of_date,
        {%- for place in ['country', 'region', 'city'] %}
        max_by(shipping_days.shipping_{{ place }}, shipping_days.order_date)
            filter (where shipping_days.shipping_{{ place }} is not null)
            as shipping_{{ place }}{{ ',' if not loop.last }}
        {%- endfor %}
    from shipping_days
    inner join as_of_dates on shipping_days.order_date < as_of_dates.as_of_date
    {{ where_touched('', {
        'customer_id': 'shipping_days.customer_id', 'as_of_date': 'as_of_dates.as_of_date',
    }) }}
    group by shipping_days.customer_id, as_of_dates.as_of_date

),

aged as (

    -- Years that are complete on as_of_date, read off dates as numbers: yyyymmdd.
    select
        *,
        cast(floor((
            {%- for date in ['as_of_date', 'birth_date'] %}
            {{ '- ' if not loop.first }}(
                extract(year from {{ date }}) * 10000
                + extract(month from {{ date }}) * 100
                + extract(day from {{ date }})
            )
            {%- endfor %}
        ) / 10000) as integer) as age
    from attributes

),

banded as (

    -- A birth date says more than a band that was ticked once.
    select
        aged.customer_id,
        aged.as_of_date,
        {%- for attribute in attributes if attribute != 'age_band' %}
        aged.{{ attribute }},
        {%- endfor %}
        coalesce(age_bands.age_band, aged.age_band) as age_band
    from aged
    left join age_bands on aged.age between age_bands.from_age and age_bands.to_age

),

joined as (

    select
        coalesce(banded.customer_id, shipments.customer_id) as customer_id,
        coalesce(banded.as_of_date, shipments.as_of_date) as as_of_date,
        {%- for attribute in attributes if attribute not in ['country', 'region', 'city'] %}
        banded.{{ attribute }},
        {%- endfor %}
        try_cast(rtrim(banded.children_count, '+') as integer) > 0 as has_children,
        coalesce(banded.country, shipments.shipping_country) as country,
        coalesce(banded.region, shipments.shipping_region) as region,
        coalesce(banded.city, shipments.shipping_city) as city
    from banded
    full outer join shipments
        on
            banded.customer_id = shipments.customer_id
            and banded.as_of_date = shipments.as_of_date

)

select * from joined
