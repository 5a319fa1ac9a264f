"""Why some keys are one person, as a picture: keys on the left, what they share on the right."""

from collections.abc import Mapping
from html import escape

from orchestration.modelling.pictures import BLUE
from orchestration.publishing.person import Edge, Person
from orchestration.publishing.person_text import REASONS
from orchestration.quoting import shortened

_STEP = 64
_TOP = 110
_GREY = "#9a9a9a"
_LONGEST = 40
_FONT = "system-ui, 'Noto Sans', 'Noto Sans CJK SC', sans-serif"
Shared = tuple[str, str, str | None]


def person_picture(person: Person) -> str:
    """The picture as SVG: a line from each key to what it shares, dashed where it counts not."""
    own = [key.key for key in person.keys]
    strangers = [key for edge in person.edges for key in (edge.key, edge.other) if key not in own]
    keys = list(dict.fromkeys([*own, *strangers]))
    values = list(dict.fromkeys(_shared(edge) for edge in person.edges))
    height = _TOP + _STEP * max(len(keys), len(values), 1) + 20
    lines = dict.fromkeys(
        (key, _shared(edge)) for edge in person.edges for key in (edge.key, edge.other)
    )
    dashed = "; dashed is what does not count" if person.refused_count else ""
    since = {key.key: key.known_since for key in person.keys}
    subtitle = (
        f"{len(own):,} {'keys are' if len(own) > 1 else 'key is'} this person's as of "
        f"{person.as_of_date}{dashed}"
    )
    body = "".join(
        [
            *(_line(keys.index(key), values.index(value), value) for key, value in lines),
            *(_key(row, key, since) for row, key in enumerate(keys)),
            *(_value(row, value) for row, value in enumerate(values)),
        ]
    )
    return _page(shortened(person.customer_id, _LONGEST), subtitle, height, body)


def _shared(edge: Edge) -> Shared:
    # What was found is of two keys, though others agree in the same fields.
    of = f"edge {edge.number}: " if edge.kind == "found" else ""
    return edge.kind, of + edge.identifier, edge.refused_because


def _line(key: int, value: int, shared: Shared) -> str:
    start, end = _TOP + _STEP * key + 22, _TOP + _STEP * value + 22
    look = f'stroke="{_GREY}" stroke-dasharray="5 5"' if shared[2] else f'stroke="{BLUE}"'
    return f'<path d="M396 {start}C490 {start} 470 {end} 564 {end}" fill="none" {look}/>\n'


def _key(row: int, key: str, since: Mapping[str, object]) -> str:
    y = _TOP + _STEP * row
    is_own = key in since
    colour = BLUE if is_own else _GREY
    told = f"known since {since[key] or 'always'}" if is_own else "another customer's"
    return f"""<rect x="36" y="{y}" width="360" height="46" rx="6" fill="#fff" stroke="{colour}"/>
<text x="50" y="{y + 20}" class="name">{_text(key)}</text>
<text x="50" y="{y + 37}" class="sub">{told}</text>
"""


def _value(row: int, shared: Shared) -> str:
    kind, identifier, refused = shared
    y = _TOP + _STEP * row
    colour = _GREY if refused else BLUE
    told = f"{kind.replace('_', ' ')}: {REASONS.get(refused, refused)}" if refused else kind
    return f"""<rect x="564" y="{y}" width="360" height="46" rx="23" fill="#fff" stroke="{colour}"/>
<text x="586" y="{y + 20}" class="name">{_text(identifier)}</text>
<text x="586" y="{y + 37}" class="sub">{_text(told.replace("_", " "))}</text>
"""


def _text(text: str) -> str:
    return escape(shortened(text, _LONGEST))


def _page(title: str, subtitle: str, height: int, body: str) -> str:
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="960" height="{height}"
 viewBox="0 0 960 {height}" font-family="{_FONT}">
<style>
 .title {{ font-size: 22px; font-weight: 600; fill: #1b1b1b }}
 .sub {{ font-size: 13px; fill: #6b6b6b }}
 .name {{ font-size: 15px; fill: #1b1b1b }}
</style>
<rect width="960" height="{height}" fill="#fff"/>
<text x="36" y="48" class="title">{escape(title, quote=False)}</text>
<text x="36" y="71" class="sub">{escape(subtitle, quote=False)}</text>
{body}
</svg>
"""
