"""What was simulated follows the models that the SQL files state. The seed is fixed."""

from math import sqrt

import pytest

from tests.simulator.conftest import PLAN, Shop


def test_rates_and_drop_out_are_gamma_and_beta_within_a_persona(shop: Shop) -> None:
    found = shop.ask("""
        select
            count(*), avg(people.purchase_rate), stddev(people.purchase_rate),
            any_value(personas.purchase_rate), any_value(purchase_shape),
            avg(dropout_probability), any_value(dropout_alpha), any_value(dropout_beta)
        from '{truth}/people-*.parquet' as people
        join personas using (persona)
        group by persona
    """)
    assert len(found) == 7
    for values in found:
        count, mean, deviation, rate, shape, dropout, alpha, beta = map(float, values)  # type: ignore[arg-type]
        assert mean == pytest.approx(rate, abs=4 * rate / sqrt(shape * count))
        assert deviation == pytest.approx(rate / sqrt(shape), rel=0.15)
        total = alpha + beta
        spread = sqrt(alpha * beta / total**2 / (total + 1) / count)
        assert dropout == pytest.approx(alpha / total, abs=4 * spread)


def test_what_is_drawn_for_two_purposes_is_independent(shop: Shop) -> None:
    """DuckDB's hash of several values, taken once, would make these correlate fully."""
    found = shop.numbers("""
        select
            corr(purchase_rate, dropout_probability),
            corr(purchase_rate, satisfaction),
            corr(dropout_probability, satisfaction),
            corr(satisfaction, epoch(registered_at))
        from '{truth}/people-*.parquet' where persona = 'routine family'
    """)
    assert all(abs(correlation) < 0.06 for correlation in found), found


def test_purchases_and_survivors_are_as_many_as_the_model_expects(shop: Shop) -> None:
    """Given rate λ and drop-out p: E[purchases by t] = (1 − e^(−λpt)) / p, P(alive) = e^(−λpt)."""
    count, bought, expected, alive, expected_alive = shop.numbers(f"""
        select
            count(*),
            avg(purchase_count),
            avg(
                (1 - exp(-purchase_rate * dropout_probability * {PLAN.days}))
                / dropout_probability
            ),
            avg(is_alive::int),
            avg(exp(-purchase_rate * dropout_probability * {PLAN.days}))
        from '{{truth}}/people-*.parquet'
        where registered_at < date '{PLAN.start}'
    """)
    assert count > 6_000
    assert bought == pytest.approx(expected, rel=0.02)
    assert alive == pytest.approx(expected_alive, abs=0.015)


def test_nobody_buys_after_dropping_out_but_for_a_campaign(shop: Shop) -> None:
    (bought, bought_by_the_gone, later) = shop.numbers("""
        select
            count(*),
            count(dropped_out_on),
            count_if(
                push_campaign is null
                and (make_timestamp_ms(paid_ms) + interval 8 hours)::date > dropped_out_on
            )
        from '{raw}/app/purchases-*.parquet' as purchases
        join '{truth}/accounts-*.parquet' as accounts on user_id = number
        join '{truth}/people-*.parquet' using (person_id)
        where type = 'PAID'
    """)
    assert bought > bought_by_the_gone > 1_000 and later == 0


def test_purchases_follow_weekdays_and_promotions(shop: Shop) -> None:
    by_day = shop.ask("""
        select strptime(printed_at, '%d/%m/%Y %H:%M')::date as day, count(*)
        from '{raw}/till/receipts-*.parquet'
        where type = 'SALE' and not printed_at like '31/02%'
        group by day
        having day between date '2024-04-01' and date '2024-06-30'
    """)
    counts = {day: float(count) for day, count in by_day}  # type: ignore[arg-type]
    promoted = [count for day, count in counts.items() if day.month == 6 and 12 <= day.day <= 19]  # type: ignore[attr-defined]
    plain = {
        weekday: [
            count
            for day, count in counts.items()
            if day.isoweekday() == weekday and day.month < 6  # type: ignore[attr-defined]
        ]
        for weekday in range(1, 8)
    }
    mean = {weekday: sum(values) / len(values) for weekday, values in plain.items()}
    assert mean[6] / mean[2] == pytest.approx(1.26 / 0.84, rel=0.12)
    assert sum(promoted) / 8 / (sum(mean.values()) / 7) > 1.35


def test_people_buy_their_favourite_category_more_than_others_do(shop: Shop) -> None:
    own, other = shop.numbers("""
        with lines as (
            select person_id, (sku[4:5])::int as category_id
            from '{raw}/web_shop/order_items-*.parquet'
            join '{raw}/web_shop/orders-*.parquet' using (order_no)
            join '{truth}/accounts-*.parquet' as accounts
                on customer_no::varchar = number and system = 'web'
        )
        select
            avg((category_id = favourite_category_id)::int),
            1 / 12
        from lines join '{truth}/people-*.parquet' using (person_id)
    """)
    assert own > 5 * other


