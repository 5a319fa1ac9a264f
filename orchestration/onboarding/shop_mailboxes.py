"""A mailbox of the shop itself, as a till writes it on every receipt: nobody's, unless said."""

from orchestration.onboarding.guessed import ColumnGuess
from orchestration.onboarding.vocabulary import known_values
from orchestration.quoting import code_span, shell_word
from orchestration.warehouse.questions import Question, as_typed

# Fewer receipts may all be of one customer.
_FEWEST_ROWS = 4


def shop_mailbox(key: ColumnGuess) -> str:
    """The only customer of several rows, if it is a mailbox with a role of the shop; else empty."""
    profile = key.profile
    if profile.distinct != 1 or profile.filled < _FEWEST_ROWS or profile.fit("email") < 1:
        return ""
    (mailbox,) = profile.values
    role = mailbox.lower().partition("@")[0]
    return mailbox.lower() if role in known_values()["mailbox"]["shop"] else ""


def shop_question(key: ColumnGuess, mailbox: str) -> Question:
    """Whether the mailbox on all rows is the shop's own."""
    name, typed = code_span(key.profile.name), shell_word(as_typed(mailbox, "KEY"))
    return Question(
        name,
        f"{code_span(mailbox)} in {name} stands on all {key.profile.filled:,} rows and is read as "
        "nobody: is it the shop's own mailbox?",
        ("if so, no column names a customer: export it with one",),
        f"--nobody {typed} (or --somebody {typed})",
        "missing_customer",
    )
