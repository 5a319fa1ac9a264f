-- Customers with the same history move together: each history is followed once and counted as often
-- as it occurs, because pairs of days for every single customer would be a hundred times as many.
with

history as (

    select * from {{ ref('customer_profile_history') }}
    where attribute in ('segment_name', 'rfm_segment', 'lifecycle_stage', 'value_tier')

),

joined as (

    {{ joined_customers() | indent }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

periods as (

    -- Few, however many customers there are.
    select
        shop,
        attribute,
        attribute_value,
        valid_from,
        valid_to,
        row_number() over (order by shop, attribute, valid_from, valid_to, attribute_value)
            as period_number
    from history
    group by shop, attribute, attribute_value, valid_from, valid_to

),

careers as (

    select
        history.shop,
        history.recorded_as,
        history.attribute,
        joined.joined_date,
        {{ sorted_list('periods.period_number') }} as period_numbers
    from history
    inner join periods
        on
            history.shop = periods.shop
            and history.attribute = periods.attribute
            and history.attribute_value = periods.attribute_value
            and history.valid_from = periods.valid_from
            and history.valid_to is not distinct from periods.valid_to
    left join joined
        on history.recorded_as = joined.recorded_as and history.recorded_as <> history.customer_id
    group by history.shop, history.recorded_as, history.attribute, joined.joined_date

),

followed as (

    select
        shop,
        attribute,
        period_numbers,
        joined_date,
        count(*) as customer_count,
        row_number() over (order by shop, attribute, period_numbers, joined_date) as career_number
    from careers
    group by shop, attribute, period_numbers, joined_date

),

held as (

    select
        followed.career_number,
        as_of_dates.as_of_date as position_date,
        periods.attribute_value
    from (
        select
            career_number,
            {{ explode_list('period_numbers') }} as period_number
        from followed
    ) as followed
    inner join periods on followed.period_number = periods.period_number
    inner join as_of_dates
        on
            periods.shop = as_of_dates.shop
            and periods.valid_from <= as_of_dates.as_of_date
            and (periods.valid_to is null or periods.valid_to > as_of_dates.as_of_date)

),

positions as (

    select
        followed.career_number,
        as_of_dates.as_of_date as position_date,
        case
            when as_of_dates.as_of_date > followed.joined_date then '(joined another customer)'
            else held.attribute_value
        end as attribute_value
    from followed
    inner join as_of_dates on followed.shop = as_of_dates.shop
    left join held
        on followed.career_number = held.career_number
        and as_of_dates.as_of_date = held.position_date

),

moves as (

    select
        starts.career_number,
        starts.position_date as from_date,
        ends.position_date as to_date,
        coalesce(starts.attribute_value, '(none)') as from_value,
        coalesce(ends.attribute_value, '(none)') as to_value
    from positions as starts
    inner join positions as ends on starts.career_number = ends.career_number
    where
        starts.position_date < ends.position_date
        and starts.attribute_value is distinct from '(joined another customer)'
        and coalesce(starts.attribute_value, ends.attribute_value) is not null

),

counted as (

    select
        followed.shop,
        followed.attribute,
        moves.from_date,
        moves.to_date,
        today.as_of_date,
        moves.from_value,
        moves.to_value,
        cast(sum(followed.customer_count) as bigint) as customer_count
    from moves
    inner join followed on moves.career_number = followed.career_number
    inner join as_of_dates as today on followed.shop = today.shop
    where today.is_current
    group by all

)

select * from counted
