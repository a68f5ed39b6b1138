"""A contactless card for tests that really signs, with the private keys of a public test chain; it shares no code with the kernels."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from terminal_sim.emv.data import tlv
from terminal_sim.emv.kernels.transaction import transaction
from terminal_sim.emv.talk.answers import (
    Amounts,
    CardGone,
    FoundTorn,
    HostDecision,
    ListedCard,
    Loss,
    ResponseApdu,
)
from terminal_sim.emv.talk.asks import Command, FindException, FindTorn, GoOnline, Show
from terminal_sim.emv.talk.config import Application, CaKey, KernelConfig
from terminal_sim.emv.talk.conversation import KernelAnswer, KernelAsk
from terminal_sim.emv.talk.outcome import Outcome
from terminal_sim.emv.talk.request import Interface, Request
from terminal_sim.emv.talk.torn import TornTransaction
from tests.emv.terminal import Terminal, configuration

FOLDER = Path(__file__).parents[1] / "vectors" / "emv"
CHAIN: dict[str, Any] = json.loads((FOLDER / "certificates.json").read_text("utf-8"))["vectors"][2]
KEYS = {name.split("_")[0]: key for name, key in CHAIN["private_keys"].items()}
AID = bytes.fromhex("AFFFFFFFFF1234")
PAN, EXPIRY = bytes.fromhex("1234560012345608"), bytes.fromhex("301231")
TRACK_2 = bytes.fromhex("1234560012345608D30122010000000000")
ATC, CRYPTOGRAM = bytes.fromhex("0102"), bytes.fromhex("1122334455667788")
IAD = bytes.fromhex("06011203A00000")
TODAY = "261121"


@cache
def applied(key: str, frame: bytes) -> bytes:
    """The private operation of the chain's key `ca`, `issuer` or `icc`."""
    modulus = int(KEYS[key]["modulus"], 16)
    return pow(int.from_bytes(frame), int(KEYS[key]["private_exponent"], 16), modulus).to_bytes(
        len(KEYS[key]["modulus"]) // 2
    )


def framed(key: str, content: bytes, outside: bytes) -> bytes:
    """`content`, from its format on, signed with `key`; `outside` is hashed and not signed along (Book 2, annex A2.1)."""
    size = len(KEYS[key]["modulus"]) // 2
    filled = content.ljust(size - 22, b"\xbb")
    return applied(key, b"\x6a" + filled + hashlib.sha1(filled + outside).digest() + b"\xbc")


def signed_dynamic(data: bytes, outside: bytes) -> bytes:
    """9F4B over the ICC dynamic data `data` (Book 2, table 17)."""
    return framed("icc", bytes((5, 1, len(data))) + data, outside)


def _icc_certificate(static: bytes) -> tuple[bytes, bytes]:
    """The certificate of the card's key over `static`, and the remainder of the key (Book 2, table 14)."""
    modulus, exponent = bytes.fromhex(KEYS["icc"]["modulus"]), bytes.fromhex(KEYS["icc"]["public_exponent"])
    room = len(KEYS["issuer"]["modulus"]) // 2 - 42
    head = bytes.fromhex("04") + PAN.ljust(10, b"\xff") + bytes.fromhex("12290000010101")
    head += bytes((len(modulus), len(exponent))) + modulus[:room].ljust(room, b"\xbb")
    return framed("issuer", head, modulus[room:] + exponent + static), modulus[room:]


def _issuer() -> bytes:
    """The record with the certificate of the issuer's key."""
    found: dict[int, bytes] = {}
    for record in CHAIN["records"].values():
        found |= dict(tlv.split(tlv.only(bytes.fromhex(record), 0x70)))
    return tlv.join((tag, found[tag]) for tag in (0x8F, 0x90, 0x92, 0x9F32) if tag in found)


