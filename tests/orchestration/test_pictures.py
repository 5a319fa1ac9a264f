"""Pictures that are well-formed, small enough, and show what they are given."""

import base64
from xml.etree import ElementTree

import pytest

from orchestration.modelling.pictures import (
    SegmentSize,
    calibration_picture,
    inline_picture,
)

SEGMENTS = [
    SegmentSize("Frequent buyers & friends", 300, 1_234.5, 44, 3, 6.5),
    SegmentSize("Lapsed <once>", 100, None, 1, 200.5),
]


def decoded(picture: str) -> ElementTree.Element:
    data = picture.partition("data:image/svg+xml;base64,")[2].removesuffix(")")
    return ElementTree.fromstring(base64.b64decode(data))


def test_the_small_picture_shows_sizes_and_names() -> None:
    texts = "".join(decoded(inline_picture(SEGMENTS)).itertext())
    assert texts == "300 Frequent buyers & friends100 Lapsed <once>"


@pytest.mark.parametrize("count", [0, 1, 3, 8, 20])
def test_the_small_picture_stays_inline(count: int) -> None:
    segments = [SegmentSize("A rather long name of a segment of buyers", 1_000_000)] * count
    assert len(inline_picture(segments)) < 1_000


def test_the_picture_of_a_prediction_shows_what_came_of_it() -> None:
    points = [(position / 10, position / 20) for position in range(1, 11)]
    picture = calibration_picture(points)
    assert len(picture) < 1_000
    drawing = decoded(picture)
    assert "".join(drawing.itertext()) == "100%came0%predicted100%"
    _, line, dots = (path.get("d") for path in drawing.iter("{http://www.w3.org/2000/svg}path"))
    # Half of what was promised: halfway up to the line that is right.
    assert line is not None and line.startswith("M62 172L") and line.endswith("L215 95")
    assert dots is not None and dots.startswith("M62 172h0M") and dots.count("M") == 10


def test_nothing_predicted_is_no_picture() -> None:
    assert calibration_picture([]) == ""
    assert len(calibration_picture([(0.0, 0.0)])) < 1_000
