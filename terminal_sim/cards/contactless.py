"""The contactless face of a virtual card, with its cryptogram where the face says.

The order is SELECT 2PAY.SYS.DDF01, SELECT of an AID, GET PROCESSING OPTIONS, READ RECORD, and on a card whose cryptogram comes from
GENERATE AC (EMV Books C-2 and C-4) that command, once; anything else is answered 6985.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from terminal_sim.cards import certifying, layout
from terminal_sim.cards.command import CardCommand, Refusal, answer
from terminal_sim.cards.faces import ContactlessFace
from terminal_sim.cards.memory import Memory
from terminal_sim.cards.personality import Personality
from terminal_sim.cards.results import CardFacts
from terminal_sim.cards.schemes import Scheme, scheme_of
from terminal_sim.emv.data import apdu, dol, qualifiers, tags, tlv
from terminal_sim.emv.data.apdu import Cryptogram, Instruction, StatusWord
from terminal_sim.emv.data.dol import DolError
from terminal_sim.emv.data.fields import FormatError, digits

_FAST_DDA_VERSION: Final = b"\x01"


class ContactlessCard:
    """Answers APDUs as the antenna face of `personality`. `memory` is shared with the chip."""

    def __init__(self, personality: Personality, face: ContactlessFace, memory: Memory) -> None:
        self._face = face
        self._memory = memory
        self._atr = layout.contactless_atr(bytes.fromhex(face.historical))
        self._layout = layout.contactless(personality, face)
        self._scheme: Scheme | None = None
        self._initiated = False
        self._to_certify = False
        self._sent = b""
        self._locked = face.consent
        self._handlers: dict[int, Callable[[CardCommand], bytes]] = {
            Instruction.SELECT: self._select,
            Instruction.READ_RECORD: self._read_record,
            Instruction.GET_PROCESSING_OPTIONS: self._get_processing_options,
        }
        if face.cryptogram == "generate-ac":
            self._handlers[Instruction.GENERATE_AC] = self._generate_ac

    @property
    def atr(self) -> bytes:
        return self._atr

    def reset(self) -> bytes:
        """The card enters the field: what PC/SC shows as its ATR."""
        self._scheme, self._initiated, self._to_certify = None, False, False
        return self._atr

    def transmit(self, apdu: bytes) -> bytes:
        """The R-APDU, status word included; what the card remembers is durable by then."""
        response = answer(apdu, self._handlers)
        self._memory.settle()
        return response

    def response_time(self, _: bytes) -> int:
        """How long an answer takes, in microseconds."""
        return self._face.response_ms * 1_000

    def _select(self, command: CardCommand) -> bytes:
        """SELECT of the directory or of an application by its whole AID (Book B, 3.3)."""
        if command.p1 != 0x04 or command.p2:
            raise Refusal(StatusWord.WRONG_PARAMETERS)
        self._scheme, self._initiated, self._to_certify = None, False, False
        if self._memory.blocked == "card":
            raise Refusal(StatusWord.NO_FUNCTION)
        if command.data == apdu.PPSE:
            return self._layout.directory
        for aid, fci in self._layout.applications:
            if command.data == aid:
                self._scheme = scheme_of(aid)
                return fci
        raise Refusal(StatusWord.NOT_FOUND)

    def _get_processing_options(self, command: CardCommand) -> bytes:
        """GET PROCESSING OPTIONS, answered with the ARQC of a new transaction; 6984 sends it to the contacts, 6986 to the owner (Book C-3, 4.2)."""
        if self._scheme is None or self._initiated:
            raise Refusal(StatusWord.CONDITIONS)
        if self._locked:
            self._locked = False
            raise Refusal(StatusWord.NOT_ALLOWED)
        values = layout.pdol_values(self._layout.pdol, command.data)
        if self._face.contact_above is not None and _amount(values) > self._face.contact_above:
            raise Refusal(StatusWord.REFERENCE_UNUSABLE)
        self._memory.begin()
        self._initiated = True
        self._sent = command.data[2:]
        if self._face.cryptogram == "generate-ac":
            self._to_certify = True
            return tlv.encode(tags.RESPONSE_FORMAT_2, self._layout.fixed)
        kind = Cryptogram.AAC if self._memory.blocked else self._first_word(values)
        wishes = self._qualifiers(values[tags.TTQ])
        fresh = tlv.join(self._certify(self._scheme, kind, values)) + tlv.encode(tags.CTQ, wishes)
        if self._face.oda == "dda":
            fresh += self._fast_signature(values, wishes)
        return tlv.encode(tags.RESPONSE_FORMAT_2, self._layout.fixed + fresh)

    def _first_word(self, values: dict[int, bytes]) -> Cryptogram:
        """A TC within the card's own limits where the terminal does not want the issuer asked, else an ARQC."""
        if values[tags.TTQ][1] & qualifiers.TTQ2_ONLINE_CRYPTOGRAM or not self._is_within_limits(values):
            return Cryptogram.ARQC
        return Cryptogram.TC

    def _is_within_limits(self, values: dict[int, bytes]) -> bool:
        """Whether the card approves by itself; the payment counts at once."""
        limits = self._face.offline
        return limits is not None and self._memory.spend(_amount(values), limits.payments, limits.amount)

    def _fast_signature(self, values: dict[int, bytes], wishes: bytes) -> bytes:
        """9F69 and 9F4B of fast DDA (Book C-3, annex C): the counter is the dynamic number, and the wishes are signed along."""
        unpredictable = values[tags.UNPREDICTABLE_NUMBER]
        authentication = _FAST_DDA_VERSION + self._memory.random(b"fast", unpredictable)[:4] + wishes
        number = b"\x02" + self._memory.counter
        covered = unpredictable + values[tags.AMOUNT] + values[tags.CURRENCY] + authentication
        return tlv.join(
            (
                (tags.CARD_AUTHENTICATION_DATA, authentication),
                (tags.SIGNED_DYNAMIC_DATA, certifying.signature(number, covered, self._face.oda_fault)),
            )
        )

    def _generate_ac(self, command: CardCommand) -> bytes:
        """GENERATE AC, once: a decline as asked, else an ARQC, since the issuer is to decide (Book 3, 6.5.5)."""
        if not self._to_certify or self._scheme is None:
            raise Refusal(StatusWord.CONDITIONS)
        asked, combined = certifying.requested(command, signs=self._face.oda == "cda")
        try:
            values = dol.read(layout.CERTIFIED_BY_TERMINAL, command.data)
        except DolError:
            raise Refusal(StatusWord.WRONG_LENGTH) from None
        self._to_certify = False
        kind = self._answer_to(asked, values)
        objects = self._certify(self._scheme, kind, values)
        if not certifying.signs(combined, asked, kind):
            return tlv.encode(tags.RESPONSE_FORMAT_2, tlv.join(objects))
        return self._combined(kind, objects, command.data, values[tags.UNPREDICTABLE_NUMBER])

    def _answer_to(self, asked: Cryptogram, values: dict[int, bytes]) -> Cryptogram:
        if asked is Cryptogram.AAC or self._memory.blocked:
            return Cryptogram.AAC
        within = asked is Cryptogram.TC and self._is_within_limits(values)
        return Cryptogram.TC if within else Cryptogram.ARQC

    def _combined(
        self, kind: Cryptogram, objects: Sequence[tuple[int, bytes]], data: bytes, unpredictable: bytes
    ) -> bytes:
        """The answer of CDA: a TC or an ARQC stands in the signature alone (Book 2, 6.6.1)."""
        made = dict(objects)[tags.CRYPTOGRAM]
        hidden = tags.CRYPTOGRAM if kind is not Cryptogram.AAC else 0
        answered = tlv.join(one for one in objects if one[0] != hidden)
        return certifying.combined_answer(
            self._memory,
            kind,
            made,
            sent=self._sent + data,
            answered=answered,
            unpredictable=unpredictable,
            fault=self._face.oda_fault,
        )

    def _certify(
        self, scheme: Scheme, kind: Cryptogram, values: dict[int, bytes]
    ) -> tuple[tuple[int, bytes], ...]:
        """The cryptogram over `values` with what belongs to it, as data objects."""
        made, data = certifying.certified(
            scheme.version, self._memory, self._layout.aip, CardFacts(first=kind), values
        )
        return (
            (tags.ISSUER_APPLICATION_DATA, data),
            (tags.CRYPTOGRAM, made),
            (tags.CRYPTOGRAM_INFORMATION, bytes((kind,))),
            (tags.ATC, self._memory.counter),
        )

    def _qualifiers(self, ttq: bytes) -> bytes:
        """The CTQ: verified on the device, or the first of the card's methods that the terminal supports, where the terminal wants one."""
        if "on-device" in self._face.cvm:
            return bytes((0, qualifiers.CTQ2_ON_DEVICE))
        if ttq[1] & qualifiers.TTQ2_CVM_REQUIRED:
            for method in self._face.cvm:
                if method == "online-pin" and ttq[0] & qualifiers.TTQ1_ONLINE_PIN:
                    return bytes((qualifiers.CTQ1_ONLINE_PIN, 0))
                if method == "signature" and ttq[0] & qualifiers.TTQ1_SIGNATURE:
                    return bytes((qualifiers.CTQ1_SIGNATURE, 0))
        return bytes(2)

    def _read_record(self, command: CardCommand) -> bytes:
        """READ RECORD by number and SFI (Book 1, 11.2)."""
        if not self._initiated:
            raise Refusal(StatusWord.CONDITIONS)
        if command.p2 & 0x07 != 0x04:
            raise Refusal(StatusWord.WRONG_PARAMETERS)
        place = command.p2 >> 3, command.p1
        record = self._layout.records.get(place) or self._layout.certificates().get(place)
        if record is None:
            raise Refusal(StatusWord.RECORD_NOT_FOUND)
        return record


def _amount(values: dict[int, bytes]) -> int:
    try:
        return int(digits(values[tags.AMOUNT]))
    except FormatError:
        raise Refusal(StatusWord.WRONG_DATA) from None
