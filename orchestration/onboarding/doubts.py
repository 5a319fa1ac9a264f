"""What the values of keys and statuses leave open, as questions of a line each."""

import re
from dataclasses import replace

from orchestration.onboarding.answers import NO_ANSWERS, Answers
from orchestration.onboarding.expressions import text_of, unknown_values
from orchestration.onboarding.guessed import ColumnGuess, EntityGuess
from orchestration.onboarding.profile import ColumnProfile
from orchestration.onboarding.sample import Sample
from orchestration.onboarding.shop_mailboxes import shop_mailbox, shop_question
from orchestration.onboarding.vocabulary import status_word
from orchestration.quoting import code_span, identifier, quoted, shell_word
from orchestration.warehouse.questions import (
    UNKNOWN_STATUS,
    Question,
    as_typed,
    status_flag,
    status_question,
)

_KEYS = ("source_customer_id", "source_order_id", "source_product_id")
_HASHED = r"#\S+"
_LETTERED = r"[A-Za-z]{1,6}[-_/ ]?\d+"
_ROUNDED = r"\d(?:[.,]\d+)?E\+\d+"
# So many names on one key are no family.
_NAMES_OF_NOBODY = 3
# A key that this share of all customers have no better than is no placeholder, but names are.
_MOST_PLACEHOLDERS = 0.1
_SHOWN = 8


def settle_keys(
    chosen: dict[str, EntityGuess], answers: Answers = NO_ANSWERS
) -> tuple[list[str], list[Question]]:
    """Decides for all tables whether zeros in front belong to a key; asks where keys are lost."""
    is_known = "rounded-keys" in answers.leave_out
    says: list[str] = []
    questions: list[Question] = []
    for key in _KEYS:
        profiles = {
            found.columns[key].profile.name + "|" + found.table.name: found.columns[key].profile
            for found in chosen.values()
            if key in found.columns and not found.columns[key].sql
        }
        rounded = [one for one in profiles.values() if one.share(_ROUNDED) > 0]
        questions += [] if is_known else [_rounded(one) for one in rounded]
        says += _without_hashes(chosen, key, list(profiles.values()))
        says += _without_case(chosen, key, list(profiles.values()))
        pair = _differ_in_zeros(list(profiles.values()))
        if pair is None:
            continue
        for entity, found in list(chosen.items()):
            if key in found.columns:
                read = replace(found.columns[key], is_padded=False)
                chosen[entity] = replace(found, columns={**found.columns, key: read})
        padded, bare = pair
        says.append(
            f"{key} is {padded} in one table and {bare} in another; they agree when read as "
            "numbers, and are joined so"
        )
    return says, questions


def _rounded(profile: ColumnProfile) -> Question:
    example = next(value for value in profile.values if re.fullmatch(_ROUNDED, value))
    return _ask(
        profile.name,
        f"{code_span(profile.name)} was rounded by a spreadsheet ({code_span(example)}) and has "
        "lost its last digits: will you export it again with that column as text?",
        "rounded_key",
        "--leave-out rounded-keys",
    )


def _ask(column: str, text: str, reason: str, flag: str) -> Question:
    return Question(code_span(column), text, flag=flag, reason=reason)


def _without_hashes(
    chosen: dict[str, EntityGuess], key: str, profiles: list[ColumnProfile]
) -> list[str]:
    """Reads `#1001` as 1001 where another table has it so; gives what is to be said."""
    marked = {v[1:] for one in profiles if one.share(_HASHED) == 1 for v in one.values}
    bare = {v for one in profiles if not one.share(_HASHED) for v in one.values}
    met = sorted(marked & bare)
    for entity, found in list(chosen.items()) if met else ():
        one = found.columns.get(key)
        if one and not one.sql and one.profile.share(_HASHED) == 1:
            read = replace(one, sql=f"ltrim({text_of(one.profile)}, '#')")
            chosen[entity] = replace(found, columns={**found.columns, key: read})
    told = (
        f"{key} is #{met[0]} in one table and {met[0]} in another; they are joined" if met else ""
    )
    return [told] if told else []


def _without_case(
    chosen: dict[str, EntityGuess], key: str, profiles: list[ColumnProfile]
) -> list[str]:
    """Reads `k-77` as K-77 where both are there: a number is one, however its letters are typed.

    Of keys without such a number (`aB3x`) small and capital letters may be different ones.
    """
    spelt: dict[str, set[str]] = {}
    for value in {value for one in profiles for value in one.values}:
        if re.fullmatch(_LETTERED, value):
            spelt.setdefault(value.upper(), set()).add(value)
    twice = sorted(spellings for spellings in map(sorted, spelt.values()) if len(spellings) > 1)
    for entity, found in list(chosen.items()) if twice else ():
        one = found.columns.get(key)
        if one and not one.sql and not one.profile.fit("email"):
            read = replace(one, sql=f"upper({text_of(one.profile)})")
            chosen[entity] = replace(found, columns={**found.columns, key: read})
    told = f"{key} is both {twice[0][0]} and {twice[0][1]}, which are read as one" if twice else ""
    return [told] if told else []


def _differ_in_zeros(profiles: list[ColumnProfile]) -> tuple[str, str] | None:
    """Two spellings of one number, if reading zeros away makes tables meet that did not."""
    read = [_numbers(profile) for profile in profiles]
    for one, padded in enumerate(read):
        for other in read[one + 1 :]:
            exact = len(set(padded) & set(other))
            loose = {value.lstrip("0"): value for value in padded}
            other_loose = {value.lstrip("0"): value for value in other}
            met = [value for value in loose if value in other_loose]
            if len(loose) == len(padded) and len(other_loose) == len(other) and len(met) > exact:
                example = next(v for v in met if loose[v] != other_loose[v])
                return loose[example], other_loose[example]
    return None


