{{ union_of_sources('orders') }}
