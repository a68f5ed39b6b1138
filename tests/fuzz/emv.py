"""Bytes of a card as EMV reads them: TLV, DOL, PIN blocks, the trace's masks, and whole conversations."""

from __future__ import annotations

from functools import cache

from terminal_sim.cards import catalogue
from terminal_sim.cards.catalogue import CardFace, VirtualCard
from terminal_sim.emv.data import describe, dol, tlv
from terminal_sim.emv.data.dol import DolError
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.keys import pinblock
from terminal_sim.emv.keys.derivation import IssuerKeys
from terminal_sim.emv.keys.pinblock import PinBlockError
from terminal_sim.emv.talk.answers import HostDecision
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.emv.talk.request import Interface
from terminal_sim.secret import Secret
from tests.emv.terminal import ISSUER_KEY, Terminal, configuration
from tests.fuzz.target import Target, joined, parts

FCI = "6F2E840E325041592E5359532E4444463031A51CBF0C1961174F07A000000003101050095649534120544553548701019000"
PAN = Secret("4111111111111111")
MOST_COMMANDS = 2_000


def objects(data: bytes) -> None:
    level = tlv.split(data)
    assert tlv.split(tlv.join(level)) == level
    assert set(tlv.primitives(data)) <= set(level)


def one_object(data: bytes) -> None:
    assert tlv.encode(0x70, tlv.only(data, 0x70)) is not None


def data_object_list(data: bytes) -> None:
    entries = dol.parse(data)
    built = dol.build(data, lambda tag: bytes((tag & 0xFF,)) * 3)
    assert len(built) == sum(entry.length for entry in entries)
    assert dol.read(data, built).keys() == {entry.tag for entry in entries}


def pin_block(data: bytes) -> None:
    block = Secret(data[1:])
    if data[:1] < b"\x80":
        pin = pinblock.read_format0(block, PAN)
        assert pinblock.format0(pin, PAN) == block
    else:
        pin = pinblock.read_format2(block)
        assert pinblock.format2(pin) == block
    assert pinblock.SHORTEST <= len(pin.reveal()) <= pinblock.LONGEST


def shown_answer(data: bytes) -> None:
    assert PAN.reveal() not in describe.mask_rapdu(data)


def shown_command(data: bytes) -> None:
    assert PAN.reveal() not in describe.mask_capdu(data)


class Scripted:
    """A card that gives these answers and then 6D00 for ever."""

    def __init__(self, answers: list[bytes]) -> None:
        self._answers = answers
        self.commands = 0

    def transmit(self, _apdu: bytes, /) -> bytes:
        self.commands += 1
        assert self.commands <= MOST_COMMANDS, "the kernel never ends"
        return self._answers.pop(0) if self._answers else b"\x6d\x00"


def random_card(data: bytes) -> None:
    interface = Interface.CONTACT if data[:1] < b"\x80" else Interface.CONTACTLESS
    terminal = Terminal(configuration(), pins=["1234"] * 20)
    outcome = terminal.pay(Scripted(parts(data[1:])), terminal.request(interface))
    assert outcome.verdict is not Verdict.APPROVED or terminal.asked_for_tc


@cache
def _card(name: str) -> VirtualCard:
    return catalogue.load(name, (), IssuerKeys(ISSUER_KEY))


CARDS = ("visa-credit", "interac-debit", "mastercard-pin")


class Damaging:
    """A good face of a card; `damage` has a byte for each answer that says where, and one that is XORed there."""

    def __init__(self, face: CardFace | None, damage: bytes) -> None:
        assert face is not None
        face.reset()
        self._face, self._damage = face, damage

    def transmit(self, apdu: bytes, /) -> bytes:
        answer = bytearray(self._face.transmit(apdu))
        if len(self._damage) >= 2:
            answer[self._damage[0] % len(answer)] ^= self._damage[1]
            self._damage = self._damage[2:]
        return bytes(answer)


def _paid_or_refused(card: VirtualCard, face: CardFace | None, interface: Interface, damage: bytes) -> None:
    terminal = Terminal(configuration(), pins=["1234"] * 20)
    outcome = terminal.pay(Damaging(face, damage), terminal.request(interface))
    assert outcome.verdict is not Verdict.APPROVED or outcome.went_online or terminal.asked_for_tc
    assert card.personality.pan.reveal() not in repr(outcome)


def damaged_card(data: bytes) -> None:
    card = _card(CARDS[data[0] % len(CARDS)] if data else CARDS[0])
    _paid_or_refused(card, card.chip, Interface.CONTACT, data[1:])