def _numbers(profile: ColumnProfile) -> list[str]:
    """A column's values that are whole numbers, without the decimals that spreadsheets add."""
    matched = [re.fullmatch(r"(\d+)(?:\.0+)?", value) for value in profile.values]
    return list(dict.fromkeys(found[1] for found in matched if found))


def settle_placeholders(chosen: dict[str, EntityGuess], sample: Sample) -> list[Question]:
    """Keys that several people share are nobody's, as are those of which the user says so."""
    orders = chosen.get("orders")
    key = orders.columns.get("source_customer_id") if orders else None
    if orders is None or key is None or key.sql:
        return []
    said = [one.strip().lower() for one in sample.answers.nobody]
    somebody = {one.strip().lower() for one in sample.answers.somebody}
    likely = [row for row in _shared_keys(chosen, sample) if row[0] not in somebody][:_SHOWN]
    own = shop_mailbox(key)
    own = own if own not in somebody else ""
    shared = tuple(dict.fromkeys([*(value for value, _ in likely), *([own] if own else []), *said]))
    for entity in ("orders", "order_lines", "customers") if shared else ():
        one = chosen.get(entity)
        if one and "source_customer_id" in one.columns and one.table.name == orders.table.name:
            read = replace(one.columns["source_customer_id"], nobody=shared)
            chosen[entity] = replace(one, columns={**one.columns, "source_customer_id": read})
    name_of_key = key.profile.name
    of_shop = [shop_question(key, own)] if own and own not in said else []
    return of_shop + [
        _ask(
            name_of_key,
            f"{code_span(value)} in {code_span(name_of_key)} stands for {names} names and is read "
            "as nobody: is it a placeholder?",
            "missing_customer",
            f"--nobody {shell_word(as_typed(value, 'KEY'))} "
            f"(or --somebody {shell_word(as_typed(value, 'KEY'))})",
        )
        for value, names in likely
        if value not in said
    ]


def ask_about_names(chosen: dict[str, EntityGuess], sample: Sample) -> list[Question]:
    """A question where customers are known by their names, which two people may share."""
    orders = chosen.get("orders")
    key = orders.columns.get("source_customer_id") if orders else None
    # A list of names has no equals sign: it says of each column what it is.
    is_said = key is not None and any(
        said.partition("=")[2].strip() in ("", key.profile.name) for said in sample.answers.columns
    )
    if key is None or key.sql or is_said:
        return []
    names = key.profile.full_names
    if not names:
        return []
    name = code_span(key.profile.name)
    return [
        _ask(
            key.profile.name,
            f"{name} holds names ({code_span(names[0])}), which two people may share: "
            "is there a number or an address of customers?",
            "",
            f"--columns {shell_word(as_typed('customer_id=' + key.profile.name, 'COLUMN'))}",
        )
    ]


def _shared_keys(chosen: dict[str, EntityGuess], sample: Sample) -> list[tuple[str, int]]:
    """Keys that stand for so many names that they are nobody's, with the number of names."""
    orders, customers = chosen["orders"], chosen.get("customers")
    key = orders.columns["source_customer_id"]
    if customers is None or orders.table.name != customers.table.name:
        return []
    name = customers.columns.get("name")
    if name is None or name.profile.name == key.profile.name:
        return []
    value = f"lower(trim(cast({identifier(key.profile.name)} as varchar)))"
    person = f"lower(trim({identifier(name.profile.name)}))"
    found = sample.connection.execute(
        f"select {value}, count(distinct {person}) from {orders.table.relation} "
        f"where {value} <> '' and {person} <> '' group by 1 "
        f"having count(distinct {person}) >= {_NAMES_OF_NOBODY} order by 2 desc, 1"
    ).fetchall()
    return found if len(found) <= max(1, _MOST_PLACEHOLDERS * key.profile.distinct) else []


def unknown_statuses(chosen: dict[str, EntityGuess], sample: Sample) -> list[Question]:
    """A question for each status that no word of the seed means, with the rows that have it."""
    orders = chosen.get("orders")
    if orders is None:
        return []
    said = {status_word(word) for word in sample.answers.meant_statuses}
    asked: list[Question] = []
    for name in ("status", "payment_status"):
        status = orders.columns.get(name)
        if status is None or status.profile.times or _is_flag(status):
            continue
        unknown = unknown_values(status.profile, "order_status")
        unknown = [value for value in unknown if status_word(value) not in said]
        asked += [_status_question(sample, orders, status, value) for value in unknown[:_SHOWN]]
        if len(unknown) > _SHOWN:
            column, more = status.profile.name, len(unknown) - _SHOWN
            told = f"What do {more} more words of {code_span(column)} mean?"
            asked.append(_ask(column, told, UNKNOWN_STATUS, status_flag(unknown[_SHOWN])))
    return asked


def _is_flag(status: ColumnGuess) -> bool:
    """Whether nothing but a column of yes and no says what became of an order."""
    return bool(status.sql) and status.profile.known("flag") == 1


def _status_question(
    sample: Sample, orders: EntityGuess, status: ColumnGuess, value: str
) -> Question:
    column = status.profile.name
    ((rows,),) = sample.connection.execute(
        f"select count(*) from {orders.table.relation} "
        f"where trim(cast({identifier(column)} as varchar)) = {quoted(value)}"
    ).fetchall()
    return status_question(value, code_span(column), rows)
