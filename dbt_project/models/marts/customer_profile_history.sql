-- Each tag is looked at on every evaluated day; a period begins where its value differs from the
-- day before. Nothing is remembered from run to run: a corrected past corrects its history.
with

as_of_dates as (

    select
        *,
        min(as_of_date) over (partition by shop) as first_as_of_date
    from {{ ref('as_of_dates') }}

),

periods as (

    select * from {{ ref('tag_periods') }}
    {{ union_all_by_name() }}
    select * from {{ ref('model_tag_periods') }}

),

joined as (

    -- The portraits that a customer had before they were known to be one person's.
    select
        persons.customer_id,
        persons.source_key as recorded_as
    from ({{ persons_today() | indent(4) }}) as persons
    where persons.customer_id <> persons.source_key

),

held as (

    select
        periods.shop,
        coalesce(joined.customer_id, periods.customer_id) as customer_id,
        periods.customer_id as recorded_as,
        as_of_dates.as_of_date,
        periods.attribute,
        periods.attribute_value,
        periods.valid_from,
        periods.valid_from > as_of_dates.first_as_of_date as is_valid_from_known,
        periods.valid_to,
        periods.valid_to is null as is_current
    from periods
    inner join as_of_dates on periods.shop = as_of_dates.shop and as_of_dates.is_current
    left join joined on periods.customer_id = joined.recorded_as

)

select * from held