def damaged_tap(data: bytes) -> None:
    card = _card(CARDS[data[0] % len(CARDS)] if data else CARDS[0])
    _paid_or_refused(card, card.contactless, Interface.CONTACTLESS, data[1:])


class Telling(Scripted):
    """A card of one application whose FCI, answer to GET PROCESSING OPTIONS and one record hold what they are given."""

    def __init__(self, fci: bytes, options: bytes, record: bytes) -> None:
        super().__init__([])
        name = tlv.encode(0x84, bytes.fromhex("A0000000031010"))
        self._answers_to = {
            0xA4: tlv.encode(0x6F, name + tlv.encode(0xA5, fci)),
            0xA8: tlv.encode(0x77, options),
            0xB2: tlv.encode(0x70, record),
        }

    def transmit(self, apdu: bytes, /) -> bytes:
        super().transmit(apdu)
        answer = self._answers_to.get(apdu[1], b"")
        return answer + b"\x90\x00" if len(answer) <= 256 else b"\x67\x00"


def told_data(data: bytes) -> None:
    interface = Interface.CONTACT if data[:1] < b"\x80" else Interface.CONTACTLESS
    fci, options, record, *_ = (*parts(data[1:]), b"", b"", b"")
    terminal = Terminal(configuration(), pins=["1234"] * 20)
    outcome = terminal.pay(Telling(fci, options, record), terminal.request(interface))
    assert outcome.verdict is not Verdict.APPROVED or outcome.went_online or terminal.asked_for_tc


def issuer_answer(data: bytes) -> None:
    """The issuer's DE 55 is `data`; the card has the last word."""
    card = _card("visa-credit")
    terminal = Terminal(configuration(), host=lambda _: HostDecision(response_code="00", icc_data=data))
    outcome = terminal.chip(card)
    assert outcome.went_online
    assert outcome.verdict in (Verdict.APPROVED, Verdict.DECLINED)


VISA = "6F188407A0000000031010A50D500B56495341204352454449549000"
RANDOM_CARD = joined(
    "6A82", VISA, "6A82", "6A82", "6A82", VISA,
    "770E82021800940808010100100101009000",
    "70185A0841111111111111115F24033003318C069F02069F37049000",
    "70158D028A028E0A00000000000000001F005F280201249000",
    "77149F2701809F360200019F260811223344556677889000", "77149F2701409F360200019F260811223344556677889000",
)  # fmt: skip

TAPPED = joined(
    FCI, VISA, "773B8202004094040801010057114111111111111111D3003201123456789F"
    "9F2701809F360200019F260811223344556677889F10029F6C9F6C0200009000",
    "70185A0841111111111111115F24033003318C069F02069F37049000",
)  # fmt: skip

RECORD = (
    "57114111111111111111D300320112345678905A0841111111111111115F24033003315F25032001015F280201245F340101"
    "9F0702FF008E0A00000000000000001F008C069F02069F37048D028A029F0D05F840AC8000"
)  # fmt: skip
TOLD = joined("5004564953419F38039F1A025F2D02656E", "82021800940408010100", RECORD)
ANSWERED = (
    "910A00112233445566773030",
    "711A9F180400000001861184DA9F580A0000000000000000000000",
    "720F9F180400000002860684160000000086",
)

TARGETS = (
    Target("TLV", objects, (TlvError,), (FCI, "9F0206000000001000", "7081800000")),
    Target("one TLV", one_object, (TlvError,), ("70035A0141",)),
    Target("DOL", data_object_list, (DolError,), ("9F02069F03069F1A0295055F2A029A039C019F3704", "9F6604")),
    Target("PIN block", pin_block, (PinBlockError,), ("00041225EEEEEEEEEE", "80241234FFFFFFFFFF")),
    Target("mask_rapdu", shown_answer, (), (FCI, "70105A0841111111111111115F24033003319000")),
    Target("mask_capdu", shown_command, (), ("00A404000E325041592E5359532E444446303100", "80AE8000021122", "00A4040008" + "41" * 8)),
    Target("kernel with a random card", random_card, (), ("00" + RANDOM_CARD, "80" + TAPPED)),
    Target("kernel with a damaged card", damaged_card, (), ("00", "01" + "0000" * 4 + "1201", "02" + "0000" * 5 + "0580")),
    Target("kernel with a damaged tap", damaged_tap, (), ("00", "01" + "0000" * 6 + "0220", "02" + "0000" * 5 + "0580")),
    Target("FCI and records", told_data, (), ("00" + TOLD, "80" + TOLD)),
    Target("issuer's DE 55", issuer_answer, (), ANSWERED),
)  # fmt: skip