@dataclass
class TapCard:
    """One application with one signed record; `gpo` are more objects of its answer to GET PROCESSING OPTIONS, where `fast` signs it too.

    `program` is its 9F5A. `recoverable` is a GENERATE AC that it got before it was torn away. `rest` stands behind the signed data of CDA. `answers` replaces the answer to an instruction, once each, in order; None there is a card
    that has left.
    """

    aip: str = "2080"
    pdol: str = "9F66049F02069F03069F1A0295055F2A029A039C019F3704"
    cdol: str = ""
    program: str = ""
    record: dict[int, bytes] = field(default_factory=dict)
    gpo: dict[int, bytes] = field(default_factory=dict)
    fast: bool = False
    kind: int = 0x80
    rest: bytes = b""
    spoilt: bool = False
    recoverable: bytes = b""
    answers: dict[int, list[bytes | None]] = field(default_factory=dict)
    said: list[bytes] = field(default_factory=list)
    sent: bytes = b""

    def transmit(self, apdu: bytes, /) -> bytes:
        self.said.append(apdu)
        scripted = self.answers.get(apdu[1], [])
        if scripted:
            answer = scripted.pop(0)
            if answer is None:
                raise LookupError("the card has left")
            return answer
        return self._own(apdu) + b"\x90\x00"

    def _own(self, apdu: bytes) -> bytes:
        data = apdu[5 : 5 + apdu[4]]
        match apdu[1]:
            case 0xA4 if data == b"2PAY.SYS.DDF01":
                entry = tlv.encode(0x61, tlv.encode(0x4F, AID))
                return self._fci(data, tlv.encode(0xBF0C, entry))
            case 0xA4:
                asked = tlv.encode(0x9F38, bytes.fromhex(self.pdol)) if self.pdol else b""
                program = tlv.encode(0x9F5A, bytes.fromhex(self.program)) if self.program else b""
                return self._fci(AID, asked + (tlv.encode(0xBF0C, program) if program else b""))
            case 0xA8:
                self.sent = data[2:]
                return self._options()
            case 0xB2:
                return tlv.encode(0x70, (self._signed, _issuer, self._icc)[apdu[2] - 1]())
            case 0xEA:
                return tlv.encode(0x80, bytes.fromhex("A1A2A3A4000A00140018"))
            case 0xD0:
                self.sent = self.sent + self.recoverable[5:-1]
                return self._cryptogram(self.recoverable[2])
            case _:
                self.sent += data
                return self._cryptogram(apdu[2])

    def _fci(self, name: bytes, inner: bytes) -> bytes:
        return tlv.encode(0x6F, tlv.encode(0x84, name) + tlv.encode(0xA5, inner))

    def _signed(self) -> bytes:
        objects = {0x5A: PAN, 0x5F24: EXPIRY}
        if self.cdol:
            objects |= {0x8C: bytes.fromhex(self.cdol)}
        return tlv.join((objects | self.record).items())

    def _icc(self) -> bytes:
        certificate, remainder = _icc_certificate(self._signed())
        objects = {0x9F46: certificate, 0x9F47: bytes.fromhex(KEYS["icc"]["public_exponent"])}
        return tlv.join((objects | ({0x9F48: remainder} if remainder else {})).items())

    def _options(self) -> bytes:
        objects = {0x82: bytes.fromhex(self.aip), 0x94: bytes.fromhex("08010301")}
        if not self.cdol:
            objects |= {
                0x57: TRACK_2,
                0x9F10: IAD,
                0x9F26: CRYPTOGRAM,
                0x9F36: ATC,
                0x9F27: bytes((self.kind,)),
            }
        objects |= self.gpo
        if self.fast:
            objects[0x9F4B] = self._fast_signature()
        return tlv.encode(0x77, tlv.join(objects.items()))

    def _fast_signature(self) -> bytes:
        unpredictable, amount, currency = self.sent[-4:], self.sent[4:10], self.sent[23:25]
        more = self.record.get(0x9F69, self.gpo.get(0x9F69, b""))
        outside = unpredictable + amount + currency + more if more[:1] == b"\x01" else unpredictable
        return signed_dynamic(b"\x02" + (bytes(2) if self.spoilt else ATC), outside)

    def _cryptogram(self, p1: int) -> bytes:
        asked = p1 & 0xC0
        kind = asked and (0x80 if 0x80 in (asked, self.kind) else self.kind)
        objects = {0x9F27: bytes((kind,)), 0x9F36: ATC}
        if not p1 & 0x10:
            return tlv.encode(0x77, tlv.join({**objects, 0x9F26: CRYPTOGRAM, 0x9F10: IAD}.items()))
        objects[0x9F10] = IAD
        covered = hashlib.sha1(self.sent + tlv.join(objects.items())).digest()
        data = (
            b"\x02" + ATC + bytes((kind,)) + CRYPTOGRAM + (bytes(20) if self.spoilt else covered) + self.rest
        )
        signature = signed_dynamic(data, bytes.fromhex("12345678"))
        return tlv.encode(0x77, tlv.join({**objects, 0x9F4B: signature}.items()))


