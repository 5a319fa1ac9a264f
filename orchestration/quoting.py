"""Text from data, on its way to where it could act: one function a destination.

A value, a column, a file or a sheet may be named anything. Cells of spreadsheets are written by
`quarantine.spreadsheet`, pictures escape their own text; everything else that comes from data
passes through here.
"""

import json
import re
import shlex
import unicodedata
from pathlib import Path

import yaml

# Enough to recognise a value by; a field of 10,000 characters would bury the sentence around it.
LONGEST_SHOWN = 200
# Joiners of scripts and of emoji; they reorder nothing and hide nothing.
_HARMLESS = "\u200c\u200d"
# Other characters, of which terminals obey some, and separators of lines. Blanks of any width stay.
_ACTING = ("C", "Zl", "Zp")
# What opens an expression, a statement or a comment of Jinja.
_JINJA = re.compile(r"\{(?=[{%#])")


def plain_line(text: object) -> str:
    r"""Text for a person's eyes on a terminal, in a log or in a message: one line that only shows.

    What a terminal obeys (escapes, marks that turn the direction of writing, line feeds) is spelt
    out as in Python: `\x1b`, `\u202e`, `\n`.
    """
    return "".join(map(_spelt, str(text)))


def plain_lines(text: object) -> str:
    """The same, but its lines stay lines: for text that is laid out, such as a traceback."""
    return "\n".join(map(plain_line, str(text).split("\n")))


def shortened(text: object, longest: int = LONGEST_SHOWN) -> str:
    """The beginning of a text, with how long it is where that is not all."""
    whole = str(text)
    if len(whole) <= longest:
        return whole
    return f"{whole[:longest]}… ({len(whole):,} characters)"


def abridged(text: str, longest: int) -> str:
    """Both ends of a text: of a sentence around a long name the rest can still be read."""
    if len(text) <= longest:
        return text
    end = longest // 3
    return f"{text[: longest - end]} … {text[-end:]}"


def quoted(text: str | Path) -> str:
    """Text as a literal of SQL."""
    return "'" + str(text).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """The name of a column or a table in SQL."""
    return '"' + name.replace('"', '""') + '"'


def code_span(text: object) -> str:
    """Text as a span of code in prose that dbt renders: a description, a comment in a model.

    It is no Jinja, however often it is rendered; no Markdown, in which a picture would be fetched;
    and no HTML.
    """
    shown = plain_line(shortened(text)).replace("`", "'").replace("<", "‹").replace(">", "›")
    return f"`{_JINJA.sub('{ ', shown)}`"


def yaml_flow(value: object) -> str:
    """Text, or lists and mappings of text, as YAML in one line, fit to stand in a list or mapping.

    `decimal(10,2)` is written in quotes.
    """
    as_json = json.dumps(value, ensure_ascii=False)
    # Only within double quotes are line feeds and their like spelt out.
    is_plain = "\\" not in as_json and plain_line(as_json) == as_json
    text = yaml.safe_dump(
        [value],
        default_flow_style=True,
        default_style=None if is_plain else '"',
        allow_unicode=is_plain,
        width=float("inf"),
        sort_keys=False,
    )
    return text.strip()[1:-1]


def glob_of(name: str) -> str:
    """A file name as a glob that means just itself; no brace in it opens Jinja."""
    return re.sub(r"([*?\[{])", r"[\1]", name)


def shell_word(text: str | Path) -> str:
    """Text as one word of a command that a person is asked to type."""
    return shlex.quote(plain_line(text))


def json_in_html(value: str) -> str:
    """JSON as it may stand within a script element of a page: no text in it ends the element."""
    return json.dumps(json.loads(value), ensure_ascii=True).replace("<", "\\u003c")


def _spelt(character: str) -> str:
    if character in _HARMLESS or not unicodedata.category(character).startswith(_ACTING):
        return character
    return character.encode("unicode_escape").decode("ascii")
