"""Names and values that try to act: what each would do, were it taken for more than text."""

MARK = "acted"

JINJA = f"{{{{ run_query(\"copy (select 1) to '{MARK}'\") }}}}"
JINJA_STATEMENT = f"{{% do run_query(\"copy (select 1) to '{MARK}'\") %}}"
SQL = f"'; copy (select 1) to '{MARK}'; --"
SQL_NAME = f"\"; copy (select 1) to '{MARK}'; --"
SHELL = f"$(touch {MARK})`touch {MARK}`;touch {MARK}"
FORMULA = "=cmd|'/c calc'!A1"
TERMINAL = "\x1b]0;owned\x07\x1b[2J\x9b31m"
TURNED = "abc\u202efdp.exe"
LINES = "x\nerror: all is lost\rwhat to do: despair"
LONG = "9" * 10_000

VALUES = [
    JINJA,
    JINJA_STATEMENT,
    "{# comment",
    SQL,
    SQL_NAME,
    SHELL,
    f'!!python/object/apply:os.system ["touch {MARK}"]',
    "&anchor [*anchor]",
    "*anchor",
    "key: [value",
    "../../../../acted",
    FORMULA,
    ";=1+1",
    "＝1+1",
    "x\n=1+1",
    "\t@SUM(1)",
    TERMINAL,
    TURNED,
    LINES,
    "[bold]b[/bold] [link=https://example.com]l[/link] :bomb:",
    "![p](https://example.com/p.png) <img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "%s %(name)s {0} {name}",
    "\ufeffmark",
    "NULL",
    "\\",
    "王芳 👩‍👧",
    LONG,
]

# What may stand in the name of a file: no slash, no NUL, 255 bytes at most.
FILE_NAMES = [value for value in VALUES if "/" not in value and len(value.encode()) < 200]

# Characters that a terminal or an editor obeys instead of showing them.
OBEYED = {chr(code) for code in [*range(32), *range(127, 160)]} - {"\n"}
OBEYED |= {"\u202a", "\u202b", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2028", "\ufeff"}


def obeyed_in(text: str) -> set[str]:
    """The characters of a text that do more than show."""
    return OBEYED.intersection(text)