STRIPE = "5123456789012345D35121010000000000000F"


@dataclass
class StripeCard:
    """A card without EMV mode: one record, and CVC3 7330 (29488) with the counter 94."""

    aip: str = "0000"
    record: dict[int, str] = field(default_factory=dict)
    answer: dict[int, str] = field(default_factory=lambda: {0x9F61: "7330", 0x9F36: "005E"})
    sent: bytes = b""

    def transmit(self, apdu: bytes, /) -> bytes:
        data = apdu[5 : 5 + apdu[4]]
        match apdu[1]:
            case 0xA4 if data == b"2PAY.SYS.DDF01":
                entry = tlv.encode(0xBF0C, tlv.encode(0x61, tlv.encode(0x4F, AID)))
                return self._fci(data, entry)
            case 0xA4:
                return self._fci(AID, b"")
            case 0xA8:
                options = {0x82: self.aip, 0x94: "08010100"}
                return self._template(0x77, options)
            case 0xB2:
                usual = {0x9F6B: STRIPE, 0x9F65: "000E", 0x9F66: "0E70", 0x9F67: "03"}
                return self._template(0x70, usual | self.record)
            case 0x2A if apdu[:4] == bytes.fromhex("802A8E80"):
                self.sent = data
                return self._template(0x77, self.answer)
            case _:
                return b"\x6d\x00"

    def _fci(self, name: bytes, inner: bytes) -> bytes:
        return tlv.encode(0x6F, tlv.encode(0x84, name) + tlv.encode(0xA5, inner)) + b"\x90\x00"

    def _template(self, tag: int, objects: dict[int, str]) -> bytes:
        stated = [(each, bytes.fromhex(value)) for each, value in objects.items() if value]
        return tlv.encode(tag, tlv.join(stated)) + b"\x90\x00"


def ca_key() -> CaKey:
    key = KEYS["ca"]
    return CaKey(
        rid=AID[:5],
        index=int(CHAIN["capk"]["index"], 16),
        modulus=bytes.fromhex(key["modulus"]),
        exponent=int(key["public_exponent"], 16),
    )


def taking(kernel: int, *elements: tuple[int, str], **changes: Any) -> KernelConfig:
    """A terminal that takes the card by `kernel`, offline up to a floor limit of 100.00."""
    application = Application(
        aid=AID,
        brand="test",
        kernel=kernel,
        floor_limit=10_000,
        elements=tuple((tag, bytes.fromhex(value)) for tag, value in elements),
    )
    config = replace(
        configuration(),
        applications=(application,),
        ca_keys=(ca_key(),),
        capabilities=bytes.fromhex("E060C8"),
    )
    return replace(config, **changes)


def taken(
    config: KernelConfig,
    card: TapCard,
    *,
    request: Request | None = None,
    took: int = 0,
    torn: TornTransaction | None = None,
) -> tuple[Outcome, list[KernelAsk]]:
    """The outcome and all that was asked; each command takes `took` microseconds, and the terminal has `torn` in its log."""
    conversation = transaction(config, request or Terminal(config).request(Interface.CONTACTLESS))
    asks: list[KernelAsk] = []
    try:
        ask = next(conversation)
        while True:
            asks.append(ask)
            ask = conversation.send(_answer(card, ask, took, torn))
    except StopIteration as end:
        outcome: Outcome = end.value
        return outcome, asks


def _answer(card: TapCard, ask: KernelAsk, took: int, torn: TornTransaction | None) -> KernelAnswer:
    match ask:
        case Command():
            try:
                return ResponseApdu(card.transmit(ask.apdu), took)
            except LookupError:
                return CardGone(Loss.REMOVED)
        case Show():
            return None
        case FindTorn():
            return FoundTorn(torn)
        case FindException():
            return ListedCard(False)
        case GoOnline():
            return HostDecision(response_code="00")
    return Amounts(0)
