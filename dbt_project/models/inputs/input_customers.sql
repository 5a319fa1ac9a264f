{{ union_of_sources('customers') }}
