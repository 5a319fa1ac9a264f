select
    review_count,
    average_rating,
    session_count,
    days_since_last_session,
    campaign_contact_count,
    campaign_response_count,
    coupon_redemption_count,
    return_share
from customer_profiles
where customer_id = $1
