-- Each tag is looked at on every evaluated day; a period begins where its value differs from the
-- day before. Nothing is remembered from run to run: a corrected past corrects its history.
with

as_of_dates as (

    select
        *,
        min(as_of_date) over (partition by shop) as first_as_of_date
    from {{ ref('as_of_dates') }}

),

model_periods as (

    select * from {{ ref('model_tag_periods') }}

),

told_by_models as (

    -- A model may tell of some days only, and what held before, nobody knows.
    select
        shop,
        attribute,
        min(valid_from) as first_told_date
    from model_periods
    group by shop, attribute

),

periods as (

    select
        tag_periods.*,
        cast(null as date) as first_told_date
    from {{ ref('tag_periods') }} as tag_periods
    {{ union_all_by_name() }}
    select
        model_periods.*,
        told_by_models.first_told_date
    from model_periods
    inner join told_by_models
        on
            model_periods.shop = told_by_models.shop
            and model_periods.attribute = told_by_models.attribute

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
        periods.valid_from
        > coalesce(periods.first_told_date, as_of_dates.first_as_of_date) as is_valid_from_known,
        periods.valid_to,
        periods.valid_to is null as is_current
    from periods
    inner join as_of_dates on periods.shop = as_of_dates.shop and as_of_dates.is_current
    left join joined on periods.customer_id = joined.recorded_as

)

select * from held
