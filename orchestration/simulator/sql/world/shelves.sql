-- What it takes to pick a product of a category: how many there are, and of how many brands.
create or replace table shelves as
select category_id, product_count, len(string_split(brands, '|')) as brand_count
from categories
order by category_id;
