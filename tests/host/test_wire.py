"""The codec of each dialect against pyiso8583, which reads and builds by the same forms: the same fields, the same bytes, the same errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import iso8583
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.host.dialect import MessageError
from terminal_sim.host.iso8583 import elements as el
from terminal_sim.host.iso8583.forms import Alphabet, ElementForm
from terminal_sim.host.iso8583.wire import WireCodec
from tests.examples import examples
from tests.host.dialects import NAMES, dialect

WIRES = st.sampled_from(NAMES).map(lambda name: dialect(name).wire)


def _names(wire: WireCodec) -> dict[str, str]:
    """The names of the fields of a message by the numbers that the library has for them."""
    return {form.field: form.name for form in (*wire.heads, *wire.forms)} | {"64": el.MAC, "128": el.MAC}


def _known(wire: WireCodec) -> frozenset[str]:
    return frozenset(_names(wire).values())


def _value(form: ElementForm) -> st.SearchStrategy[str]:
    least = 0 if form.prefix else form.size
    if form.alphabet is Alphabet.DIGITS:
        return st.text("0123456789D", min_size=least, max_size=form.size)
    if form.alphabet is Alphabet.BYTES:
        size = st.binary(min_size=least, max_size=min(form.size, 300))
        return size.map(lambda data: data.hex().upper())
    return st.text(st.characters(max_codepoint=0x7E), min_size=least, max_size=form.size)


@st.composite
def messages(draw: st.DrawFn) -> tuple[WireCodec, dict[str, str]]:
    """A codec, and fields of a message of its dialect."""
    wire = draw(WIRES)
    optional = {form.name: _value(form) for form in wire.forms}
    kinds = {el.MESSAGE_TYPE: st.sampled_from(["0100", "0110", "1421"])}
    return wire, draw(st.fixed_dictionaries(kinds, optional=optional))


def _oracle_encode(wire: WireCodec, fields: Mapping[str, str]) -> bytes:
    numbers = {name: number for number, name in _names(wire).items()}
    numbered = {numbers[name]: text for name, text in fields.items()}
    if wire.has_mac:
        second = any(number.isdigit() and int(number) > 64 for number in numbered)
        numbered["128" if second else "64"] = "00" * 8
    try:
        return bytes(iso8583.encode(numbered, wire.library_specification)[0])
    except iso8583.EncodeError as error:
        raise MessageError(f"DE {error.field}: {error.msg}") from None


def _oracle_decode(wire: WireCodec, message: bytes) -> dict[str, str]:
    try:
        fields = dict(iso8583.decode(message, wire.library_specification)[0])
    except iso8583.DecodeError as error:
        raise MessageError(f"DE {error.field}: {error.msg}") from None
    except KeyError as error:
        raise MessageError(f"DE {error.args[0]} is not of this dialect") from None
    if wire.has_mac and not {"64", "128"} & fields.keys():
        raise MessageError("DE 64 or 128 is missing: each message has an authentication code")
    names = _names(wire)
    return {names[number]: text for number, text in fields.items()}


def _outcome(call: Callable[[], bytes | Mapping[str, str]]) -> object:
    try:
        return call()
    except MessageError as error:
        return str(error)


@examples(50)
@given(messages())
def test_fields_become_the_bytes_of_pyiso8583(case: tuple[WireCodec, dict[str, str]]) -> None:
    wire, fields = case
    assert wire.encode(dict(fields)) == _oracle_encode(wire, fields)


@examples(50)
@given(messages())
def test_bytes_become_the_fields_of_pyiso8583(case: tuple[WireCodec, dict[str, str]]) -> None:
    wire, fields = case
    message = _oracle_encode(wire, fields)
    read = _oracle_decode(wire, message)
    assert wire.decode(message, _known(wire)) == read
    assert {place.form.name for place in wire.places(message)} == read.keys()
    assert wire.message_type(message) == fields[el.MESSAGE_TYPE]


@examples(50)
@given(
    messages(), st.lists(st.tuples(st.integers(0, 500), st.integers(1, 255)), max_size=3), st.integers(-3, 2)
)
def test_damaged_bytes_are_read_or_refused_as_pyiso8583_does(
    case: tuple[WireCodec, dict[str, str]], damages: list[tuple[int, int]], more: int
) -> None:
    wire, fields = case
    written = bytearray(_oracle_encode(wire, fields))
    for at, flip in damages:
        written[at % len(written)] ^= flip
    message = bytes(written[:more] if more < 0 else written + bytes(more))
    known = _known(wire)
    assert _outcome(lambda: wire.decode(message, known)) == _outcome(lambda: _oracle_decode(wire, message))


@given(WIRES, st.binary(max_size=60))
def test_garbage_is_read_or_refused_as_pyiso8583_does(wire: WireCodec, message: bytes) -> None:
    known = _known(wire)
    assert _outcome(lambda: wire.decode(message, known)) == _outcome(lambda: _oracle_decode(wire, message))


WIRE = dialect("iso8583-1987").wire


@pytest.mark.parametrize(
    ("what", "wrong"),
    [
        ("a digit too few", {el.PROCESSING_CODE: "00000"}),
        ("a digit too many", {el.PROCESSING_CODE: "0000000"}),
        ("white space between digits", {el.PROCESSING_CODE: "00 000"}),
        ("no hexadecimal digits", {el.PIN_BLOCK: "00000000000000XY"}),
        ("half a byte", {el.PRIVATE_DATA: "012"}),
        ("more than there is room for", {el.ICC_DATA: "00" * 256}),
        ("a letter that is not of ASCII", {el.TERMINAL: "TERMINÉ1"}),
        ("a character too few", {el.TERMINAL: "T000001"}),
        ("an empty field", {el.AMOUNT: ""}),
        ("a message type of three digits", {el.MESSAGE_TYPE: "010"}),
    ],
)
def test_what_does_not_fit_is_refused_in_the_words_of_pyiso8583(what: str, wrong: dict[str, str]) -> None:
    fields = {el.MESSAGE_TYPE: "0100", el.PROCESSING_CODE: "000000", **wrong}
    refused = _outcome(lambda: WIRE.encode(dict(fields)))
    assert isinstance(refused, str), what
    assert refused == _outcome(lambda: _oracle_encode(WIRE, dict(fields)))


def test_a_field_that_the_message_does_not_have_is_named() -> None:
    message = WIRE.encode({el.MESSAGE_TYPE: "0100", el.PROCESSING_CODE: "000000", el.RESPONSE_CODE: "00"})
    with pytest.raises(MessageError, match="DE 39 does not belong into this message"):
        WIRE.decode(message, _known(WIRE) - {el.RESPONSE_CODE})
