-- Customers with the same history move together: each history is followed once and counted as often
-- as it occurs, because pairs of days for every single customer would be a hundred times as many.
with

history as (

    select * from {{ ref('customer_profile_history') }}
    where attribute in ('segment_name', 'rfm_segment', 'lifecycle_stage', 'value_tier')

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

periods as (

    select
        customer_id,
        attribute,
        valid_from || '/' || coalesce(cast(valid_to as varchar), '') || '=' || attribute_value
            as period
    from history

),

careers as (

    select
        customer_id,
        attribute,
        {{ joined_text('period', ';', 'period') }} as career
    from periods
    group by customer_id, attribute

),

followed as (

    select
        attribute,
        min(customer_id) as customer_id,
        count(*) as customer_count
    from careers
    group by attribute, career

),

positions as (

    select
        followed.attribute,
        followed.customer_id,
        followed.customer_count,
        as_of_dates.as_of_date as position_date,
        history.attribute_value
    from followed
    inner join history
        on
            followed.attribute = history.attribute
            and followed.customer_id = history.customer_id
    inner join as_of_dates
        on
            history.valid_from <= as_of_dates.as_of_date
            and (history.valid_to is null or history.valid_to > as_of_dates.as_of_date)

),

pairs as (

    select
        earlier.as_of_date as from_date,
        later.as_of_date as to_date
    from as_of_dates as earlier
    inner join as_of_dates as later on earlier.as_of_date < later.as_of_date

),

starts as (

    select
        pairs.from_date,
        pairs.to_date,
        positions.*
    from positions
    inner join pairs on positions.position_date = pairs.from_date

),

ends as (

    select
        pairs.from_date,
        pairs.to_date,
        positions.*
    from positions
    inner join pairs on positions.position_date = pairs.to_date

),

moves as (

    select
        coalesce(starts.attribute, ends.attribute) as attribute,
        coalesce(starts.from_date, ends.from_date) as from_date,
        coalesce(starts.to_date, ends.to_date) as to_date,
        coalesce(starts.attribute_value, '(none)') as from_value,
        coalesce(ends.attribute_value, '(none)') as to_value,
        coalesce(starts.customer_count, ends.customer_count) as customer_count
    from starts
    full outer join ends
        on
            starts.attribute = ends.attribute
            and starts.customer_id = ends.customer_id
            and starts.from_date = ends.from_date
            and starts.to_date = ends.to_date

),

counted as (

    select
        moves.attribute,
        moves.from_date,
        moves.to_date,
        today.as_of_date,
        moves.from_value,
        moves.to_value,
        cast(sum(moves.customer_count) as bigint) as customer_count
    from moves
    cross join as_of_dates as today
    where today.is_current
    group by all

)

select * from counted
