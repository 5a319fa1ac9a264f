"""Drawn lines of text as CDNOW delivers them, some of them damaged."""

from hypothesis import strategies as st

from tests.warehouse.drawing import Row, days

_lines = st.builds(
    lambda customer, day, count, dollars, more: f" {customer} {day}  {count} {dollars}{more}",
    st.sampled_from(["00001", "00002", "00003"]),
    days.map(lambda day: day.strftime("%Y%m%d")) | st.just("20111301"),
    st.sampled_from(["1", "2", "0", "two"]),
    st.integers(0, 3000).map(lambda cents: f"{cents / 100:6.2f}"),
    st.sampled_from(["", "", "", " 9"]),
)

ROWS: dict[str, st.SearchStrategy[list[Row]]] = {
    "transactions": st.lists(st.fixed_dictionaries({"line": _lines}), max_size=12),
}
