-- Seasonality: a day's weight is weekday × month × lift of a promotion. Purchases are a Poisson
-- process on an operational clock on which each calendar day is as long as its weight; the whole
-- period is as long as it has days. Clock readings are whole micro-days, because whole numbers add
-- up to the same in any order.
create or replace table calendar as
with days as (
    select
        day_number::integer as day_number,
        getvariable('start_date') + day_number::integer as date
    from range(getvariable('days')) as numbers (day_number)
), promoted as (
    select
        days.*,
        promotions.promotion,
        coalesce(promotions.lift, 1) as lift,
        coalesce(promotions.discount_rate, 0) as discount_rate
    from days
    left join promotions
        on days.date between make_date(year(days.date), promotions.month, promotions.day)
        and make_date(year(days.date), promotions.month, promotions.day) + length_days::integer - 1
), weighted as (
    select
        promoted.*,
        (weekdays.weight * months.weight * promoted.lift)::decimal(18, 6) as weight
    from promoted
    join weekdays on isodow(promoted.date) = weekdays.iso_weekday
    join months on month(promoted.date) = months.month
), scaled as (
    select
        *,
        micro_days(weight * getvariable('days') / sum(weight) over ()) as length
    from weighted
)
select *, sum(length) over (order by date)::bigint - length as starts_at
from scaled
order by date;
