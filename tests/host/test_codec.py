"""The wire format: both directions from one table, and nothing but `MessageError` for anything else."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from terminal_sim.core.batch_totals import BatchTotals, Subtotal
from terminal_sim.core.message import (
    Avs,
    EntryMode,
    HostReply,
    HostRequest,
    MessageClass,
    MessageKind,
    Original,
)
from terminal_sim.core.money import CURRENCIES, Money
from terminal_sim.host.dialect import MessageError
from terminal_sim.host.iso8583.wire import MAX_MESSAGE
from terminal_sim.secret import Secret
from tests.examples import examples
from tests.host.dialects import NAMES, dialect
from tests.host.samples import (
    DIALECT,
    MOTO,
    PAN,
    SALE,
    decode_reply,
    decode_request,
    encode_reply,
    encode_request,
    undoing,
)

REQUESTS = [
    (
        "a stripe sale",
        SALE,
        (
            "0100 3230048020C18000 000000 000000001000 1121204001 000007 261121204001 0901 00"
            "34 4111111111111111D30032011234567890 5430303030303031 5453494D3030303030303030303031"
            "0021 011341424344303031373935323933363031303037 0124"
        ),
    ),
    (
        "a stripe in place of a chip that cannot be read",
        replace(SALE, fallback=True),
        (
            "0100 3230048020C18000 000000 000000001000 1121204001 000007 261121204001 0801 00"
            "34 4111111111111111D30032011234567890 5430303030303031 5453494D3030303030303030303031"
            "0021 011341424344303031373935323933363031303037 0124"
        ),
    ),
    (
        "a telephone order with CVC and address",
        replace(MOTO, avs=Avs(postal_code="K1A0B1", street_number="111")),
        (
            "0100 7234048000C18000 16 4111111111111111 000000 000000001000 1121204001 000007 261121204001 3003 0011 08"
            "5430303030303031 5453494D3030303030303030303031"
            "0039 0113414243443030313739353239333630313030370303373337 04064B3141304231 0503313131 0124"
        ),
    ),
    (
        "the repeat of a telephone order's void",
        undoing(MOTO, MessageKind.VOID, repeat=True),
        (
            "0401 B230048000C18100 0000004000000000 020000 000000001000 1121204001 000008 261121204001 0011 08"
            "5430303030303031 5453494D3030303030303030303031"
            "0042 011341424344303031373935323933363032303038 021341424344303031373935323933363031303037"
            "0124 4000 0100 000007 00000000000000000000000000000000"
        ),
    ),
    (
        "the totals of a batch",
        replace(
            SALE,
            kind=MessageKind.RECONCILIATION,
            entry=None,
            track2=None,
            amount=Money(700, "CAD"),
            batch=12,
            totals=BatchTotals(sales=Subtotal(3, 1000), voids=Subtotal(1, 250), refunds=Subtotal(1, 50)),
        ),
        (
            "0500 B230008000C18000 0058058080000000 920000 000000000700 1121204001 000007 261121204001 00"
            "5430303030303031 5453494D3030303030303030303031"
            "0025 011341424344303031373935323933363031303037 0A023132 0124"
            "0000000001 0000000003 0000000001 0000000000000050 0000000000001000 0000000000000250"
            "4330303030303030303030303030373030"
        ),
    ),
    (
        "a reversal under the trace number of its sale",
        undoing(SALE, MessageKind.REVERSAL),
        (
            "0400 B230048000C18100 0000004000000000 000000 000000001000 1121204001 000007 261121204001 0901 00"
            "5430303030303031 5453494D3030303030303030303031"
            "0042 011341424344303031373935323933363031303037 021341424344303031373935323933363031303037"
            "0124 4021 0100 000007 00000000000000000000000000000000"
        ),
    ),
    (
        "a chip sale of 15 digits with PIN block and sequence number",
        replace(
            SALE,
            entry=EntryMode.CHIP,
            track2=None,
            pan=Secret("370000000000002"),
            sequence="01",
            icc_data=bytes.fromhex("9F2701809F360200055A00"),
            pin_block=Secret(bytes(range(8))),
        ),
        (
            "0100 7230068000C19200 15 0370000000000002 000000 000000001000 1121204001 000007 261121204001 0051 0001 00"
            "5430303030303031 5453494D3030303030303030303031"
            "0021 0113414243443030313739353239333630313030370124 0001020304050607 0011 9F2701809F360200055A00"
        ),
    ),
]
REPLIES = [
    (
        "a partial approval",
        HostReply(
            message_class=MessageClass.AUTHORISATION,
            terminal="T1",
            stan=7,
            amount=Money(1000, "CAD"),
            response_code="10",
            auth_code="000001",
            host_reference="632520000001",
            avs_result="postal-only",
            icc_data=bytes.fromhex("910A00000000000000000000"),
            authorised=Money(500, "CAD"),
            text="PARTIAL",
        ),
        (
            "0110 102000000E918600 000000001000 000007 363332353230303030303031 303030303031 3130 5431202020202020 5A"
            "0009 06075041525449414C 0124 3030313031323443303030303030303030353030 0012 910A00000000000000000000"
        ),
    ),
    (
        "a refused reversal",
        HostReply(
            message_class=MessageClass.REVERSAL,
            terminal="T0000001",
            stan=7,
            amount=Money(1000, "CAD"),
            response_code="25",
        ),
        "0410 1020000002808000 000000001000 000007 3235 5430303030303031 0124",
    ),
]


@pytest.mark.parametrize(("request_", "wire"), [case[1:] for case in REQUESTS], ids=[c[0] for c in REQUESTS])
def test_a_request_is_these_bytes_and_these_bytes_are_the_request(request_: HostRequest, wire: str) -> None:
    assert encode_request(request_).hex() == bytes.fromhex(wire).hex()
    assert decode_request(bytes.fromhex(wire)) == request_


@pytest.mark.parametrize(("reply", "wire"), [case[1:] for case in REPLIES], ids=[c[0] for c in REPLIES])
def test_a_reply_is_these_bytes_and_these_bytes_are_the_reply(reply: HostReply, wire: str) -> None:
    assert encode_reply(reply).hex() == bytes.fromhex(wire).hex()
    assert decode_reply(bytes.fromhex(wire)) == reply


@pytest.mark.parametrize(
    ("sent", "answered"), [("0100", "0110"), ("0101", "0110"), ("0221", "0230"), ("0401", "0410")]
)
def test_a_request_and_its_repeat_have_one_answer_type(sent: str, answered: str) -> None:
    message_class, repeat = DIALECT.codes.classes[sent]
    assert repeat is sent.endswith("1")
    assert DIALECT.codes.reply_type(message_class) == answered
    assert DIALECT.codes.replies[answered] is message_class


def digits(least: int, most: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=least, max_size=most)


def printable(least: int, most: int) -> st.SearchStrategy[str]:
    return st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=least, max_size=most)


def secret(values: st.SearchStrategy[str]) -> st.SearchStrategy[Secret[str] | None]:
    return st.none() | values.map(Secret)


MONEY = st.builds(Money, st.integers(0, 999_999_999_999), st.sampled_from(sorted(CURRENCIES)))
STAN = st.integers(1, 999_999)
PAYMENTS = [kind for kind in MessageKind if kind.moves_money]
ORIGINAL = st.builds(Original, kind=st.sampled_from(PAYMENTS), stan=STAN, reference=printable(1, 40))
UPLOADED = st.builds(
    Original,
    kind=st.sampled_from([kind for kind in MessageKind if kind.facts.is_payment]),
    stan=STAN,
    reference=printable(1, 40),
)
NAMES_ORIGINAL = {  # and any other kind none
    MessageKind.VOID: ORIGINAL,
    MessageKind.REVERSAL: ORIGINAL,
    MessageKind.REFUND: st.none() | ORIGINAL,
    MessageKind.ADVICE: st.none() | ORIGINAL,
    MessageKind.BATCH_UPLOAD: UPLOADED,
}
SUBTOTAL = st.builds(Subtotal, st.integers(0, 10**10 - 1), st.integers(0, 10**15 - 1))
TOTALS = st.builds(BatchTotals, sales=SUBTOTAL, voids=SUBTOTAL, refunds=SUBTOTAL)


@st.composite
def requests(draw: st.DrawFn) -> HostRequest:
    kind = draw(st.sampled_from(MessageKind))
    reconciles = kind.facts.message_class is MessageClass.RECONCILIATION
    moment = draw(st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)))  # noqa: DTZ001 - civil time
    return HostRequest(
        kind=kind,
        repeat=draw(st.booleans()),
        terminal=draw(printable(1, 8)),
        merchant=draw(printable(1, 15)),
        stan=draw(STAN),
        reference=draw(printable(1, 40)),
        amount=draw(MONEY),
        at=moment.replace(microsecond=0),
        entry=None if reconciles else draw(st.sampled_from(EntryMode)),
        batch=draw(st.integers(0, 999_999)),
        totals=draw(TOTALS) if reconciles else None,
        pan=draw(secret(digits(8, 19))),
        expiry=draw(secret(st.builds("{:02d}{:02d}".format, st.integers(0, 99), st.integers(1, 12)))),
        sequence=draw(st.just("") | digits(2, 2)),
        track2=draw(secret(st.builds("{}={}".format, digits(8, 19), st.text("0123456789=", max_size=17)))),
        cvc=draw(secret(digits(3, 4))),
        pin_block=draw(st.none() | st.binary(min_size=8, max_size=8).map(Secret)),
        icc_data=draw(st.binary(max_size=255)),
        avs=draw(st.none() | st.builds(Avs, postal_code=printable(0, 16), street_number=printable(0, 16))),
        original=draw(NAMES_ORIGINAL.get(kind, st.none())),
        reason=draw(st.just("") | digits(4, 4)),
    )


REPLY = st.builds(
    HostReply,
    message_class=st.sampled_from(MessageClass),
    terminal=printable(1, 8),
    stan=STAN,
    amount=MONEY,
    response_code=st.sampled_from(["00", "10", "51", "N7"]),
    auth_code=st.sampled_from(["", "000001", "A1B2C3"]),
    host_reference=st.sampled_from(["", "632520000001"]),
    avs_result=st.sampled_from(["", "match", "postal-only", "street-only", "no-match", "unknown"]),
    icc_data=st.binary(max_size=255),
    authorised=st.none() | MONEY,
    text=printable(0, 99),
)


@examples(60)
@given(st.sampled_from(NAMES), requests())
def test_every_request_comes_back_as_it_was(name: str, request_: HostRequest) -> None:
    spoken = dialect(name)
    assert spoken.decode_request(spoken.encode_request(request_)) == request_


@given(st.sampled_from(NAMES), REPLY)
def test_every_reply_comes_back_as_it_was(name: str, reply: HostReply) -> None:
    spoken = dialect(name)
    assert spoken.decode_reply(spoken.encode_reply(reply)) == reply


@given(st.sampled_from(NAMES), st.binary(max_size=300))
def test_garbage_is_a_message_error_in_both_directions(name: str, garbage: bytes) -> None:
    spoken = dialect(name)
    for decode in (spoken.decode_request, spoken.decode_reply, spoken.decode_management):
        with pytest.raises(MessageError):
            decode(garbage)


DAMAGES = st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 255)), min_size=1, max_size=4)


@examples(60)
@given(st.sampled_from(NAMES), requests(), DAMAGES, st.integers(-3, 3))
def test_a_damaged_request_is_refused_or_a_whole_other_request(
    name: str, request_: HostRequest, damages: list[tuple[int, int]], cut: int
) -> None:
    spoken = dialect(name)
    wire = bytearray(spoken.encode_request(request_))
    for at, flip in damages:
        wire[at % len(wire)] ^= flip
    wire = wire[:cut] if cut < 0 else wire + bytes(cut)
    try:
        read = spoken.decode_request(bytes(wire))
    except MessageError:
        return
    assert spoken.decode_request(spoken.encode_request(read)) == read


@given(st.sampled_from(NAMES), REPLY, DAMAGES)
def test_a_damaged_reply_is_refused_or_a_whole_other_reply(
    name: str, reply: HostReply, damages: list[tuple[int, int]]
) -> None:
    spoken = dialect(name)
    wire = bytearray(spoken.encode_reply(reply))
    for at, flip in damages:
        wire[at % len(wire)] ^= flip
    try:
        read = spoken.decode_reply(bytes(wire))
    except MessageError:
        return
    assert spoken.decode_reply(spoken.encode_reply(read)) == read


@pytest.mark.parametrize(
    ("what", "wrong"),
    [
        ("a terminal of nine characters", replace(SALE, terminal="T00000001")),
        ("a terminal that ends with a space", replace(SALE, terminal="T ")),
        ("no merchant", replace(SALE, merchant="")),
        ("trace number 0", replace(SALE, stan=0)),
        ("a trace number of seven digits", replace(SALE, stan=1_000_000)),
        ("a negative amount", replace(SALE, amount=Money(-1, "CAD"))),
        ("an amount of 13 digits", replace(SALE, amount=Money(10**12, "CAD"))),
        ("an expiry of month 13", replace(MOTO, expiry=Secret("3013"))),
        ("a card number with a letter", replace(MOTO, pan=Secret("411111111111111A"))),
        ("a card number in Arabic digits", replace(MOTO, pan=Secret("٤" * 16))),
        ("a track without separator", replace(SALE, track2=Secret("4111111111111111"))),
        ("a track of 38 characters", replace(SALE, track2=Secret(f"{PAN}=" + "0" * 21))),
        ("a PIN block of seven bytes", replace(SALE, pin_block=Secret(bytes(7)))),
        ("ICC data of 256 bytes", replace(SALE, icc_data=bytes(256))),
        ("a year that two digits cannot say", replace(SALE, at=datetime(1999, 12, 31))),  # noqa: DTZ001
        ("a reference that is not ASCII", replace(SALE, reference="référence")),
        (
            "a sale with an original",
            replace(SALE, original=Original(kind=MessageKind.SALE, stan=1, reference="R")),
        ),
        ("a void without an original", replace(SALE, kind=MessageKind.VOID)),
        ("an uploaded row that names no payment", replace(SALE, kind=MessageKind.BATCH_UPLOAD)),
        ("a reconciliation without totals", replace(SALE, kind=MessageKind.RECONCILIATION)),
        ("totals in a sale", replace(SALE, entry=None, totals=BatchTotals())),
        ("a sale without an entry mode", replace(SALE, entry=None)),
        ("a batch number of seven digits", replace(SALE, batch=1_000_000)),
        (
            "a count of eleven digits",
            replace(
                SALE,
                kind=MessageKind.RECONCILIATION,
                entry=None,
                totals=BatchTotals(sales=Subtotal(10**10, 1)),
            ),
        ),
        (
            "the reversal of a void",
            undoing(
                SALE, MessageKind.REVERSAL, original=Original(kind=MessageKind.VOID, stan=8, reference="V")
            ),
        ),
    ],
)
def test_what_does_not_fit_is_refused_and_never_quoted(what: str, wrong: HostRequest) -> None:
    with pytest.raises(MessageError) as refused:
        encode_request(wrong)
    assert what
    assert "4111" not in str(refused.value)


@pytest.mark.parametrize(
    ("what", "before", "after"),
    [
        ("a hexadecimal digit in the amount", "000000001000", "0000000010AA"),
        ("an unknown entry mode", "0901", "0811"),
        ("an unknown currency", "0124", "0999"),
        ("the month 13", "11212040010000072611", "13212040010000072613"),
        ("a trace number of zeros", "000007261121204001", "000000261121204001"),
        ("a terminal that starts with a space", "5430303030303031", "2030303030303031"),
        ("two moments that differ", "1121204001", "1121204002"),
        ("a processing code of a refund", "00000000000000100011212", "20000000000000100011212"),
        ("an unknown condition", "090100", "090159"),
        ("an unknown private tag", "00210113", "00210913"),
        ("a private length past the end", "00210113", "00210114"),
        ("a card number of nothing but a separator", "344111", "00"),
        ("a reply as a request", "01003230", "01103230"),
    ],
)
def test_a_message_with_one_wrong_field_is_refused(what: str, before: str, after: str) -> None:
    wire = encode_request(SALE).hex().upper()
    assert wire.count(before) >= 1, what
    with pytest.raises(MessageError):
        decode_request(bytes.fromhex(wire.replace(before, after, 1)))


@pytest.mark.parametrize(
    ("what", "before", "after"),
    [
        ("an original that is no payment", "01000000070000", "04000000070000"),
        ("an original that is a repeat", "01000000070000", "01010000070000"),
        ("an original without a reference", "0042", "0021"),
        (
            "the reference of an original without DE 90",
            "B230048000C181000000004000000000",
            "3230048000C18100",
        ),
    ],
)
def test_a_reversal_with_one_wrong_field_is_refused(what: str, before: str, after: str) -> None:
    wire = encode_request(undoing(SALE, MessageKind.REVERSAL)).hex().upper()
    assert wire.count(before) == 1, what
    wire = wire.replace(before, after)
    if after == "0021":
        wire = wire.replace("021341424344303031373935323933363031303037", "")
    elif len(before) != len(after):
        wire = wire[: -len("0100" + "000007" + "0" * 32)]
    with pytest.raises(MessageError, match="original"):
        decode_request(bytes.fromhex(wire))


def test_an_original_s_processing_code_that_its_message_type_does_not_need_is_refused() -> None:
    """Message type and condition of a reversal say already that its original is a sale."""
    wire = encode_request(undoing(SALE, MessageKind.REVERSAL)).hex().upper()
    assert wire.count("0042011341") == 1
    told = wire.replace("0042011341", "0046" + "07023030" + "011341")
    with pytest.raises(MessageError, match="the original data elements name no payment"):
        decode_request(bytes.fromhex(told))


def test_an_original_s_processing_code_without_an_original_is_refused() -> None:
    wire = encode_request(SALE).hex().upper()
    assert wire.count("0021011341") == 1
    told = wire.replace("0021011341", "0025" + "07023030" + "011341")
    with pytest.raises(MessageError, match="without the original data elements"):
        decode_request(bytes.fromhex(told))


def test_a_card_sequence_number_of_three_digits_is_refused() -> None:
    wire = encode_request(replace(SALE, sequence="01")).hex().upper()
    assert wire.count("0901000100") == 1
    with pytest.raises(MessageError, match="a card sequence number is at most 99"):
        decode_request(bytes.fromhex(wire.replace("0901000100", "0901010100")))


PLAIN_REPLY = HostReply(
    message_class=MessageClass.AUTHORISATION, terminal="T", stan=1, amount=Money(1, "CAD"), response_code="00"
)


@pytest.mark.parametrize(
    ("what", "wrong"),
    [
        ("an unknown address check", replace(PLAIN_REPLY, avs_result="maybe")),
        ("a response code of three", replace(PLAIN_REPLY, response_code="000")),
        ("an authorization code of five", replace(PLAIN_REPLY, auth_code="12345")),
        ("a host reference with a blank", replace(PLAIN_REPLY, host_reference="63252000000 ")),
        ("a text of two lines", replace(PLAIN_REPLY, text="CALL\nBANK")),
        ("a negative partial amount", replace(PLAIN_REPLY, authorised=Money(-1, "CAD"))),
    ],
)
def test_a_reply_that_does_not_fit_is_refused(what: str, wrong: HostReply) -> None:
    with pytest.raises(MessageError):
        encode_reply(wrong)
    assert what


@pytest.mark.parametrize("damage", ["0020124C000000000500", "0010124D000000000500", "0010999C000000000500"])
def test_a_partial_amount_of_another_form_is_refused(damage: str) -> None:
    wire = encode_reply(replace(PLAIN_REPLY, authorised=Money(500, "CAD")))
    assert wire.count(b"0010124C000000000500") == 1
    with pytest.raises(MessageError, match="partial approval"):
        decode_reply(wire.replace(b"0010124C000000000500", damage.encode()))


def test_a_field_that_a_request_does_not_have_is_refused() -> None:
    wire = encode_reply(PLAIN_REPLY)
    with pytest.raises(MessageError, match="DE 39 does not belong"):
        decode_request(wire)


def test_a_field_that_the_dialect_does_not_know_is_refused() -> None:
    wire = bytearray(encode_request(SALE))
    wire[2] |= 0x01  # DE 8
    with pytest.raises(MessageError, match="DE 8 is not of this dialect"):
        decode_request(bytes(wire))


def test_a_message_longer_than_any_is_not_looked_at() -> None:
    with pytest.raises(MessageError, match="at most"):
        decode_request(bytes(MAX_MESSAGE + 1))


def test_bytes_after_the_last_field_are_refused() -> None:
    with pytest.raises(MessageError, match="Extra data"):
        decode_request(encode_request(SALE) + b"\0")


def test_the_longest_request_fits_into_a_message() -> None:
    longest = undoing(
        MOTO,
        MessageKind.REVERSAL,
        pan=Secret("9" * 19),
        track2=Secret("9" * 19 + "=" + "0" * 17),
        expiry=Secret("3012"),
        cvc=Secret("1234"),
        sequence="01",
        pin_block=Secret(bytes(8)),
        icc_data=bytes(255),
        reference="R" * 40,
        original=Original(kind=MessageKind.MOTO, stan=1, reference="O" * 40),
        avs=Avs(postal_code="P" * 16, street_number="S" * 16),
    )
    assert len(encode_request(longest)) < MAX_MESSAGE


def test_every_message_type_of_the_terminal_is_answered() -> None:
    requests_ = [replace(SALE, kind=kind, repeat=repeat) for kind in MessageKind for repeat in (False, True)]
    replies = {
        DIALECT.codes.reply_type(DIALECT.codes.classes[DIALECT.label(request_)][0]) for request_ in requests_
    }
    assert replies == {"0110", "0130", "0210", "0230", "0330", "0410", "0510"}


def test_a_reply_of_a_request_s_message_type_is_refused() -> None:
    wire = encode_reply(PLAIN_REPLY)
    with pytest.raises(MessageError, match="the message type has none of its values"):
        decode_reply(b"\x01\x00" + wire[2:])


@given(REPLY)
def test_a_reply_that_was_read_is_labelled_with_its_message_type(reply: HostReply) -> None:
    wire = encode_reply(reply)
    assert decode_reply(wire).label == wire[:2].hex() == DIALECT.codes.reply_type(reply.message_class)


@given(requests())
def test_a_request_is_labelled_with_its_message_type(request_: HostRequest) -> None:
    assert DIALECT.label(request_) == encode_request(request_)[:2].hex()


def test_no_two_kinds_look_the_same_on_the_wire() -> None:
    looks = [
        (kind.facts.message_class, kind.facts.processing_code, kind.facts.condition) for kind in MessageKind
    ]
    assert len(set(looks)) == len(looks)


def test_nothing_but_a_stripe_stands_for_a_chip() -> None:
    with pytest.raises(MessageError, match="no fallback"):
        encode_request(replace(MOTO, fallback=True))


def test_a_track_that_a_card_has_made_in_its_field_has_an_entry_mode_of_its_own() -> None:
    tapped = replace(
        SALE, entry=EntryMode.CONTACTLESS, track2=Secret("5123456789012345=3512101123"), icc_data=b""
    )
    message = encode_request(tapped)
    assert b"\x09\x11" in message
    assert decode_request(message).entry is EntryMode.CONTACTLESS
    with_chip = encode_request(replace(tapped, icc_data=bytes.fromhex("9F360200AB")))
    assert b"\x00\x71" in with_chip
