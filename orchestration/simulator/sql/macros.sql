-- Randomness by counting: a number is a hash of (seed, purpose, key, …), so it does not depend on
-- which thread or chunk asks for it, or in which order.

-- Uniform on (0, 1). Hashed twice: DuckDB combines the hashes of arguments by xor, so that after
-- one round two purposes would differ by the same bits for every key.
create or replace macro draw(purpose, a, b := 0, c := 0) as (
    cast(
        hash(hash(
            purpose,
            getvariable('seed'),
            cast(a as bigint),
            cast(b as bigint),
            cast(c as bigint)
        )) >> 11 as double
    ) + 0.5
) / 9007199254740992.0;

-- Standard normal (Box and Muller).
create or replace macro normal(purpose, a, b := 0, c := 0) as
    sqrt(-2 * ln(draw(purpose || ', radius', a, b, c)))
    * cos(2 * pi() * draw(purpose || ', angle', a, b, c));

-- Number of failures before the first success, with the given mean.
create or replace macro geometric(purpose, mean, a, b := 0, c := 0) as
    cast(floor(ln(draw(purpose, a, b, c)) / ln(mean / (1 + mean))) as integer);

-- One proposal of Marsaglia and Tsang for Gamma(d + 1/3, 1); NULL where it is refused.
create or replace macro gamma_proposal(d, x, u) as case
    when
        1 + x / sqrt(9 * d) > 0
        and ln(u) < x * x / 2 + d - d * pow(1 + x / sqrt(9 * d), 3)
            + 3 * d * ln(1 + x / sqrt(9 * d))
        then d * pow(1 + x / sqrt(9 * d), 3)
end;

-- Gamma(shape, 1). Shapes below 1 take a draw of shape + 1 and a power of a uniform. Of twelve
-- proposals all are refused once in 10^15 draws.
create or replace macro gamma(purpose, shape, a) as
    coalesce(
        list_filter(
            list_transform(
                range(12),
                lambda k: gamma_proposal(
                    shape + if(shape < 1, 1, 0) - 1 / 3.0,
                    normal(purpose, a, k),
                    draw(purpose || ', accept', a, k)
                )
            ),
            lambda proposal: proposal is not null
        )[1],
        shape
    )
    * if(shape < 1, pow(draw(purpose || ', boost', a), 1 / shape), 1);

-- Beta(alpha, beta) as a share of two gammas.
create or replace macro beta(purpose, alpha, beta, a) as
    gamma(purpose || ', alpha', alpha, a)
    / (gamma(purpose || ', alpha', alpha, a) + gamma(purpose || ', beta', beta, a));

-- Place in a list of 1,000 slots, with which choices by weight become a join.
create or replace macro slot(u) as cast(floor(u * 1000) as integer);

-- Micro-days of the operational clock (see calendar.sql).
create or replace macro micro_days(days) as cast(round(days * 1000000.0) as bigint);

-- The systems' own numbers, unique and telling nothing about the person: products modulo a prime,
-- and hashes of one whole number, which are one to one.
create or replace macro scrambled(person_id, multiplier) as
    (person_id * multiplier + getvariable('seed') % 1000000) % 2147483647;
create or replace macro web_number(person_id) as scrambled(person_id, 1103515245);
create or replace macro card_number(person_id) as scrambled(person_id, 1664525013);
create or replace macro author_number(person_id) as scrambled(person_id, 742938285);
create or replace macro app_number(person_id) as
    format('{:016x}', hash(xor(hash(getvariable('seed')), hash(person_id))));
create or replace macro app_order_number(person_id, n) as
    format('{:016x}', hash(xor(hash(getvariable('seed')), person_id * 10000 + n)));

-- Cookies and devices belong to a person, who has two of each; a shared one is the neighbour's.
create or replace macro cookie(owner, number) as
    'ck' || format('{:014x}', hash(owner * 2 + number) >> 8);
create or replace macro device(owner, number) as
    'dv' || format('{:014x}', hash(owner * 2 + number + 1000000007) >> 8);
create or replace macro owner_of_device(person_id, dirt) as
    if(dirt = 'shared_device', if(person_id > 1, person_id - 1, 2), person_id);

-- Numbers of visits and of their events.
create or replace macro visit_number(person_id, visit_no) as person_id * 4000000 + visit_no;
create or replace macro event_number(person_id, visit_no, i) as
    visit_number(person_id, visit_no) * 64 + i;

-- The shop's clock is China Standard Time, eight hours ahead of UTC all the year.
create or replace macro utc(local_time) as local_time - interval 8 hours;
create or replace macro iso_text(local_time) as strftime(utc(local_time), '%Y-%m-%dT%H:%M:%SZ');
create or replace macro till_text(local_time) as strftime(local_time, '%d/%m/%Y %H:%M');

-- When a row is exported: in the night after it arose.
create or replace macro exported(local_time) as
    date_trunc('day', local_time) + interval 26 hours;

-- Place of a person's own brand among a category's brands.
create or replace macro favourite_brand(person_id, category_id, brands) as
    cast(floor(draw('favourite brand', person_id, category_id) * brands) as integer);

-- A product of a category: of the person's own brand there, or of any; popular ones come first in
-- the list. Products of a category take its brands in turn.
create or replace macro product_choice(
    category_id, products, brands, loyalty, person_id, n, line
) as
    category_id * 1000 + if(
        draw('own brand', person_id, n, line) < loyalty,
        favourite_brand(person_id, category_id, brands)
        + brands * cast(floor(
            pow(draw('product', person_id, n, line), getvariable('popularity_exponent'))
            * (products // brands)
        ) as integer),
        cast(floor(
            pow(draw('product', person_id, n, line), getvariable('popularity_exponent')) * products
        ) as integer)
    );

-- Rows as a system delivers them: each once, and those that are dirty by duplication once more.
-- Both relations have the key columns a, b and c.
create or replace macro delivered(relation, dirt) as table (
    select rows.*, kind, 0 as copy
    from query_table(relation) as rows
    left join query_table(dirt) as dirt using (a, b, c)
    union all
    select rows.*, kind, 1 as copy
    from query_table(relation) as rows
    join query_table(dirt) as dirt using (a, b, c)
    where kind in ('exact_duplicate', 'conflicting_duplicate')
);
