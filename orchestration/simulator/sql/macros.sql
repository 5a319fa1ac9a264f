-- Randomness by counting: a number is a hash of (seed, purpose, key, …), so it does not depend on
-- which thread or chunk asks for it, or in which order.

-- Uniform on (0, 1). Hashed twice: DuckDB combines the hashes of arguments by xor, so that after
-- one round two purposes would differ by the same bits for every key.
create or replace macro draw(purpose, a, b := 0, c := 0) as (
    cast(
        hash(hash(purpose, getvariable('seed'), cast(a as bigint), cast(b as bigint), cast(c as bigint)))
        >> 11 as double
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

-- A source system's own number for a person: unique, and telling nothing about the person.
create or replace macro scrambled(person_id, multiplier) as
    (person_id * multiplier + getvariable('seed') % 1000000) % 2147483647;

-- The shop's clock is China Standard Time, eight hours ahead of UTC all the year.
create or replace macro utc(local_time) as local_time - interval 8 hours;
create or replace macro iso_text(local_time) as strftime(utc(local_time), '%Y-%m-%dT%H:%M:%SZ');
create or replace macro till_text(local_time) as strftime(local_time, '%d/%m/%Y %H:%M');

-- When a row is exported: in the night after it arose.
create or replace macro exported(local_time) as
    date_trunc('day', local_time) + interval 26 hours;

-- A product of a category: of the person's own brand there, or of any; popular ones come first in
-- the list. Products of a category take its brands in turn.
create or replace macro product_choice(category_id, products, brands, loyalty, person_id, n, line) as
    category_id * 1000 + if(
        draw('own brand', person_id, n, line) < loyalty,
        cast(floor(draw('favourite brand', person_id, category_id) * brands) as integer)
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
