"""What cards say of segments and of lifetime value, each fitted to the customers of one day."""

from collections.abc import Mapping, Sequence

from orchestration.publishing.card_words import Card, Metric, listed, metric_table, number, words

NOT_FOR = {
    "segments": (
        "Decisions about one person alone that bind or weigh on them: a segment says how a group "
        "buys, and its edges are cuts through customers who differ by degrees.",
        "Customers of another shop: they are compared with those of their own.",
    ),
    "lifetime_value": (
        "Decisions about one person alone that bind or weigh on them, such as credit, a contract "
        "or a price: it is right of many customers together.",
        "What an offer or a message would change: it takes for granted that all goes on as it has.",
        "Customers of another shop.",
    ),
}
_SEGMENT = "segment_"
_PARAMETER = "parameter_"


def sections_of(card: Card) -> Mapping[str, str]:
    """The sections that tell of such a version, by title."""
    return _of_segments(card) if card["kind"] == "segments" else _of_values(card)


def limits_of(card: Card) -> list[str]:
    """What is not known of it."""
    if card["kind"] == "segments":
        return [
            "That customers drawn again make the same segments is no sign that these are groups "
            "of their own kind: most shops are a continuum, cut where the cuts hold.",
            "Where another segment begins moves with each refit; segment_migrations tells who "
            "moved.",
        ]
    return [
        "It knows no season and no trend: who bought as often before is foretold as much.",
        "It was tested once, on one past day.",
        "Whether it does worse for some groups of customers has not been measured.",
    ]


def _of_segments(card: Card) -> Mapping[str, str]:
    segments = [row for row in card["metrics"] if row["metric"].startswith(_SEGMENT)]
    measured = [row for row in card["metrics"] if row not in segments]
    return {
        "What it tells": (
            f"{card['description']} Method: {words(card['method'])}, by "
            f"{listed(_features(card))}. Asked of who has ordered."
        ),
        "What it was made of": _made_of(card),
        "The segments": "\n".join(
            [
                "| segment_id | name |",
                "|---|---|",
                *(
                    f"| {row['metric'].removeprefix(_SEGMENT)} | {row['note']} |"
                    for row in segments
                ),
            ]
        ),
        "How many there are, and how well they hold": "\n".join(
            [
                f"There are {card['verdict_reason']}. That was measured as of "
                f"{card['evaluated_on']}, when their number was chosen.",
                "",
                "| metric | value |",
                "|---|---|",
                *(f"| {words(row['metric'])} | {number(row['value'])} |" for row in measured),
            ]
        ),
    }


def _of_values(card: Card) -> Mapping[str, str]:
    parameters = [row for row in card["metrics"] if row["metric"].startswith(_PARAMETER)]
    tested = [row for row in card["metrics"] if row not in parameters]
    return {
        "What it predicts": (
            f"{card['description']} Method: {words(card['method'])} of days with orders, and "
            f"gamma gamma of what one is worth, by {listed(_features(card))}. Asked of who has "
            "ordered."
        ),
        "What it was made of": _made_of(card),
        "How it was tested": _tested(card, tested),
        "Verdict": f"{card['verdict_reason'][:1].upper()}{card['verdict_reason'][1:]}.",
        "Parameters": "\n".join(metric_table([_short(row) for row in parameters], "")),
    }


def _tested(card: Card, tested: Sequence[Metric]) -> str:
    if not tested:
        return "No past day is far enough back."
    return "\n".join(
        [
            f"Such a model of what was known on {card['evaluated_on']} foretold the time since, of "
            f"{tested[0]['customer_count']:,} customers, beside the rule that all goes on as just "
            "before. Intervals are of 95 %, from customers drawn with replacement.",
            "",
            *metric_table(tested, "the same as before"),
        ]
    )


def _short(row: Metric) -> Metric:
    return {**row, "metric": row["metric"].removeprefix(_PARAMETER)}


def _made_of(card: Card) -> str:
    return (
        f"The {card['customer_count']:,} customers with orders as of {card['trained_to']}. Hash of "
        f"the rows: `{card['data_hash']}`."
    )


def _features(card: Card) -> list[str]:
    return [name for names in card["features"].values() for name in names]
