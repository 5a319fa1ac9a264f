-- One row a line that is given back, whole, on a document of its own 2 to 22 days later. Only what
-- came without dirt comes back.
create or replace temp table return_lines as
select
    clean_lines.* exclude (ordered_at),
    order_id || if(channel = 'app', 'r', '-R') as return_id,
    date_trunc('day', ordered_at)
        + to_days(2 + floor(draw('return day', person_id, n) * 20)::integer)
        + to_seconds(36000 + floor(draw('return time', person_id, n) * 36000)) as returned_at
from clean_lines
anti join line_dirt
    on clean_lines.a = line_dirt.a and clean_lines.b = line_dirt.b and clean_lines.c = line_dirt.c
where
    draw('return', person_id, n, line) < return_rate
    and returned_at < getvariable('start_date') + getvariable('days')
order by person_id, n, line;
