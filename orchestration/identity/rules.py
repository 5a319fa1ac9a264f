"""Rules about who is who: what people have decided, as they can read it.

They are kept in `identity_rules.yml`, beside the other things that the user wrote. A rule that is
taken back stays there with the day; it counts no more, and its number is never given again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from orchestration.errors import PortraitError
from orchestration.state.decided import read_entries
from orchestration.state.whole_files import write_whole

ACTIONS = ("merge", "split", "block")
_VERSION = 1
_HEAD = """\
# Who is who, as people have decided. `portrait identity` writes it; whoever takes a rule out, or
# gives it a day in taken_back_on, takes it back. What is written counts from the next run on.
"""
_FIELDS = {"rule", "made_on", *ACTIONS, "from", "by", "kind", "note", "taken_back_on"}
# A row of ingest.identity_rules, without the rule's number and action.
Statement = tuple[str | None, str | None, str | None, str | None]


@dataclass(frozen=True)
class Rule:
    """One decision.

    Attributes:
        number: Its name.
        action: One of `ACTIONS`.
        made_on: The day it was made.
        keys: Of a merge, the source keys that are one person's; of a split, those that are split
            off; none of a block.
        others: Of a split, whose person they are not: source keys.
        kind: The kind of identifier that a split or a block is about; None: all.
        value: What a block is about, as the user wrote it.
        note: Why, in the user's words.
        taken_back_on: The day from which it does not count; None while it does.
    """

    number: int
    action: str
    made_on: date | None = None
    keys: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    kind: str | None = None
    value: str | None = None
    note: str | None = None
    taken_back_on: date | None = None

    @property
    def counts(self) -> bool:
        """Whether it is in force."""
        return self.taken_back_on is None

    @property
    def statements(self) -> list[Statement]:
        """What it says, as (source_key, other_source_key, identifier_kind, value)."""
        if self.action == "block":
            return [(None, None, self.kind, self.value)]
        if self.action == "merge":
            return [(self.keys[0], other, None, None) for other in self.keys[1:]]
        return [(key, other, self.kind, None) for key in self.keys for other in self.others]

    @property
    def words(self) -> str:
        """What it says, in a sentence without its end."""
        if self.action == "block":
            kind = f" ({_spoken(self.kind)})" if self.kind else ""
            return f"{self.value}{kind} is nobody's"
        if self.action == "merge":
            return f"{_listed(self.keys)} are one person"
        by = f" by their {_spoken(self.kind)}" if self.kind else ""
        if self.kind == "found":
            by = " by what they say of themselves"
        are = "is" if len(self.keys) == 1 else "are"
        return f"{_listed(self.keys)} {are} not the person of {_listed(self.others)}{by}"


def read_rules(file: Path) -> list[Rule]:
    """All rules of the file, those taken back too, in its order; none where there is no file.

    Raises:
        PortraitError: The file is no file of rules; names the rule.
    """
    entries = read_entries(file, "rules", _VERSION, _unreadable)
    rules = [_rule(file, place, entry) for place, entry in enumerate(entries, start=1)]
    _check_together(file, rules)
    return rules


def write_rules(file: Path, rules: Iterable[Rule]) -> None:
    """Writes the file anew.

    Raises:
        PortraitError: It cannot be written, or the rules contradict each other; it is as it was.
    """
    rules = list(rules)
    _check_together(file, rules)
    entries = [_entry(rule) for rule in rules]
    text = yaml.safe_dump(
        {"version": _VERSION, "rules": entries}, sort_keys=False, allow_unicode=True
    )
    write_whole(file, _HEAD + text)


def next_number(rules: Sequence[Rule]) -> int:
    """The number of the rule that is made next."""
    return max((rule.number for rule in rules), default=0) + 1


def _entry(rule: Rule) -> dict[str, Any]:
    said: dict[str, Any] = {"block": rule.value, "kind": rule.kind}
    if rule.action == "merge":
        said = {"merge": list(rule.keys)}
    elif rule.action == "split":
        said = {"split": list(rule.keys), "from": list(rule.others), "by": rule.kind}
    entry = {
        "rule": rule.number,
        "made_on": rule.made_on,
        **said,
        "note": rule.note,
        "taken_back_on": rule.taken_back_on,
    }
    return {name: value for name, value in entry.items() if value is not None}


def _rule(file: Path, place: int, entry: object) -> Rule:
    if not isinstance(entry, dict):
        raise _unreadable(file, f"entry {place} of rules is no rule")
    number = entry.get("rule", place)
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise _unreadable(file, f"entry {place} of rules has no number in rule")
    unknown = [str(name) for name in entry if name not in _FIELDS]
    if unknown:
        raise _unreadable(file, f"rule {number} has {', '.join(unknown)}, which is no word of it")
    actions = [action for action in ACTIONS if entry.get(action) is not None]
    if len(actions) != 1:
        raise _unreadable(file, f"rule {number} is not one of {', '.join(ACTIONS)}")
    action = actions[0]
    is_block = action == "block"
    rule = Rule(
        number,
        action,
        _day(file, number, entry, "made_on"),
        () if is_block else _keys(file, number, entry[action], least=2 if action == "merge" else 1),
        _keys(file, number, entry.get("from"), least=1) if action == "split" else (),
        _text(file, number, entry, "kind" if is_block else "by"),
        _text(file, number, entry, "block") if is_block else None,
        _text(file, number, entry, "note"),
        _day(file, number, entry, "taken_back_on"),
    )
    if {*rule.keys} & {*rule.others}:
        raise _unreadable(file, f"rule {number} splits a key from itself")
    return rule


def _keys(file: Path, number: int, value: object, least: int) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    keys = tuple(dict.fromkeys(key for key in listed if isinstance(key, str) and ":" in key))
    if len(keys) != len(listed) or len(keys) < least:
        named = f"{least} keys or more" if least > 1 else "keys"
        raise _unreadable(file, f"rule {number} needs {named}, each as 'source:customer'")
    return keys


def _text(file: Path, number: int, entry: dict[str, Any], name: str) -> str | None:
    value = entry.get(name)
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise _unreadable(file, f"{name} of rule {number} is no text: put it in quotes")
    return value


def _day(file: Path, number: int, entry: dict[str, Any], name: str) -> date | None:
    value = entry.get(name)
    if value is not None and type(value) is not date:
        raise _unreadable(file, f"{name} of rule {number} is no day like 2024-05-31")
    return value


def _check_together(file: Path, rules: Sequence[Rule]) -> None:
    """Refuses two rules of one number, and a merge of what another rule splits."""
    numbers = [rule.number for rule in rules]
    for number in numbers:
        if numbers.count(number) > 1:
            raise _unreadable(file, f"two rules have the number {number}")
    in_force = [rule for rule in rules if rule.counts]
    for merge in in_force:
        for split in in_force:
            if merge.action == "merge" and split.action == "split" and split.kind is None:
                keys = {*merge.keys}
                if keys & {*split.keys} and keys & {*split.others}:
                    raise PortraitError(
                        f"Rule {merge.number} merges keys that rule {split.number} splits: "
                        f"{split.words}.",
                        f"Take one of them back: portrait identity rules --take-back "
                        f"{min(merge.number, split.number)}",
                    )


def _unreadable(file: Path, because: str) -> PortraitError:
    return PortraitError(
        f"{file} cannot be read: {because}.",
        "Put it right, or take the rule out; docs/identity.md says how rules are written.",
    )


def _listed(keys: Sequence[str]) -> str:
    return keys[0] if len(keys) == 1 else f"{', '.join(keys[:-1])} and {keys[-1]}"


def _spoken(kind: str | None) -> str:
    return (kind or "").replace("_", " ")
