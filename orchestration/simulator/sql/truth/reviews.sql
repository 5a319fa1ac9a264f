-- One row a review: what its writer felt.
select review_id, person_id, felt as satisfaction, sentiment, rating from reviews
order by review_id
