"""What is in a picture, as its reader finds it."""

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

from matplotlib.figure import Figure

from orchestration.publishing.reports.page import styled, svg

SVG = "{http://www.w3.org/2000/svg}"


def figure_of(draw: Callable[[Any], Figure], told: object) -> Figure:
    """The figure, in the house's look."""
    with styled():
        return draw(told)


def drawn(draw: Callable[[Any], Figure], told: object) -> str:
    """The picture as it is published."""
    with styled():
        return svg(draw(told), "0" * 64)


def texts(picture: str) -> list[str]:
    """Its texts, in the order in which they are drawn."""
    return [str(text.text) for text in ElementTree.fromstring(picture).iter(f"{SVG}text")]


def tells(picture: str) -> str:
    """Its texts as one, so that it does not matter where lines break."""
    return " ".join(texts(picture))
