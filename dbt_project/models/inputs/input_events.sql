{{ union_of_sources('events') }}
