{{ union_of_sources('consents') }}
