{#
    The steps, as CTEs, of the one-sided exact test of Fisher (1935); the last is `tested`: the rows of
    `counts` with expected_count and p_value, the chance of as many or more.

    counts: a CTE whose columns the others name: how many of the sample have the trait; the sample; those
    of all who have it; and all.
#}
{% macro fisher_exact_steps(counts, having, sample_size, trait_size, all_size) -%}
expected as (

    select
        *,
        {{ sample_size }} * ({{ trait_size }} / {{ all_size }}) as expected_count,
        -- The variance of the hypergeometric distribution.
        {{ sample_size }} * ({{ trait_size }} / {{ all_size }})
        * (1 - {{ trait_size }} / {{ all_size }})
        * ({{ all_size }} - {{ sample_size }}) / greatest(1, {{ all_size }} - 1) as variance
    from {{ counts }}

),

sides as (

    -- The shorter side is added up, from the observed count outwards, where the terms fall.
    select
        *,
        {{ having }} > expected_count as is_upper,
        case when {{ having }} > expected_count then {{ having }} else {{ having }} - 1 end
            as first_count,
        case
            when {{ having }} > expected_count
                then least({{ sample_size }}, {{ trait_size }}) - {{ having }} + 1
            else {{ having }} - greatest(0, {{ sample_size }} + {{ trait_size }} - {{ all_size }})
        end as side_count,
        -- The second term over the first; each further one falls faster.
        case
            when {{ having }} > expected_count
                then ({{ sample_size }} - {{ having }}) * ({{ trait_size }} - {{ having }})
                / (
                    ({{ having }} + 1)
                    * ({{ all_size }} - {{ sample_size }} - {{ trait_size }} + {{ having }} + 1)
                )
            else ({{ having }} - 1)
                * ({{ all_size }} - {{ sample_size }} - {{ trait_size }} + {{ having }} - 1)
                / (
                    ({{ sample_size }} - {{ having }} + 2)
                    * ({{ trait_size }} - {{ having }} + 2)
                )
        end as ratio
    from expected

),

tails as (

    -- Twelve standard deviations and twenty terms further on, or where a geometric series of this
    -- ratio is below 1e-18, what is left is below the last digit of the sum.
    select
        *,
        cast(least(
            side_count,
            ceil(12 * sqrt(variance)) + 20,
            case
                when ratio > 0 and ratio < 1 then ceil((ln(1e-18) + ln(1 - ratio)) / ln(ratio)) + 1
            end
        ) as bigint) as term_count
    from sides

),

weighed as (

    select
        *,
        case
            when term_count > 0
                then {{ ln_hypergeometric('first_count', sample_size, trait_size, all_size) }}
        end as ln_first
    from tails

),

added_up as (

    -- Decimals add up to the same sum in whatever order they are added.
    select
        *,
        coalesce(exp(ln_first) * cast({{ sum_of_list(
            numbers_below('term_count'), 'step',
            'cast(exp(' ~ ln_hypergeometric(
                '(first_count + case when is_upper then step else -step end)',
                sample_size, trait_size, all_size
            ) ~ ' - ln_first) as decimal(38, 20))'
        ) }} as double), 0) as tail
    from weighed

),

tested as (

    select
        *,
        case when is_upper then least(1, tail) else greatest(0, 1 - tail) end as p_value
    from added_up

)
{%- endmacro %}

{#
    The steps, as CTEs, of the correction of Benjamini and Hochberg (1995); the last is `adjusted`: the
    rows of `tests` with q_value, the share of chance finds expected among all with so low a p_value.

    tests: a CTE with p_value.
    family: the columns of what is tested together.
    test_count: how many tests a family has; without it, its rows.
#}
{% macro false_discovery_steps(tests, family, test_count=none) -%}
ranked as (

    -- Equal ones have the last place among them.
    select
        *,
        {{ test_count or 'count(*) over (partition by ' ~ family ~ ')' }} as family_size,
        count(*) over (partition by {{ family }} order by p_value) as p_rank
    from {{ tests }}

),

adjusted as (

    select
        *,
        least(1, min(p_value * family_size / p_rank) over (
            partition by {{ family }} order by p_value desc
        )) as q_value
    from ranked

)
{%- endmacro %}
