"""What the user has said of values that the data cannot decide."""

from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

SOURCES_FILE = "_sources.yml"


@dataclass(frozen=True)
class Answers:
    """Answers hold for all columns of a source that are open without them.

    Attributes:
        dates: Of dates such as 03/04/2025, `day-first` or `month-first`; None: not said.
        decimal: Of amounts such as 1.250, the decimal mark, `.` or `,`; None: not said.
        encoding: Of text that is not UTF-8, a name that Python knows; None: what its bytes tell.
    """

    dates: str | None = None
    decimal: str | None = None
    encoding: str | None = None

    def or_else(self, before: "Answers") -> "Answers":
        """These answers, and those that were given before where there is none now."""
        return Answers(
            self.dates or before.dates,
            self.decimal or before.decimal,
            self.encoding or before.encoding,
        )

    @property
    def meta(self) -> dict[str, str]:
        """As they stand in `_sources.yml`."""
        return {name: value for name, value in asdict(self).items() if value}


NO_ANSWERS = Answers()


def declared_meta(dbt_project: Path, name: str) -> dict[str, object]:
    """What `_sources.yml` says of a source as a whole; nothing where there is none."""
    try:
        path = dbt_project / "models" / "staging" / name / SOURCES_FILE
        (source,) = yaml.safe_load(path.read_text("utf-8"))["sources"]
        return dict(source["config"]["meta"]["portrait"])
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError):
        return {}


def declared_answers(dbt_project: Path, name: str) -> Answers:
    """The answers with which a source was added before."""
    meta = declared_meta(dbt_project, name)
    said = {key: meta.get(key) for key in ("dates", "decimal", "encoding")}
    return Answers(
        **{key: value if isinstance(value, str) else None for key, value in said.items()}
    )
