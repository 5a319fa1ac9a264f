{{ union_of_sources('coupon_redemptions') }}