def test_enthusiasts_keep_to_their_brand(shop: Shop) -> None:
    (own,) = shop.numbers("""
        select avg((brand = favourite_brand)::int)
        from '{raw}/app/purchase_items-*.parquet'
        join '{raw}/app/purchases-*.parquet' using (purchase_id)
        join '{raw}/web_shop/products.parquet' using (sku)
        join '{truth}/accounts-*.parquet' as accounts on user_id = number
        join '{truth}/people-*.parquet' as people using (person_id)
        where persona = 'brand enthusiast' and category like '%> ' || favourite_category
    """)
    # Four times in five on purpose, and by chance now and then.
    assert 0.8 < own < 0.92


def test_treated_minus_control_is_the_true_uplift(shop: Shop) -> None:
    """Orders a head within the days of a campaign, all channels, over all campaigns with uplift."""
    found = shop.ask("""
        with campaign_days as (
            select campaign_id, first_day, last_day from '{raw}/campaign_tool/campaigns.parquet'
        ), documents as (
            select 'web' as system, customer_no::varchar as number, order_no as id,
                (try_strptime(placed_at, '%Y-%m-%dT%H:%M:%SZ') + interval 8 hours)::date as day
            from '{raw}/web_shop/orders-*.parquet' where state <> 'refunded'
            union
            select 'app', user_id, purchase_id,
                (make_timestamp_ms(paid_ms) + interval 8 hours)::date
            from '{raw}/app/purchases-*.parquet' where type = 'PAID'
            union
            select 'card', card_no, receipt_no, try_strptime(printed_at, '%d/%m/%Y %H:%M')::date
            from '{raw}/till/receipts-*.parquet' where type = 'SALE'
        ), owned as (
            select person_id, id, day
            from documents join '{truth}/accounts-*.parquet' using (system, number)
        ), heads as (
            select uplift.*, count(owned.id) as orders
            from '{truth}/uplift-*.parquet' as uplift
            join campaign_days using (campaign_id)
            left join owned
                on owned.person_id = uplift.person_id and owned.day between first_day and last_day
            where campaign_id <> 6
            group by all
        )
        select
            test_group, count(*), avg(orders), var_samp(orders), avg(true_uplift),
            avg(has_extra_order::int)
        from heads group by test_group order by test_group desc
    """)
    (_, treated, with_offer, spread, uplift, extra), (_, control, without, other, _, none) = found
    error = sqrt(float(spread) / float(treated) + float(other) / float(control))  # type: ignore[arg-type]
    measured = float(with_offer) - float(without)  # type: ignore[arg-type]
    assert measured == pytest.approx(float(uplift), abs=3 * error)  # type: ignore[arg-type]
    assert measured > 2 * error
    # The lot itself is exact to its own noise.
    assert extra == pytest.approx(uplift, abs=3 * sqrt(0.07 / float(treated)))  # type: ignore[arg-type]
    assert none == 0


def test_visits_go_from_looking_to_the_cart_to_buying(shop: Shop) -> None:
    (misplaced, bought, without_cart) = shop.numbers("""
        with visits as (
            select
                session,
                max(client_ms) filter (name = 'order_paid') as paid,
                max(client_ms) as last,
                min(client_ms) filter (name = 'cart_add') as carted
            from '{raw}/app/events-*.parquet' group by session
        )
        select
            count_if(paid <> last), count(paid), count_if(paid is not null and carted is null)
        from visits
    """)
    assert bought > 10_000 and misplaced == 0 and without_cart == 0


def test_the_tone_of_a_review_and_its_stars_follow_satisfaction(shop: Shop) -> None:
    found = shop.ask("""
        select sentiment, count(*), avg(satisfaction), avg(rating)
        from '{truth}/reviews-*.parquet' group by sentiment order by avg(satisfaction)
    """)
    assert [row[0] for row in found] == ["negative", "neutral", "positive"]
    assert [row[3] for row in found] == sorted(row[3] for row in found)  # type: ignore[type-var]
    (wrong, chinese, english) = shop.numbers("""
        select
            count_if(review_phrases.opening is null),
            count_if(lang = 'zh'), count_if(lang = 'en')
        from '{raw}/review_site/reviews-*.parquet' as raw
        join '{truth}/reviews-*.parquet' as truth using (review_id)
        left join review_phrases
            on review_phrases.language = lang and review_phrases.sentiment = truth.sentiment
            and starts_with(body, opening)
    """)
    assert wrong == 0 and chinese > 1000 and english > 100


def test_holdouts_hear_nothing(shop: Shop) -> None:
    (held_out, heard, answered) = shop.numbers("""
        select
            count_if(arm = 'holdout'),
            count_if(arm = 'holdout' and (opened or clicked or converted)),
            count_if(arm <> 'holdout' and opened)
        from '{raw}/campaign_tool/sends-*.parquet'
    """)
    assert held_out > 100 and answered > 100 and heard == 0
