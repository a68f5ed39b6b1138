"""The contact face of a virtual card: an EMV application with cryptograms of its own (EMV Books 1 to 3).

| phase      | begins with            | allows                                            |
|------------|------------------------|---------------------------------------------------|
| DIRECTORY  | SELECT 1PAY.SYS.DDF01  | READ RECORD                                       |
| SELECTED   | SELECT of an AID       | GET PROCESSING OPTIONS                            |
| INITIATED  | GET PROCESSING OPTIONS | READ RECORD, VERIFY, first GENERATE AC            |
| REQUESTED  | an ARQC                | EXTERNAL AUTHENTICATE once, second GENERATE AC    |
| FINISHED   | a TC or an AAC         | SELECT                                            |

A command out of its order is answered 6985. The counter rises with GET PROCESSING OPTIONS and outlives every reset.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from terminal_sim.cards import layout
from terminal_sim.cards.command import CardCommand, Refusal, answer
from terminal_sim.cards.faces import ChipFace
from terminal_sim.cards.memory import Memory
from terminal_sim.cards.personality import Personality
from terminal_sim.emv.data import apdu, dol, tags, tlv
from terminal_sim.emv.data.apdu import Cryptogram, Instruction, StatusWord
from terminal_sim.emv.data.dol import DolError
from terminal_sim.emv.data.response_code import APPROVALS
from terminal_sim.emv.keys import crypto, pinblock
from terminal_sim.emv.keys.pinblock import PinBlockError
from terminal_sim.secret import Secret


class Phase(Enum):
    """What the card has done since its reset; the table above lists what each phase allows."""

    IDLE = "idle"
    DIRECTORY = "directory"
    SELECTED = "selected"
    INITIATED = "initiated"
    REQUESTED = "requested"
    FINISHED = "finished"


_CVR_SECOND: Final = {None: 0x80, Cryptogram.AAC: 0x00, Cryptogram.TC: 0x40}
_CVR_FIRST: Final = {Cryptogram.AAC: 0x00, Cryptogram.ARQC: 0x20}
_CVR_AUTHENTICATION_FAILED: Final = 0x08
_CVR_PIN_CHECKED: Final = 0x04
_CVR_PIN_WRONG: Final = 0x02


@dataclass(frozen=True, slots=True)
class ChipState:
    """What a chip knows while it has power: where it stands in its transaction, and what it has checked so far."""

    phase: Phase
    application: int
    arqc: bytes
    pin_checked: bool
    pin_right: bool
    authenticated: bool | None
    authenticated_code: bytes


class ChipCard:
    """Answers APDUs as the chip of `personality`. `memory` is what survives a reset."""

    def __init__(self, personality: Personality, chip: ChipFace, memory: Memory) -> None:
        self._personality = personality
        self._chip = chip
        self._memory = memory
        self._atr = layout.chip_atr(bytes.fromhex(chip.historical))
        self._layout = layout.chip(personality, chip)
        self._handlers: dict[int, Callable[[CardCommand], bytes]] = {
            Instruction.SELECT: self._select,
            Instruction.READ_RECORD: self._read_record,
            Instruction.GET_PROCESSING_OPTIONS: self._get_processing_options,
            Instruction.GENERATE_AC: self._generate_ac,
            Instruction.GET_DATA: self._get_data,
            Instruction.EXTERNAL_AUTHENTICATE: self._external_authenticate,
            Instruction.VERIFY: self._verify,
        }
        self._forget()

    @property
    def atr(self) -> bytes:
        return self._atr

    def reset(self) -> bytes:
        """Power on: the ATR. All but the memory is forgotten."""
        self._forget()
        return self._atr

    def transmit(self, apdu: bytes) -> bytes:
        """The R-APDU, status word included."""
        return answer(apdu, self._handlers)

    def _forget(self) -> None:
        self._phase = Phase.IDLE
        self._application = -1
        self._arqc = b""
        self._pin_checked = False
        self._pin_right = False
        self._authenticated: bool | None = None
        self._authenticated_code = b""

    def snapshot(self) -> ChipState:
        return ChipState(
            self._phase,
            self._application,
            self._arqc,
            self._pin_checked,
            self._pin_right,
            self._authenticated,
            self._authenticated_code,
        )

    def resume(self, state: ChipState) -> None:
        """Stand where the chip stood that gave `state`, as if no power had been away."""
        self._phase = state.phase
        self._application = state.application
        self._arqc = state.arqc
        self._pin_checked, self._pin_right = state.pin_checked, state.pin_right
        self._authenticated, self._authenticated_code = state.authenticated, state.authenticated_code

    def _select(self, command: CardCommand) -> bytes:
        """SELECT by DF name (Book 1, 11.3): the directory, or the first, with P2 02 the next, application that the name begins."""
        if self._chip.blocked == "card":
            raise Refusal(StatusWord.NO_FUNCTION)
        if command.p1 != 0x04 or command.p2 not in (0x00, 0x02):
            raise Refusal(StatusWord.WRONG_PARAMETERS)
        if command.data == apdu.PSE and self._chip.directory:
            self._forget()
            self._phase = Phase.DIRECTORY
            return self._layout.directory
        start = self._application + 1 if command.p2 == 0x02 else 0
        for index in range(start, len(self._layout.applications)):
            aid, fci = self._layout.applications[index]
            if command.data and aid.startswith(command.data):
                self._forget()
                self._application = index
                self._phase = Phase.SELECTED
                if self._chip.blocked == "application":
                    raise Refusal(StatusWord.FILE_BLOCKED)
                return fci
        raise Refusal(StatusWord.NOT_FOUND)

    def _read_record(self, command: CardCommand) -> bytes:
        """READ RECORD by number and SFI (Book 1, 11.2)."""
        if command.p2 & 0x07 != 0x04:
            raise Refusal(StatusWord.WRONG_PARAMETERS)
        if self._phase is Phase.DIRECTORY:
            files = self._layout.directory_records
        elif self._phase in (Phase.INITIATED, Phase.REQUESTED):
            files = self._layout.records
        else:
            raise Refusal(StatusWord.CONDITIONS)
        record = files.get((command.p2 >> 3, command.p1))
        if record is None:
            raise Refusal(StatusWord.RECORD_NOT_FOUND)
        return record

    def _get_processing_options(self, command: CardCommand) -> bytes:
        """GET PROCESSING OPTIONS (Book 3, 6.5.8): begins a transaction, and answers with AIP and AFL."""
        if self._phase is not Phase.SELECTED:
            raise Refusal(StatusWord.CONDITIONS)
        layout.pdol_values(self._layout.pdol, command.data)
        self._memory.begin()
        self._phase = Phase.INITIATED
        return self._layout.options

    def _generate_ac(self, command: CardCommand) -> bytes:
        """GENERATE AC, first and second (Book 3, 6.5.5)."""
        if self._phase not in (Phase.INITIATED, Phase.REQUESTED):
            raise Refusal(StatusWord.CONDITIONS)
        if command.p1 & 0x3F or command.p1 == 0xC0 or command.p2:
            raise Refusal(StatusWord.WRONG_PARAMETERS)
        asked = Cryptogram(command.p1)
        second = self._phase is Phase.REQUESTED
        try:
            values = dol.read(self._layout.cdol2 if second else self._layout.cdol1, command.data)
        except DolError:
            raise Refusal(StatusWord.WRONG_LENGTH) from None
        kind = self._last_word(asked, values) if second else self._first_word(asked)
        self._phase = Phase.REQUESTED if kind is Cryptogram.ARQC else Phase.FINISHED
        return self._certify(kind, second, values)

    def _first_word(self, asked: Cryptogram) -> Cryptogram:
        """The card certifies a decline as asked; where the terminal would approve, it asks for the issuer's decision (ARQC), or declines."""
        return Cryptogram.AAC if asked is Cryptogram.AAC or self._chip.declines else Cryptogram.ARQC

    def _last_word(self, asked: Cryptogram, values: dict[int, bytes]) -> Cryptogram:
        """A TC only where the terminal asks for one and the issuer's authenticated answer, where there is one, approves."""
        if asked is not Cryptogram.TC:
            return Cryptogram.AAC
        code = values[tags.AUTHORISATION_RESPONSE_CODE]
        if tags.ISSUER_AUTHENTICATION_DATA in values and any(values[tags.ISSUER_AUTHENTICATION_DATA]):
            self._check_issuer(values[tags.ISSUER_AUTHENTICATION_DATA])
        if self._authenticated is None:
            return Cryptogram.AAC if self._chip.insist else Cryptogram.TC
        approved = self._authenticated_code.decode("latin-1") in APPROVALS
        return (
            Cryptogram.TC
            if self._authenticated and approved and code == self._authenticated_code
            else Cryptogram.AAC
        )

    def _certify(self, kind: Cryptogram, second: bool, values: dict[int, bytes]) -> bytes:
        first_kind = Cryptogram.ARQC if second or kind is Cryptogram.ARQC else Cryptogram.AAC
        results = _CVR_SECOND[kind if second else None] | _CVR_FIRST[first_kind]
        if self._authenticated is False:
            results |= _CVR_AUTHENTICATION_FAILED
        if self._pin_checked:
            results |= _CVR_PIN_CHECKED if self._pin_right else _CVR_PIN_CHECKED | _CVR_PIN_WRONG
        data = crypto.issuer_application_data(0x01, bytes((results, 0, 0)))
        values = values | {tags.AIP: self._layout.aip, tags.ATC: self._memory.counter}
        made = crypto.cryptogram(
            self._memory.session(), crypto.certified(values, crypto.verification_results(data))
        )
        if kind is Cryptogram.ARQC:
            self._arqc = made
        counter = self._memory.counter
        if self._chip.answer_format == 1:
            return tlv.encode(tags.RESPONSE_FORMAT_1, bytes((kind,)) + counter + made + data)
        return tlv.encode(
            tags.RESPONSE_FORMAT_2,
            tlv.join(
                (
                    (tags.CRYPTOGRAM_INFORMATION, bytes((kind,))),
                    (tags.ATC, counter),
                    (tags.CRYPTOGRAM, made),
                    (tags.ISSUER_APPLICATION_DATA, data),
                )
            ),
        )

    def _external_authenticate(self, command: CardCommand) -> bytes:
        """EXTERNAL AUTHENTICATE, once in a transaction (Book 3, 6.5.4)."""
        expected = self._chip.issuer_authentication == "external-authenticate"
        if self._phase is not Phase.REQUESTED or not expected or self._authenticated is not None:
            raise Refusal(StatusWord.CONDITIONS)
        if command.p1 or command.p2:
            raise Refusal(StatusWord.WRONG_PARAMETERS)
        if not 8 <= len(command.data) <= 16:
            raise Refusal(StatusWord.WRONG_LENGTH)
        self._check_issuer(command.data)
        if not self._authenticated:
            raise Refusal(StatusWord.AUTHENTICATION_FAILED)
        return b""

    def _check_issuer(self, data: bytes) -> None:
        """Compares the ARPC in tag 91's first 8 bytes with our own for the response code that follows (Book 2, 8.2.1)."""
        code = data[8:10]
        self._authenticated_code = code
        self._authenticated = len(code) == 2 and hmac.compare_digest(
            crypto.arpc(self._memory.session(), self._arqc, code), data[:8]
        )

    def _get_data(self, command: CardCommand) -> bytes:
        """GET DATA of the transaction counter and, on a card with an offline PIN, of its try counter (Book 3, 6.5.7)."""
        tag = command.p1 << 8 | command.p2
        if tag == tags.ATC:
            return tlv.encode(tag, self._memory.counter)
        if tag == tags.PIN_TRY_COUNTER and "offline-pin" in self._chip.cvm:
            return tlv.encode(tag, bytes((self._memory.tries_left,)))
        raise Refusal(StatusWord.DATA_NOT_FOUND)

    def _verify(self, command: CardCommand) -> bytes:
        """VERIFY with a plaintext format 2 block (Book 3, 6.5.12): every wrong PIN costs a try, the right one restores them."""
        pin = self._personality.pin
        if command.p1 or command.p2 != 0x80:
            raise Refusal(StatusWord.WRONG_PARAMETERS)
        if pin is None or "offline-pin" not in self._chip.cvm:
            raise Refusal(StatusWord.REFERENCE_UNUSABLE)
        if self._phase is not Phase.INITIATED:
            raise Refusal(StatusWord.CONDITIONS)
        if self._memory.tries_left == 0:
            raise Refusal(StatusWord.AUTHENTICATION_BLOCKED)
        try:
            entered = pinblock.read_format2(Secret(command.data))
        except PinBlockError:
            raise Refusal(StatusWord.WRONG_DATA) from None
        self._pin_checked = True
        self._pin_right = entered == pin
        if self._pin_right:
            self._memory.tries_left = self._chip.pin_tries
            return b""
        self._memory.tries_left -= 1
        raise Refusal(0x63C0 | self._memory.tries_left)


class MuteCard:
    """A chip that does not answer: no ATR, and silence to every command."""

    atr = b""

    def reset(self) -> bytes:
        return b""

    def transmit(self, apdu: bytes) -> bytes:  # noqa: ARG002 - a mute card answers nothing
        return b""
