{{ union_of_sources('products') }}
