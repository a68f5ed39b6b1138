"""The contactless face of a virtual card: the shortest path of EMV Book C-3, its cryptogram in GET PROCESSING OPTIONS.

The order is SELECT 2PAY.SYS.DDF01, SELECT of an AID, GET PROCESSING OPTIONS, READ RECORD; anything else is answered 6985.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from terminal_sim.cards import layout
from terminal_sim.cards.command import CardCommand, Refusal, answer
from terminal_sim.cards.faces import ContactlessFace
from terminal_sim.cards.memory import Memory
from terminal_sim.cards.personality import Personality
from terminal_sim.emv.data import apdu, qualifiers, tags, tlv
from terminal_sim.emv.data.apdu import Cryptogram, Instruction, StatusWord
from terminal_sim.emv.data.fields import FormatError, digits
from terminal_sim.emv.keys import crypto

_CVR_ARQC: Final = 0xA0


class ContactlessCard:
    """Answers APDUs as the antenna face of `personality`. `memory` is shared with the chip."""

    def __init__(self, personality: Personality, face: ContactlessFace, memory: Memory) -> None:
        self._face = face
        self._memory = memory
        self._atr = layout.contactless_atr(bytes.fromhex(face.historical))
        self._layout = layout.contactless(personality, face)
        self._selected = False
        self._initiated = False
        self._handlers: dict[int, Callable[[CardCommand], bytes]] = {
            Instruction.SELECT: self._select,
            Instruction.READ_RECORD: self._read_record,
            Instruction.GET_PROCESSING_OPTIONS: self._get_processing_options,
        }

    @property
    def atr(self) -> bytes:
        return self._atr

    def reset(self) -> bytes:
        """The card enters the field: what PC/SC shows as its ATR."""
        self._selected = self._initiated = False
        return self._atr

    def transmit(self, apdu: bytes) -> bytes:
        """The R-APDU, status word included."""
        return answer(apdu, self._handlers)

    def _select(self, command: CardCommand) -> bytes:
        """SELECT of the directory or of an application by its whole AID (Book B, 3.3)."""
        if command.p1 != 0x04 or command.p2:
            raise Refusal(StatusWord.WRONG_PARAMETERS)
        self._selected = self._initiated = False
        if command.data == apdu.PPSE:
            return self._layout.directory
        for aid, fci in self._layout.applications:
            if command.data == aid:
                self._selected = True
                return fci
        raise Refusal(StatusWord.NOT_FOUND)

    def _get_processing_options(self, command: CardCommand) -> bytes:
        """GET PROCESSING OPTIONS, answered with the ARQC of a new transaction; 6984 sends it to the contacts (Book C-3, 4.2)."""
        if not self._selected or self._initiated:
            raise Refusal(StatusWord.CONDITIONS)
        values = layout.pdol_values(layout.CONTACTLESS_PDOL, command.data)
        if self._face.contact_above is not None and _amount(values) > self._face.contact_above:
            raise Refusal(StatusWord.REFERENCE_UNUSABLE)
        values[tags.ATC] = self._memory.begin()
        values[tags.AIP] = self._layout.aip
        self._initiated = True
        data = crypto.issuer_application_data(0x01, bytes((_CVR_ARQC, 0, 0)))
        certified = crypto.certified(values, crypto.verification_results(data))
        fresh = tlv.join(
            (
                (tags.ISSUER_APPLICATION_DATA, data),
                (tags.CRYPTOGRAM, crypto.cryptogram(self._memory.session(), certified)),
                (tags.CRYPTOGRAM_INFORMATION, bytes((Cryptogram.ARQC,))),
                (tags.ATC, self._memory.counter),
                (tags.CTQ, self._qualifiers(values[tags.TTQ])),
            )
        )
        return tlv.encode(tags.RESPONSE_FORMAT_2, self._layout.fixed + fresh)

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
        record = self._layout.records.get((command.p2 >> 3, command.p1))
        if record is None:
            raise Refusal(StatusWord.RECORD_NOT_FOUND)
        return record


def _amount(values: dict[int, bytes]) -> int:
    try:
        return int(digits(values[tags.AMOUNT]))
    except FormatError:
        raise Refusal(StatusWord.WRONG_DATA) from None
