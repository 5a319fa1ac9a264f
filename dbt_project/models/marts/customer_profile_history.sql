-- Each tag is looked at on every evaluated day; a period begins where its value differs from the
-- day before. Nothing is remembered from run to run: a corrected past corrects its history.
with

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

periods as (

    select * from {{ ref('tag_periods') }}
    {{ union_all_by_name() }}
    select * from {{ ref('model_tag_periods') }}

),

held as (

    select
        periods.shop,
        periods.customer_id,
        as_of_dates.as_of_date,
        periods.attribute,
        periods.attribute_value,
        periods.valid_from,
        periods.valid_to,
        periods.valid_to is null as is_current
    from periods
    inner join as_of_dates on periods.shop = as_of_dates.shop

)

select * from held
