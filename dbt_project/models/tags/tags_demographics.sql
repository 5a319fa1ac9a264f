with

feature_customers as (

    select * from {{ ref('feature_customers') }}
    {{ where_touched('feature_customers') }}

),

feature_demographics as (

    select * from {{ ref('feature_demographics') }}
    {{ where_touched('feature_demographics') }}

),

tagged as (

    select
        feature_customers.shop,
        feature_customers.customer_id,
        feature_customers.as_of_date,

        feature_demographics.gender,
        feature_demographics.age_band,
        feature_demographics.income_band,
        feature_demographics.household_size,
        feature_demographics.country,

        feature_demographics.has_children
    from feature_customers
    left join feature_demographics
        on feature_customers.customer_id = feature_demographics.customer_id
        and feature_customers.as_of_date = feature_demographics.as_of_date

)

select * from tagged
