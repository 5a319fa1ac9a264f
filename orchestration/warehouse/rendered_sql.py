"""The SQL of some models with all that they are made of, rendered without dbt's parser.

Texts and macros are the project's own, and the Jinja that renders them is dbt's; a test holds what
comes out against what dbt compiles. Marks of partial builds are left out: all is built anew.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, NoReturn

from dbt_common.clients.jinja import CallableMacroGenerator, get_template, render_template
from dbt_common.exceptions import CompilationError, DbtRuntimeError
from dbt_common.exceptions.macros import MacroReturn

from orchestration.errors import PortraitError
from orchestration.warehouse.declared_project import DeclaredProject
from orchestration.warehouse.plain_project import (
    DATABASE,
    PlainProject,
    Statement,
    declared_table,
    loaded_seed,
)

_MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)")


def render_models(
    declared: DeclaredProject, wanted: Sequence[str], sources: Sequence[str]
) -> PlainProject:
    """What makes some models of some sources, in order.

    Args:
        declared: The dbt project.
        wanted: Names of models and seeds.
        sources: Names of the source systems that are to be in them.

    Raises:
        PortraitError: A model cannot be rendered, or reads one that is not there.
    """
    rendering = _Rendering(declared, sources)
    for name in wanted:
        rendering.require(name)
    return PlainProject(
        declared=tuple(map(declared_table, declared.tables(sources))),
        built=tuple(one for one in rendering.made.values() if one),
        tests=(),
    )


@dataclass
class _Rendering:
    """Models rendered so far; what a model refers to is rendered before it is done itself."""

    declared: DeclaredProject
    sources: Sequence[str]
    made: dict[str, Statement | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        settings = self.declared.settings["vars"]
        on = {name: told for name, told in settings["sources"].items() if name in self.sources}
        self._vars = {**settings, "sources": on}
        self._macros = {
            name: text
            for path in sorted(self.declared.folder.glob("macros/**/*.sql"))
            for text in [path.read_text(encoding="utf-8")]
            for name in _MACRO.findall(text)
        }

    def require(self, name: str) -> str:
        """Sees to a model or seed, and gives its relation."""
        if name in self.declared.seeds:
            seed = self.declared.seeds[name]
            self.made.setdefault(name, loaded_seed(seed, self.declared.folder))
            return f'"{DATABASE}"."seeds"."{name}"'
        if name not in self.declared.models:
            raise PortraitError(
                f"A model reads {name!r}, and there is no model of that name.",
                "Correct the ref, or add the model.",
            )
        layer = self.declared.layer(name)
        if name not in self.made:
            self.made[name] = None
            statement = self._render(name, layer)
            del self.made[name]  # Its place is behind what it reads.
            self.made[name] = statement
        elif self.made[name] is None:
            raise PortraitError(f"The model {name} reads itself.", "Correct its refs.")
        return f'"{DATABASE}"."{layer}"."{name}"'

    def _render(self, name: str, layer: str) -> Statement:
        config = _Config(self.declared.kind(name))
        path = self.declared.models[name]
        try:
            template = get_template(path.read_text(encoding="utf-8"), {})
            code = render_template(template, self._context(name, config))
        except (OSError, UnicodeDecodeError, DbtRuntimeError) as error:
            why = " ".join(str(error).split())
            raise PortraitError(
                f"The model {name} cannot be rendered: {why}", f"Correct {path}."
            ) from error
        relation = f"{layer}.{name}"
        made = f"create or replace {config.kind} {relation} as {code}"
        return Statement(relation, layer, made, code)

    def _context(self, name: str, config: "_Config") -> dict[str, Any]:
        """What a model may call, as far as the models and macros of this project do."""
        context: dict[str, Any] = {
            "adapter": SimpleNamespace(dispatch=lambda macro, _: _dispatched(context, macro)),
            "config": config,
            "exceptions": SimpleNamespace(raise_compiler_error=_raise),
            "execute": False,
            "model": SimpleNamespace(name=name, columns=_Columns(self.declared, name)),
            "modules": SimpleNamespace(re=re),
            "ref": self.require,
            "return": _return,
            "source": self._source,
            "tojson": json.dumps,
            "var": lambda key, default=None: self._vars.get(key, default),
        }
        for macro, text in self._macros.items():
            one = SimpleNamespace(name=macro, macro_sql=text)
            context[macro] = CallableMacroGenerator(one, context)
        return context

    def _source(self, source: str, table: str) -> str:
        node = self.declared.manifest["sources"].get(f"source.{source}.{table}")
        if node is None:
            raise CompilationError(f"there is no table {table!r} of a source {source!r}")
        return f'"{DATABASE}"."{node["schema"]}"."{node["name"]}"'


class _Config:
    """What a model says of itself in its SQL."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __call__(self, materialized: str = "", **_: object) -> str:
        if materialized:
            self.kind = "view" if materialized == "view" else "table"
        return ""


class _Columns:
    """The columns of a model's contract, read when a macro asks for them."""

    def __init__(self, declared: DeclaredProject, name: str) -> None:
        self.values: Callable[[], Sequence[Mapping[str, Any]]] = lambda: list(
            declared.columns(name).values()
        )


def _dispatched(context: Mapping[str, Any], macro: str) -> Any:
    """DuckDB's own form of a macro where there is one."""
    return context.get(f"duckdb__{macro}") or context[f"default__{macro}"]


def _return(value: object = None) -> NoReturn:
    raise MacroReturn(value)


def _raise(message: str) -> NoReturn:
    raise CompilationError(message)
