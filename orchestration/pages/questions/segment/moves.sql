with
moves as (
    select
        from_date,
        to_date,
        from_value,
        to_value,
        customer_count,
        split_part(from_value, ' (', 1) as from_kind,
        split_part(to_value, ' (', 1) as to_kind
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
    from_kind as other,
    sum(customer_count) as customers
from lately
where to_kind = $2
group by all
union all
select
    'out' as direction,
    from_date,
    to_date,
    to_kind as other,
    sum(customer_count) as customers
from lately
where from_kind = $2
group by all
order by direction, customers desc, other
