"""Whatever a card answers, the end is an outcome: random cards, and good cards with one answer tampered with."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.cards import catalogue
from terminal_sim.cards.catalogue import VirtualCard
from terminal_sim.emv.data import apdu, tlv
from terminal_sim.emv.keys.derivation import IssuerKeys
from terminal_sim.emv.talk.asks import EnterPin
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.emv.talk.request import Interface
from tests.emv.table import rows
from tests.emv.terminal import ISSUER_KEY, Terminal, configuration
from tests.examples import examples

Cards = Callable[[str], VirtualCard]

FACES = [
    ("chip, format 1, external authenticate", "visa-credit", Interface.CONTACT),
    ("chip, format 2, PDOL, online PIN", "interac-debit", Interface.CONTACT),
    ("chip, offline PIN", "mastercard-pin", Interface.CONTACT),
    ("contactless", "visa-credit", Interface.CONTACTLESS),
]

STATUS_WORDS = [
    0x9000,
    0x6100,
    0x6110,
    0x6C00,
    0x6C10,
    0x6283,
    0x63C2,
    0x6A81,
    0x6A82,
    0x6A83,
    0x6983,
    0x6985,
    0x6F00,
]

plausible = st.recursive(
    st.tuples(
        st.sampled_from(
            [
                0x84,
                0x50,
                0x87,
                0x88,
                0x9F38,
                0x82,
                0x94,
                0x57,
                0x5A,
                0x5F24,
                0x8C,
                0x8D,
                0x8E,
                0x9F26,
                0x9F27,
                0x9F36,
            ]
        ),
        st.binary(max_size=20),
    ).map(lambda one: tlv.encode(*one)),
    lambda inner: st.tuples(
        st.sampled_from([0x6F, 0x70, 0x77, 0xA5, 0xBF0C, 0x61]), st.lists(inner, max_size=4)
    ).map(lambda one: tlv.encode(one[0], b"".join(one[1]))),
    max_leaves=6,
)
answers = st.one_of(
    st.binary(max_size=300),
    st.tuples(plausible, st.sampled_from(STATUS_WORDS)).map(lambda one: one[0] + one[1].to_bytes(2)),
    st.sampled_from(STATUS_WORDS).map(lambda sw: sw.to_bytes(2)),
)


class FuzzCard:
    """Answers what it is told to, one after the other, and 6D00 for ever after."""

    def __init__(self, script: list[bytes]) -> None:
        self._script = list(script)
        self.commands = 0

    def transmit(self, _apdu: bytes, /) -> bytes:
        self.commands += 1
        return self._script.pop(0) if self._script else b"\x6d\x00"


class Tampered:
    """A good card that answers the command number `position` otherwise."""

    def __init__(
        self, card: VirtualCard, interface: Interface, position: int, change: Callable[[bytes], bytes]
    ) -> None:
        face = card.chip if interface is Interface.CONTACT else card.contactless
        assert face is not None
        face.reset()
        self._face, self._left, self._change = face, position, change

    def transmit(self, apdu: bytes) -> bytes:
        answer = self._face.transmit(apdu)
        self._left -= 1
        return self._change(answer) if self._left == -1 else answer


def outcome_of(terminal: Terminal, card: FuzzCard | Tampered, interface: Interface) -> Outcome:
    terminal.pins = ["1234"] * 20
    outcome = terminal.pay(card, terminal.request(interface))
    assert outcome.verdict is not Verdict.APPROVED or outcome.went_online or terminal.asked_for_tc
    return outcome


@examples(100)
@given(st.lists(answers, max_size=25), st.sampled_from(Interface))
def test_a_card_that_answers_at_random_ends_in_an_outcome(script: list[bytes], interface: Interface) -> None:
    card = FuzzCard(script)
    outcome = outcome_of(Terminal(configuration()), card, interface)
    assert outcome.verdict is not Verdict.APPROVED
    assert card.commands <= 2_000


@examples(120)
@given(st.sampled_from(FACES), st.integers(0, 14), st.data())
def test_a_good_card_with_one_damaged_answer_ends_in_an_outcome(
    face: tuple[str, str, Interface], position: int, data: st.DataObject
) -> None:
    _, name, interface = face

    def damage(answer: bytes) -> bytes:
        at = data.draw(st.integers(0, len(answer) - 1))
        return answer[:at] + bytes((answer[at] ^ data.draw(st.integers(1, 255)),)) + answer[at + 1 :]

    card = catalogue.load(name, (), IssuerKeys(ISSUER_KEY))
    outcome = outcome_of(Terminal(configuration()), Tampered(card, interface, position, damage), interface)
    assert card.personality.pan.reveal() not in repr(outcome)


TAMPERINGS = [
    ("nothing at all", lambda _: b""),
    ("one byte", lambda _: b"\x90"),
    ("a status word alone", lambda _: b"\x90\x00"),
    ("an impossible status", lambda answer: answer[:-2] + b"\x12\x34"),
    ("no precise diagnosis", lambda _: b"\x6f\x00"),
    ("the last byte of data gone", lambda answer: answer[:-3] + answer[-2:]),
    ("a byte too many", lambda answer: answer[:-2] + b"\x01" + answer[-2:]),
    ("the data twice", lambda answer: answer[:-2] * 2 + answer[-2:]),
    ("more than a short answer holds", lambda answer: bytes(400) + answer[-2:]),
    ("a length beyond the end", lambda answer: answer[:1] + b"\x84\xff\xff\xff\xff" + answer[-2:]),
    ("templates without end", lambda _: b"\x70\x80" * 100 + b"\x90\x00"),
    ("more data for ever", lambda _: b"\x61\x10"),
    ("a wrong Le for ever", lambda _: b"\x6c\x10"),
]


@pytest.mark.parametrize("change", rows(TAMPERINGS))
@pytest.mark.parametrize(("name", "interface"), rows(FACES))
def test_every_answer_tampered_with_ends_in_an_outcome(
    terminal: Terminal, card: Cards, name: str, interface: Interface, change: Callable[[bytes], bytes]
) -> None:
    terminal.pins = ["1234"] * 20
    good = card(name)
    (terminal.chip if interface is Interface.CONTACT else terminal.tap)(good)
    for position in range(len(terminal.commands)):
        outcome = outcome_of(terminal, Tampered(card(name), interface, position, change), interface)
        assert isinstance(outcome, Outcome)


FALLBACKS = [
    ("a blocked card", b"\x6a\x81", Verdict.BLOCKED),
    ("a chip that knows no SELECT", b"\x6d\x00", Verdict.USE_STRIPE),
    ("a chip that knows no class", b"\x6e\x00", Verdict.USE_STRIPE),
    ("a chip that answers nothing", b"", Verdict.USE_STRIPE),
    ("a chip that answers nonsense", bytes(9), Verdict.USE_STRIPE),
    ("a chip without our applications", b"\x6a\x82", Verdict.NOT_ACCEPTED),
    ("a chip whose applications are blocked", b"\x62\x83", Verdict.BLOCKED),
]


class Always:
    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def transmit(self, _apdu: bytes, /) -> bytes:
        return self._answer


@pytest.mark.parametrize(("answer", "verdict"), rows(FALLBACKS))
def test_a_selection_that_fails_says_what_may_help(
    terminal: Terminal, answer: bytes, verdict: Verdict
) -> None:
    assert terminal.pay(Always(answer), terminal.request(Interface.CONTACT)).verdict is verdict


def at_step(instruction: int, answer: bytes, times: int = 99) -> Callable[[VirtualCard], object]:
    class OneCommand:
        def __init__(self, card: VirtualCard) -> None:
            assert card.chip is not None
            card.chip.reset()
            self._card, self._left = card.chip, times

        def transmit(self, apdu: bytes) -> bytes:
            if apdu[1] == instruction and self._left:
                self._left -= 1
                return answer
            return self._card.transmit(apdu)

    return OneCommand


STEPS = [
    (
        "GET PROCESSING OPTIONS refused: the application is not usable",
        0xA8,
        b"\x69\x85",
        Verdict.NOT_ACCEPTED,
    ),
    ("GET PROCESSING OPTIONS failed", 0xA8, b"\x6f\x00", Verdict.CARD_ERROR),
    ("GET PROCESSING OPTIONS, format 1, too short", 0xA8, bytes.fromhex("80021C009000"), Verdict.CARD_ERROR),
    (
        "GET PROCESSING OPTIONS with an AFL of file 0",
        0xA8,
        bytes.fromhex("80061C00000101009000"),
        Verdict.CARD_ERROR,
    ),
    (
        "GET PROCESSING OPTIONS with an AFL cut off",
        0xA8,
        bytes.fromhex("80071C00080101000090 00"),
        Verdict.CARD_ERROR,
    ),
    ("records counted backwards", 0xA8, bytes.fromhex("80061C00080201009000"), Verdict.CARD_ERROR),
    ("more records than anyone reads", 0xA8, bytes.fromhex("80061C000801FF009000"), Verdict.CARD_ERROR),
    ("GENERATE AC blocked", 0xAE, b"\x69\x83", Verdict.BLOCKED),
    (
        "GENERATE AC with a TC where an ARQC was asked",
        0xAE,
        bytes.fromhex("800B40000111111111111111119000"),
        Verdict.CARD_ERROR,
    ),
    (
        "GENERATE AC of no known kind",
        0xAE,
        bytes.fromhex("800BC0000111111111111111119000"),
        Verdict.CARD_ERROR,
    ),
    ("GENERATE AC with an AAC", 0xAE, bytes.fromhex("800B00000111111111111111119000"), Verdict.DECLINED),
    (
        "GENERATE AC: service not allowed",
        0xAE,
        bytes.fromhex("800B01000111111111111111119000"),
        Verdict.NOT_ACCEPTED,
    ),
    (
        "GENERATE AC, format 2, without a counter",
        0xAE,
        bytes.fromhex("770F9F2701809F260811111111111111119000"),
        Verdict.CARD_ERROR,
    ),
    (
        "GENERATE AC, format 2, a value twice",
        0xAE,
        bytes.fromhex("77089F2701809F2701809000"),
        Verdict.CARD_ERROR,
    ),
]


@pytest.mark.parametrize(("instruction", "answer", "verdict"), rows(STEPS))
def test_a_step_that_fails_has_its_verdict(
    terminal: Terminal, card: Cards, instruction: int, answer: bytes, verdict: Verdict
) -> None:
    broken = at_step(instruction, answer)(card("visa-credit"))
    outcome = terminal.pay(broken, terminal.request(Interface.CONTACT))  # type: ignore[arg-type]
    assert outcome.verdict is verdict, outcome.reason
    assert not outcome.went_online


PAN, EXPIRY = (0x5A, bytes.fromhex("4111111111111111")), (0x5F24, bytes.fromhex("300331"))
RECORDS = [
    ("another template", tlv.encode(0x71, b""), "70"),
    ("two templates", tlv.encode(0x70, b"") * 2, "70"),
    ("no expiry", tlv.encode(0x70, tlv.join([PAN])), "5F24"),
    ("a PAN twice", tlv.encode(0x70, tlv.join([PAN, PAN, EXPIRY])), "comes twice"),
    ("an expiry of letters", tlv.encode(0x70, tlv.join([PAN, (0x5F24, b"\xaa\xbb\xcc")])), "5F24"),
    ("a PAN of five digits", tlv.encode(0x70, tlv.join([(0x5A, b"\x41\x11\x1f"), EXPIRY])), "5 digits"),
    ("another PAN in 57", tlv.encode(0x70, tlv.join([(0x5A, b"\x42" * 8), EXPIRY])), "5A and 57"),
]


@pytest.mark.parametrize(("record", "word"), rows(RECORDS))
def test_a_damaged_record_is_a_card_error_that_names_the_element(
    terminal: Terminal, card: Cards, record: bytes, word: str
) -> None:
    class WithRecord:
        def __init__(self, card: VirtualCard) -> None:
            assert card.chip is not None
            card.chip.reset()
            self._chip = card.chip

        def transmit(self, apdu: bytes) -> bytes:
            if apdu[1:4] == b"\xb2\x01\x14":
                return record + b"\x90\x00"
            return self._chip.transmit(apdu)

    outcome = terminal.pay(WithRecord(card("visa-credit")), terminal.request(Interface.CONTACT))
    assert outcome.verdict is Verdict.CARD_ERROR
    assert word in outcome.reason
    assert "4111111111111111" not in outcome.reason


def test_a_damaged_last_answer_after_an_approval_is_known_to_have_been_online(
    terminal: Terminal, card: Cards
) -> None:
    class LastFails:
        def __init__(self, card: VirtualCard) -> None:
            assert card.chip is not None
            card.chip.reset()
            self._chip, self._cryptograms = card.chip, 0

        def transmit(self, apdu: bytes) -> bytes:
            self._cryptograms += apdu[1] == 0xAE
            return b"\x6f\x00" if self._cryptograms == 2 else self._chip.transmit(apdu)

    outcome = terminal.pay(LastFails(card("visa-credit")), terminal.request(Interface.CONTACT))
    assert (outcome.verdict, outcome.went_online) == (Verdict.CARD_ERROR, True)


class Tpdu:
    """A card behind a reader that leaves 61xx and 6Cxx to the terminal, as T=0 has it."""

    def __init__(self, card: VirtualCard, piece: int) -> None:
        assert card.chip is not None
        card.chip.reset()
        self._chip, self._piece, self._rest = card.chip, piece, b""

    def transmit(self, apdu: bytes) -> bytes:
        if apdu[1] == 0xC0:
            length = apdu[4] or 256
            part, self._rest = self._rest[:length], self._rest[length:]
            return part + (bytes((0x61, min(len(self._rest), self._piece))) if self._rest else b"\x90\x00")
        if len(apdu) == 5 and apdu[4] == 0:
            whole = self._chip.transmit(apdu)
            return bytes((0x6C, len(whole) - 2)) if len(whole) > 2 else whole
        answer = self._chip.transmit(apdu)
        if answer[-2:] != b"\x90\x00" or len(answer) == 2:
            return answer
        self._rest = answer[:-2]
        return bytes((0x61, min(len(self._rest), self._piece)))


@pytest.mark.parametrize("piece", [1, 7, 255])
def test_answers_in_pieces_and_corrected_lengths_are_collected(
    terminal: Terminal, card: Cards, piece: int
) -> None:
    outcome = terminal.pay(Tpdu(card("visa-credit"), piece), terminal.request(Interface.CONTACT))
    assert outcome.verdict is Verdict.APPROVED, outcome.reason


def test_a_card_that_does_not_count_wrong_pins_is_broken(terminal: Terminal, card: Cards) -> None:
    terminal.pins = ["9999"] * 10
    broken = at_step(0x20, b"\x63\xc3")(card("mastercard-pin"))
    outcome = terminal.pay(broken, terminal.request(Interface.CONTACT))  # type: ignore[arg-type]
    assert outcome.verdict is Verdict.CARD_ERROR
    assert sum(isinstance(ask, EnterPin) for ask in terminal.asks) == 1


def test_status_words_have_words() -> None:
    assert apdu.meaning(0x9000) == "success"
    assert apdu.meaning(0x63C2) == "2 tries left"
    assert apdu.meaning(0x6110) == "16 more bytes"
    assert apdu.meaning(0x6C0A) == "wrong Le, 10 bytes are there"
    assert apdu.meaning(0x6FFF) == "unknown status"


def test_more_data_that_never_come_are_a_fault(terminal: Terminal, card: Cards) -> None:
    class Promising:
        def __init__(self, card: VirtualCard) -> None:
            assert card.chip is not None
            card.chip.reset()
            self._chip = card.chip

        def transmit(self, apdu: bytes) -> bytes:
            return b"\x61\x10" if apdu[1] in (0xA8, 0xC0) else self._chip.transmit(apdu)

    outcome = terminal.pay(Promising(card("visa-credit")), terminal.request(Interface.CONTACT))
    assert (outcome.verdict, len(terminal.commands)) == (Verdict.CARD_ERROR, 6)


SELECTIONS = [
    ("the application refuses the final SELECT", b"\x6a\x82", Verdict.NOT_ACCEPTED),
    ("another application answers", bytes.fromhex("6F0B8407A0000000041010A5009000"), Verdict.NOT_ACCEPTED),
    ("no DF name", bytes.fromhex("6F02A5009000"), Verdict.NOT_ACCEPTED),
    (
        "a DF name twice",
        bytes.fromhex("6F148407A00000000310108407A0000000031010A5009000"),
        Verdict.NOT_ACCEPTED,
    ),
    ("the card is blocked by then", b"\x6a\x81", Verdict.BLOCKED),
    ("an answer of one byte is none", b"\x00", Verdict.CARD_ERROR),
]


@pytest.mark.parametrize(("answer", "verdict"), rows(SELECTIONS))
def test_a_final_selection_that_fails_has_its_verdict(
    terminal: Terminal, card: Cards, answer: bytes, verdict: Verdict
) -> None:
    class Refusing:
        def __init__(self, card: VirtualCard) -> None:
            assert card.chip is not None
            card.chip.reset()
            self._chip = card.chip

        def transmit(self, apdu: bytes) -> bytes:
            return answer if apdu[1] == 0xA4 and apdu[5] == 0xA0 else self._chip.transmit(apdu)

    outcome = terminal.pay(Refusing(card("visa-credit")), terminal.request(Interface.CONTACT))
    assert outcome.verdict is verdict, outcome.reason


def test_a_card_that_lists_the_same_application_for_ever_is_stopped(terminal: Terminal) -> None:
    fci = tlv.encode(0x6F, tlv.encode(0x84, bytes.fromhex("A000000003101001")) + tlv.encode(0xA5, b""))

    class Endless:
        def transmit(self, apdu: bytes, /) -> bytes:
            if apdu[1] == 0xA4 and apdu[5:12] == bytes.fromhex("A0000000031010"):
                return fci + b"\x90\x00"
            return b"\x6a\x82"

    outcome = terminal.pay(Endless(), terminal.request(Interface.CONTACT))
    assert outcome.verdict is not Verdict.APPROVED
    assert len(terminal.commands) < 40


def test_a_directory_without_end_is_read_to_its_bound(terminal: Terminal) -> None:
    directory = tlv.encode(0x6F, tlv.encode(0x84, apdu.PSE) + tlv.encode(0xA5, tlv.encode(0x88, b"\x01")))

    class Endless:
        def transmit(self, command: bytes, /) -> bytes:
            if command[5:19] == apdu.PSE:
                return directory + b"\x90\x00"
            return b"\x70\x00\x90\x00" if command[1] == 0xB2 else b"\x6a\x82"

    outcome = terminal.pay(Endless(), terminal.request(Interface.CONTACT))
    assert outcome.verdict is Verdict.NOT_ACCEPTED
    assert sum(command.apdu[1] == 0xB2 for command in terminal.commands) == 16


def test_an_entry_of_the_directory_that_cannot_be_read_is_passed_over(
    terminal: Terminal, card: Cards
) -> None:
    class Odd:
        def __init__(self, card: VirtualCard) -> None:
            assert card.chip is not None
            card.chip.reset()
            self._chip = card.chip

        def transmit(self, apdu: bytes) -> bytes:
            answer = self._chip.transmit(apdu)
            if apdu[1:4] == b"\xb2\x01\x0c" and answer[2] == 0x61:
                damaged = tlv.encode(0x61, b"\x4f\xff") + tlv.encode(0x61, b"\x4f\x01\x00") + b"\x50\x01A"
                return tlv.encode(0x70, damaged + tlv.only(answer[:-2], 0x70)) + b"\x90\x00"
            return answer

    outcome = terminal.pay(Odd(card("visa-credit")), terminal.request(Interface.CONTACT))
    assert outcome.verdict is Verdict.APPROVED, outcome.reason
