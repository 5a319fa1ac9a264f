"""The line of the var `sources` that declares a source."""

from collections.abc import Sequence

from orchestration.onboarding.guessed import Guess
from orchestration.onboarding.names import is_name_of
from orchestration.onboarding.vocabulary import CUSTOMER_KEY, entity_words
from orchestration.quoting import yaml_flow


def source_line(
    name: str, wanted: Sequence[str], shop: str | None, guess: Guess, country: str | None = None
) -> str:
    """What `dbt_project.yml` says of a source.

    Alone in its shop it shares no key with others; but of a phone number it may have two spellings.

    Args:
        name: The source system.
        wanted: Its entities.
        shop: The shop that it belongs to; None: it is one of its own.
        guess: What was guessed of it.
        country: Where its phone numbers are dialled; None: nobody knows.
    """
    listed = f"[{', '.join(wanted)}]"
    is_alone = not shop or shop == name
    key = _customer_key(guess)
    if is_alone and not country and key != "phone":
        return f"{name}: {listed}"
    told = f", customer_key: {key}" if key else ""
    told += f", country: {yaml_flow(country)}" if country else ""
    return f"{name}: {{shop: {shop or name}, entities: {listed}{told}}}"


def _customer_key(guess: Guess) -> str | None:
    """Which identifier the source's keys of customers are, as their columns are called.

    That a key is an e-mail address can be seen; of a phone or a card number it has to be said.
    """
    known = entity_words()["customers"].columns
    names = [
        found.columns[CUSTOMER_KEY].profile.column.name
        for found in guess.entities.values()
        if found.has(CUSTOMER_KEY)
    ]
    kinds = [
        kind
        for kind in ("phone", "card_number")
        if names and all(is_name_of(name, known[kind], ()) for name in names)
    ]
    return kinds[0] if kinds else None
