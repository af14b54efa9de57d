"""A large JSON object read item by item says what a JSON library says."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumbar_server.errors import BadRequestError
from lumbar_server.imports.reader import read_items

_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


class Trickle(io.BytesIO):
    """Gives a few bytes at a time, whatever is asked for."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(3, size) if size and size > 0 else 3)


def read(data: bytes, kind: type[io.BytesIO] = io.BytesIO) -> list[tuple[str, Any]]:
    return [(name, json.loads(text)) for name, text in read_items(kind(data))]


@given(
    st.dictionaries(st.text(), _VALUES, min_size=1, max_size=5), st.integers(0, 3), st.booleans()
)
def test_every_item_is_read_wherever_the_blocks_end(
    value: dict[str, Any], indent: int, escaped: bool
) -> None:
    text = json.dumps(value, indent=indent or None, ensure_ascii=escaped)
    data = text.encode()
    expected = [
        (name, item)
        for name, one in value.items()
        for item in (one if isinstance(one, list) else [one])
    ]
    assert read(data) == expected
    assert read(data, Trickle) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"a": 1',
        '{"a": [1, 2}',
        '{"a": [1,, 2]}',
        '{"a": 1} 2',
        '{"a": NaN}',
        '{"a": Infinity}',
        "{1: 2}",
        '{"a": "x}',
        '{"a": tru',
        '{"a"; 1}',
        '{"a": ' + "[" * 100_000,
        '{"a": [' + "[" * 100_000,
        '{"a": ' + "1" * 5000 + "}",
    ],
)
def test_what_is_no_such_object_is_refused(text: str) -> None:
    with pytest.raises(BadRequestError, match="download it again"):
        read(text.encode())


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(BadRequestError, match="not UTF-8"):
        read(b'{"a": "\xff\xfe"}')
