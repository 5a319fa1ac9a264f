{{ union_of_sources('campaign_contacts') }}
