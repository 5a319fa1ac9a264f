"""Both forms of a packed answer are gzip that everybody reads, and say what went in."""

import gzip
import json

from hypothesis import given
from hypothesis import strategies as st

from orchestration.serving.packed import pack, unpack

TEXTS = st.text(max_size=50).map(lambda text: json.dumps(text, ensure_ascii=False))


@given(TEXTS, st.one_of(TEXTS, st.integers(65_000, 140_000).map(lambda n: json.dumps("x" * n))))
def test_both_forms_are_whole(plain: str, personal: str) -> None:
    packed = pack(f'{{"a":{plain}', personal)
    for end, expected in (
        (packed.plain_end, {"a": json.loads(plain)}),
        (packed.personal_end, {"a": json.loads(plain), "personal": json.loads(personal)}),
    ):
        answer = packed.start + end
        # gzip checks the sum and the length; a second member would be read too.
        assert json.loads(gzip.decompress(answer)) == expected
        assert unpack(answer) == gzip.decompress(answer)


def test_what_is_for_all_says_nothing_of_what_is_not() -> None:
    one, other = pack('{"a":1', '"x"'), pack('{"a":1', '"y"')
    assert one.start + one.plain_end == other.start + other.plain_end
    assert one.plain_tag == other.plain_tag
    assert len({one.plain_tag, one.personal_tag, other.personal_tag}) == 3
