{{ union_of_sources('survey_responses') }}
