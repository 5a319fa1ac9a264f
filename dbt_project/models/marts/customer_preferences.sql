{#- What lies further down says little about a person and would be most of the rows. -#}
{%- set last_rank = 10 %}

with

feature_affinities as (

    select * from {{ ref('feature_affinities') }}
    where affinity_rank <= {{ last_rank }}

),

house_words as (

    select * from {{ ref('int_house_words') }}

),

sources as (

    select * from {{ ref('customer_sources') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_current

),

selected as (

    select
        feature_affinities.shop,
        feature_affinities.customer_id,
        feature_affinities.as_of_date,
        sources.currency,

        feature_affinities.dimension,
        feature_affinities.dimension_value,

        cast(feature_affinities.affinity_rank as integer) as affinity_rank,
        cast(feature_affinities.weight_share as double) as weight_share,
        cast(feature_affinities.inverse_document_frequency as double) as inverse_document_frequency,
        cast(feature_affinities.tf_idf as double) as tf_idf,
        {%- for amount in ['decayed_spend', 'total_spend'] %}
        {{ in_minor_units('feature_affinities.' ~ amount, 'sources.reporting_decimals') }}
            as {{ amount }},
        {%- endfor %}
        cast(feature_affinities.day_count as bigint) as day_count,

        feature_affinities.last_bought_date
    from feature_affinities
    inner join sources on feature_affinities.customer_id = sources.customer_id
    inner join as_of_dates
        on
            feature_affinities.shop = as_of_dates.shop
            and feature_affinities.as_of_date = as_of_dates.as_of_date
    left join house_words
        on
            feature_affinities.shop = house_words.shop
            and feature_affinities.dimension = house_words.dimension
            and feature_affinities.dimension_value = house_words.word
    where house_words.word is null

)

select * from selected
