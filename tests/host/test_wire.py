"""The table of forms against pyiso8583, which reads and builds by the same table: the same fields, the same bytes, the same errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import iso8583
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terminal_sim.host.dialect import MessageError
from terminal_sim.host.iso8583.wire import (
    ELEMENTS,
    FORMS,
    SPEC,
    Alphabet,
    ElementForm,
    decode_fields,
    encode_fields,
    places,
)

KNOWN = frozenset(FORMS)


def _value(form: ElementForm) -> st.SearchStrategy[str]:
    least = 0 if form.prefix else form.size
    if form.alphabet is Alphabet.DIGITS:
        return st.text("0123456789D", min_size=least, max_size=form.size)
    if form.alphabet is Alphabet.BYTES:
        return st.binary(min_size=least, max_size=form.size).map(lambda data: data.hex().upper())
    return st.text(st.characters(max_codepoint=0x7E), min_size=least, max_size=form.size)


FIELDS = st.fixed_dictionaries(
    {"t": st.sampled_from(["0100", "0110", "0401"])},
    optional={form.field: _value(form) for form in ELEMENTS},
)


def _oracle_encode(fields: dict[str, str]) -> bytes:
    try:
        return bytes(iso8583.encode(fields, SPEC)[0])
    except iso8583.EncodeError as error:
        raise MessageError(f"DE {error.field}: {error.msg}") from None


def _oracle_decode(message: bytes) -> dict[str, str]:
    try:
        return dict(iso8583.decode(message, SPEC)[0])
    except iso8583.DecodeError as error:
        raise MessageError(f"DE {error.field}: {error.msg}") from None
    except KeyError as error:
        raise MessageError(f"DE {error.args[0]} is not of this dialect") from None


def _outcome(call: Callable[[], bytes | Mapping[str, str]]) -> object:
    try:
        return call()
    except MessageError as error:
        return str(error)


@settings(max_examples=40)
@given(FIELDS)
def test_fields_become_the_bytes_of_pyiso8583(fields: dict[str, str]) -> None:
    assert encode_fields(dict(fields)) == _oracle_encode(dict(fields))


@settings(max_examples=40)
@given(FIELDS)
def test_bytes_become_the_fields_of_pyiso8583(fields: dict[str, str]) -> None:
    message = _oracle_encode(dict(fields))
    assert decode_fields(message, KNOWN) == _oracle_decode(message)
    assert [place.form.field for place in places(message)] == [
        field
        for field in ("t", "p", "1", *(form.field for form in ELEMENTS))
        if field in _oracle_decode(message)
    ]


@settings(max_examples=60)
@given(FIELDS, st.lists(st.tuples(st.integers(0, 500), st.integers(1, 255)), max_size=3), st.integers(-3, 2))
def test_damaged_bytes_are_read_or_refused_as_pyiso8583_does(
    fields: dict[str, str], damages: list[tuple[int, int]], more: int
) -> None:
    wire = bytearray(_oracle_encode(dict(fields)))
    for at, flip in damages:
        wire[at % len(wire)] ^= flip
    message = bytes(wire[:more] if more < 0 else wire + bytes(more))
    assert _outcome(lambda: decode_fields(message, KNOWN)) == _outcome(lambda: _oracle_decode(message))


@given(st.binary(max_size=60))
def test_garbage_is_read_or_refused_as_pyiso8583_does(message: bytes) -> None:
    assert _outcome(lambda: decode_fields(message, KNOWN)) == _outcome(lambda: _oracle_decode(message))


@pytest.mark.parametrize(
    ("what", "wrong"),
    [
        ("a digit too few", {"3": "00000"}),
        ("a digit too many", {"3": "0000000"}),
        ("white space between digits", {"3": "00 000"}),
        ("no hexadecimal digits", {"52": "00000000000000XY"}),
        ("half a byte", {"48": "012"}),
        ("more than there is room for", {"55": "00" * 256}),
        ("a letter that is not of ASCII", {"41": "TERMINÉ1"}),
        ("a character too few", {"41": "T000001"}),
        ("an empty field", {"4": ""}),
        ("a message type of three digits", {"t": "010"}),
    ],
)
def test_what_does_not_fit_is_refused_in_the_words_of_pyiso8583(what: str, wrong: dict[str, str]) -> None:
    fields = {"t": "0100", "3": "000000", **wrong}
    refused = _outcome(lambda: encode_fields(dict(fields)))
    assert isinstance(refused, str), what
    assert refused == _outcome(lambda: _oracle_encode(dict(fields)))


def test_a_field_that_the_message_does_not_have_is_named() -> None:
    message = encode_fields({"t": "0100", "3": "000000", "39": "00"})
    with pytest.raises(MessageError, match="DE 39 does not belong into this message"):
        decode_fields(message, KNOWN - {"39"})
