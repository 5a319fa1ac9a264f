with
moves as (
    select
        from_date,
        to_date,
        from_value,
        to_value,
        customer_count
    from segment_migrations
    where shop = $1 and attribute = 'segment_name' and to_date = as_of_date
),

compared as (
    select max(from_date) as compared_date
    from moves
    where from_date <= to_date - 28
),

lately as (
    select moves.*
    from moves
    inner join compared on moves.from_date = compared.compared_date
)

select
    'in' as direction,
    from_date,
    to_date,
    from_value as other,
    sum(customer_count) as customers
from lately
where to_value = $2
group by all
union all
select
    'out' as direction,
    from_date,
    to_date,
    to_value as other,
    sum(customer_count) as customers
from lately
where from_value = $2
group by all
order by direction, customers desc, other
