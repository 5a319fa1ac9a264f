-- A contact is answered when the customer redeems a coupon of the campaign, from the day of the
-- contact on and before as_of_date, or the source says that they converted. That has no day: it is
-- known when the campaign is over, and nobody knows when where no end of it is told.
with

contacts as (

    select * from {{ ref('int_campaign_contacts') }}

),

identities as (

    select * from {{ ref('int_identities') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    {{ where_touched('as_of_dates') }}

),

redeemed as (

    select
        identities.shop,
        identities.customer_id,
        identities.known_from,
        identities.known_until,
        redemptions.source_system,
        redemptions.source_campaign_id,
        redemptions.redemption_date
    from {{ ref('int_coupon_redemptions') }} as redemptions
    inner join identities
        on redemptions.source_system = identities.source_system
        and redemptions.source_customer_id = identities.source_customer_id

),

contacted as (

    select
        identities.shop,
        identities.customer_id,
        identities.known_from,
        identities.known_until,
        contacts.source_system,
        contacts.source_campaign_id,
        contacts.contact_date,
        case when contacts.is_converted then campaigns.end_date end as conversion_date
    from contacts
    inner join identities
        on
            contacts.source_system = identities.source_system
            and contacts.source_customer_id = identities.source_customer_id
    left join {{ ref('int_campaigns') }} as campaigns
        on
            contacts.source_system = campaigns.source_system
            and contacts.source_campaign_id = campaigns.source_campaign_id
    where contacts.test_group is distinct from 'control'

),

answered as (

    select
        contacted.shop,
        contacted.customer_id,
        contacted.known_from,
        contacted.known_until,
        contacted.source_system || ':' || contacted.source_campaign_id as campaign_key,
        contacted.contact_date,
        contacted.conversion_date,
        min(redeemed.redemption_date) as first_redemption_date
    from contacted
    left join redeemed
        on
            contacted.customer_id = redeemed.customer_id
            and contacted.known_from = redeemed.known_from
            and contacted.source_system = redeemed.source_system
            and contacted.source_campaign_id = redeemed.source_campaign_id
            and contacted.contact_date <= redeemed.redemption_date
    group by all

),

contact_counts as (

    select
        answered.shop,
        answered.customer_id,
        as_of_dates.as_of_date,
        count(distinct answered.campaign_key) as campaign_contact_count,
        as_of_dates.as_of_date - max(answered.contact_date) as days_since_last_campaign_contact,
        count(distinct answered.campaign_key) filter (
            where
            answered.conversion_date < as_of_dates.as_of_date
            or answered.first_redemption_date < as_of_dates.as_of_date
        ) as campaign_response_count
    from answered
    inner join as_of_dates
        on
            answered.shop = as_of_dates.shop
            and answered.contact_date < as_of_dates.as_of_date
            and {{ is_person_as_of('answered', 'as_of_dates.as_of_date') }}
    group by answered.shop, answered.customer_id, as_of_dates.as_of_date

),

redemption_counts as (

    select
        redeemed.shop,
        redeemed.customer_id,
        as_of_dates.as_of_date,
        count(*) as coupon_redemption_count
    from redeemed
    inner join as_of_dates
        on
            redeemed.shop = as_of_dates.shop
            and redeemed.redemption_date < as_of_dates.as_of_date
            and {{ is_person_as_of('redeemed', 'as_of_dates.as_of_date') }}
    group by redeemed.shop, redeemed.customer_id, as_of_dates.as_of_date

),

joined as (

    select
        coalesce(contact_counts.shop, redemption_counts.shop) as shop,
        coalesce(contact_counts.customer_id, redemption_counts.customer_id) as customer_id,
        coalesce(contact_counts.as_of_date, redemption_counts.as_of_date) as as_of_date,
        coalesce(contact_counts.campaign_contact_count, 0) as campaign_contact_count,
        contact_counts.days_since_last_campaign_contact,
        coalesce(contact_counts.campaign_response_count, 0) as campaign_response_count,
        contact_counts.campaign_response_count / contact_counts.campaign_contact_count
            as campaign_response_rate,
        coalesce(redemption_counts.coupon_redemption_count, 0) as coupon_redemption_count
    from contact_counts
    full outer join redemption_counts
        on
            contact_counts.customer_id = redemption_counts.customer_id
            and contact_counts.as_of_date = redemption_counts.as_of_date

)

select * from joined
