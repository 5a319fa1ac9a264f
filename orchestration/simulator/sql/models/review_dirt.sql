-- One row a review with dirt.
create or replace temp table review_dirt as
select * from dirty_rows('reviews', 'review_site', 'reviews');
