with

customer_features as (

    select * from {{ ref('customer_features') }}
    {{ where_touched('customer_features') }}

),

tagged as (

    select
        shop,
        customer_id,
        as_of_date,

        {{ banded('campaign_exposure', 'campaign_contact_count') }} as campaign_exposure,
        case
            when campaign_contact_count > 0
                then {{ banded('campaign_response', 'campaign_response_rate') }}
        end as campaign_response,

        case
            when campaign_contact_count > 0
                then campaign_response_count
                    >= {{ tag_parameter('is_campaign_responder', 'min_responses') }}
        end as is_campaign_responder,

        campaign_contact_count,
        campaign_response_count,
        campaign_response_rate
    from customer_features

)

select * from tagged
