-- The one-sided exact test of Fisher (1935): how likely so many of the segment, or more, would have
-- the value if the segment were drawn from all clustered customers of whom the tag is known.
with

counts as (

    select * from {{ ref('segment_trait_counts') }}

),

expected as (

    select
        *,
        known_count * (all_count / all_known_count) as expected_count,
        -- The variance of the hypergeometric distribution.
        known_count * (all_count / all_known_count) * (1 - all_count / all_known_count)
        * (all_known_count - known_count) / (all_known_count - 1) as variance
    from counts

),

tails as (

    -- The shorter side is added up, from the observed count outwards, where the terms fall. Twelve
    -- standard deviations and twenty terms further on they are below the last digit of the sum.
    select
        *,
        customer_count > expected_count as is_upper,
        case when customer_count > expected_count then customer_count else customer_count - 1 end
            as first_count,
        cast(
            case
                when customer_count > expected_count
                    then least(
                        least(known_count, all_count) - customer_count + 1,
                        ceil(12 * sqrt(variance)) + 20
                    )
                else least(
                    customer_count - greatest(0, known_count + all_count - all_known_count),
                    ceil(12 * sqrt(variance)) + 20
                )
            end as bigint
        ) as term_count
    from expected

),

weighed as (

    select
        *,
        case
            when term_count > 0
                then {{ ln_hypergeometric(
                    'first_count', 'known_count', 'all_count', 'all_known_count'
                ) }}
        end as ln_first
    from tails

),

terms as (

    select
        shop,
        segment_id,
        tag_key,
        tag_value,
        known_count,
        all_count,
        all_known_count,
        ln_first,
        first_count,
        is_upper,
        {{ explode_list(numbers_below('term_count')) }} as step
    from weighed

),

stepped as (

    select
        *,
        case when is_upper then first_count + step else first_count - step end as having_count
    from terms

),

added_up as (

    -- Decimals add up to the same sum in whatever order threads add them.
    select
        shop,
        segment_id,
        tag_key,
        tag_value,
        sum(cast(exp(
            {{ ln_hypergeometric('having_count', 'known_count', 'all_count', 'all_known_count') }}
            - ln_first
        ) as decimal(38, 20))) as terms_over_first
    from stepped
    group by shop, segment_id, tag_key, tag_value

),

tested as (

    select
        weighed.*,
        case
            when weighed.is_upper
                then least(1, exp(weighed.ln_first) * cast(added_up.terms_over_first as double))
            else greatest(0, 1 - coalesce(
                exp(weighed.ln_first) * cast(added_up.terms_over_first as double), 0
            ))
        end as p_value
    from weighed
    left join added_up
        on weighed.shop = added_up.shop
        and weighed.segment_id = added_up.segment_id
        and weighed.tag_key = added_up.tag_key
        and weighed.tag_value = added_up.tag_value

),

selected as (

    select
        shop,
        segment_id,
        kind,
        tag_key,
        tag_value,
        customer_count,
        known_count,
        all_count,
        all_known_count,
        cast(expected_count as double) as expected_count,
        cast(p_value as double) as p_value
    from tested

)

select * from selected
