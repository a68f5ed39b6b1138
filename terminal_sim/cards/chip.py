"""The contact face of a virtual card: an EMV application with cryptograms of its own (EMV Books 1 to 3).

| phase      | begins with            | allows                                            |
|------------|------------------------|---------------------------------------------------|
| DIRECTORY  | SELECT 1PAY.SYS.DDF01  | READ RECORD                                       |
| SELECTED   | SELECT of an AID       | GET PROCESSING OPTIONS                            |
| INITIATED  | GET PROCESSING OPTIONS | READ RECORD, INTERNAL AUTHENTICATE, GET CHALLENGE, VERIFY, first GENERATE AC |
| REQUESTED  | an ARQC                | EXTERNAL AUTHENTICATE once, second GENERATE AC    |
| FINISHED   | a TC or an AAC         | SELECT                                            |

A command out of its order is answered 6985. The counter rises with GET PROCESSING OPTIONS and outlives every reset.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from terminal_sim.cards import certifying, layout, scripts, signing
from terminal_sim.cards.command import CardCommand, Refusal, answer
from terminal_sim.cards.faces import ChipFace
from terminal_sim.cards.memory import Memory
from terminal_sim.cards.personality import Personality
from terminal_sim.cards.results import CardFacts
from terminal_sim.cards.schemes import Scheme, scheme_of
from terminal_sim.cards.scripts import ScriptProgress, ScriptRunner
from terminal_sim.emv.data import apdu, dol, tags, tlv
from terminal_sim.emv.data.apdu import Cryptogram, Instruction, StatusWord
from terminal_sim.emv.data.dol import DolError
from terminal_sim.emv.data.response_code import APPROVALS
from terminal_sim.emv.keys import pinblock
from terminal_sim.emv.keys.cryptogram_versions import ArpcMethod
from terminal_sim.emv.keys.pinblock import PinBlockError
from terminal_sim.emv.keys.rsa import RsaError
from terminal_sim.secret import Secret


class Phase(Enum):
    """What the card has done since its reset; the table above lists what each phase allows."""

    IDLE = "idle"
    DIRECTORY = "directory"
    SELECTED = "selected"
    INITIATED = "initiated"
    REQUESTED = "requested"
    FINISHED = "finished"


_DDOL_BYTES = 4
_PIN_HEADER = 0x7F
_PIN_METHODS = {0x80: "offline-pin", 0x88: "enciphered-pin"}
_APPROVED = 0x80
"""Byte 2 of the card status update (Book 3, C10): the issuer approves the online transaction."""


class ChipState(Struct, frozen=True):
    """What a chip knows while it has power: where it stands in its transaction, and what it has checked so far.

    `application` is the index of the selected one, -1 for none; `unpredictable` is the terminal's number in the first GENERATE AC,
    `sent` are the values that came for PDOL and CDOLs, which CDA signs. `challenge` is the last random number of the card, good for one
    command; `signed` says that it performed DDA.
    `authenticated` is None before the issuer's answer came; `approved` says whether an authenticated answer approves, and
    `code` is its response code, empty where its method has none.
    """

    phase: Phase = Phase.IDLE
    application: int = -1
    unpredictable: bytes = b""
    arqc: bytes = b""
    sent: bytes = b""
    challenge: bytes = b""
    signed: bool = False
    pin_compared: bool = False
    pin_right: bool = False
    authenticated: bool | None = None
    approved: bool = False
    code: bytes = b""
    scripts: ScriptProgress = ScriptProgress()


class ChipCard:
    """Answers APDUs as the chip of `personality`. `memory` is what survives a reset."""

    def __init__(self, personality: Personality, chip: ChipFace, memory: Memory) -> None:
        self._personality = personality
        self._chip = chip
        self._memory = memory
        self._atr = layout.chip_atr(bytes.fromhex(chip.historical))
        self._layout = layout.chip(personality, chip)
        self._now = ChipState()
        self._handlers: dict[int, Callable[[CardCommand], bytes]] = {
            Instruction.SELECT: self._select,
            Instruction.READ_RECORD: self._read_record,
            Instruction.GET_PROCESSING_OPTIONS: self._get_processing_options,
            Instruction.GENERATE_AC: self._generate_ac,
            Instruction.GET_DATA: self._get_data,
            Instruction.EXTERNAL_AUTHENTICATE: self._external_authenticate,
            Instruction.VERIFY: self._verify,
            **dict.fromkeys(scripts.COMMANDS, self._run_script_command),
        }
        if chip.oda in ("dda", "cda"):
            self._handlers[Instruction.INTERNAL_AUTHENTICATE] = self._internal_authenticate
            self._handlers[Instruction.GET_CHALLENGE] = self._get_challenge
        self._scripts = ScriptRunner(memory, chip.pin_tries, frozenset(self._layout.records))

    @property
    def atr(self) -> bytes:
        return self._atr

    def reset(self) -> bytes:
        """Power on: the ATR. All but the memory is forgotten."""
        self._now = ChipState()
        return self._atr

    def transmit(self, apdu: bytes) -> bytes:
        """The R-APDU, status word included; what the card remembers is durable by then."""
        response = answer(apdu, self._handlers)
        self._memory.settle()
        return response

    def response_time(self, _: bytes) -> int:
        """How long an answer takes, in microseconds."""
        return self._chip.response_ms * 1_000

    def snapshot(self) -> ChipState:
        return self._now

    def resume(self, state: ChipState) -> None:
        """Stand where the chip stood that gave `state`, as if no power had been away."""
        self._now = state

    @property
    def _scheme(self) -> Scheme:
        return scheme_of(self._layout.applications[self._now.application][0])

    def _select(self, command: CardCommand) -> bytes:
        """SELECT by DF name (Book 1, 11.3): the directory, or the first, with P2 02 the next, application that the name begins.

        A blocked card has no SELECT; a blocked application is selected with a warning (Book 1, 12.3).
        """
        if self._memory.blocked == "card":
            raise Refusal(StatusWord.NO_FUNCTION)
        if command.p1 != 0x04 or command.p2 not in (0x00, 0x02):
            raise Refusal(StatusWord.WRONG_PARAMETERS)
        if command.data == apdu.PSE and self._chip.directory:
            self._now = ChipState(phase=Phase.DIRECTORY)
            return self._layout.directory
        start = self._now.application + 1 if command.p2 == 0x02 else 0
        for index in range(start, len(self._layout.applications)):
            aid, fci = self._layout.applications[index]
            if command.data and aid.startswith(command.data):
                self._now = ChipState(phase=Phase.SELECTED, application=index)
                if self._memory.blocked == "application":
                    raise Refusal(StatusWord.FILE_BLOCKED, fci)
                return fci
        raise Refusal(StatusWord.NOT_FOUND)

    def _read_record(self, command: CardCommand) -> bytes:
        """READ RECORD by number and SFI (Book 1, 11.2)."""
        if command.p2 & 0x07 != 0x04:
            raise Refusal(StatusWord.WRONG_PARAMETERS)
        if self._now.phase is Phase.DIRECTORY:
            files = self._layout.directory_records
        elif self._now.phase in (Phase.INITIATED, Phase.REQUESTED):
            files = self._layout.records
        else:
            raise Refusal(StatusWord.CONDITIONS)
        place = command.p2 >> 3, command.p1
        record = files.get(place) or self._layout.certificates().get(place)
        if self._now.phase is not Phase.DIRECTORY:
            record = self._memory.records.get(place, record)
        if record is None:
            raise Refusal(StatusWord.RECORD_NOT_FOUND)
        return record

    def _get_processing_options(self, command: CardCommand) -> bytes:
        """GET PROCESSING OPTIONS (Book 3, 6.5.8): begins a transaction, and answers with AIP and AFL."""
        if self._now.phase is not Phase.SELECTED:
            raise Refusal(StatusWord.CONDITIONS)
        layout.pdol_values(self._layout.pdol, command.data)
        self._memory.begin()
        self._now = replace(self._now, phase=Phase.INITIATED, sent=command.data[2:])
        return self._layout.options

    def _generate_ac(self, command: CardCommand) -> bytes:
        """GENERATE AC, first and second (Book 3, 6.5.5)."""
        if self._now.phase not in (Phase.INITIATED, Phase.REQUESTED):
            raise Refusal(StatusWord.CONDITIONS)
        asked, combined = certifying.requested(command, signs=self._chip.oda == "cda")
        second = self._now.phase is Phase.REQUESTED
        try:
            values = dol.read(self._layout.cdol2 if second else self._layout.cdol1, command.data)
        except DolError:
            raise Refusal(StatusWord.WRONG_LENGTH) from None
        if second:
            kind = self._last_word(asked, values)
        else:
            kind = self._first_word(asked, values)
            self._now = replace(self._now, unpredictable=values[tags.UNPREDICTABLE_NUMBER])
        phase = Phase.REQUESTED if kind is Cryptogram.ARQC else Phase.FINISHED
        self._now = replace(self._now, phase=phase, sent=self._now.sent + command.data)
        return self._certify(kind, second, values, combined=certifying.signs(combined, asked, kind))

    def _first_word(self, asked: Cryptogram, values: dict[int, bytes]) -> Cryptogram:
        """The card's risk management (Book 3, 9.3): it never goes higher than asked. Where a TC is asked for, it gives one within its own
        limits, which it counts at once, and else wants the issuer's decision.
        """
        if asked is Cryptogram.AAC or self._chip.declines or self._memory.blocked:
            return Cryptogram.AAC
        if asked is Cryptogram.TC and self._is_within_limits(values[tags.AMOUNT]):
            return Cryptogram.TC
        return Cryptogram.ARQC

    def _is_within_limits(self, amount: bytes) -> bool:
        limits = self._chip.offline
        if limits is None or not amount.hex().isdigit():
            return False
        return self._memory.spend(int(amount.hex()), limits.payments, limits.amount)

    def _last_word(self, asked: Cryptogram, values: dict[int, bytes]) -> Cryptogram:
        """A TC only where the terminal asks for one and the issuer's authenticated answer, where there is one, approves."""
        if asked is not Cryptogram.TC or self._memory.blocked:
            return Cryptogram.AAC
        code = values[tags.AUTHORISATION_RESPONSE_CODE]
        if tags.ISSUER_AUTHENTICATION_DATA in values and any(values[tags.ISSUER_AUTHENTICATION_DATA]):
            self._check_issuer(values[tags.ISSUER_AUTHENTICATION_DATA])
        now = self._now
        if now.authenticated is None:
            return Cryptogram.AAC if self._chip.insist else Cryptogram.TC
        approves = now.authenticated and now.approved and now.code in (b"", code)
        return Cryptogram.TC if approves else Cryptogram.AAC

    def _certify(self, kind: Cryptogram, second: bool, values: dict[int, bytes], *, combined: bool) -> bytes:
        counter = self._memory.counter
        facts = CardFacts(
            first=Cryptogram.ARQC if second else kind,
            second=kind if second else None,
            issuer_failed=self._now.authenticated is False,
            pin_compared=self._now.pin_compared,
            pin_wrong=self._now.pin_compared and not self._now.pin_right,
            pin_blocked=self._chip.compares_pin and self._memory.tries_left == 0,
            dynamic=self._now.signed,
            combined=combined,
            over_limit=self._chip.offline is not None and kind is Cryptogram.ARQC,
            scripts=self._memory.scripts,
            script_failed=self._memory.script_failed,
        )
        made, data = certifying.certified(self._scheme.version, self._memory, self._layout.aip, facts, values)
        if kind is Cryptogram.ARQC:
            self._now = replace(self._now, arqc=made)
        if combined:
            return self._combined(kind, made, data, values[tags.UNPREDICTABLE_NUMBER])
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

    def _combined(self, kind: Cryptogram, made: bytes, data: bytes, unpredictable: bytes) -> bytes:
        """The answer of CDA: a TC or an ARQC stands in the signature alone (Book 2, 6.6.1)."""
        answered = tlv.join(
            (
                (tags.CRYPTOGRAM_INFORMATION, bytes((kind,))),
                (tags.ATC, self._memory.counter),
                *(((tags.CRYPTOGRAM, made),) if kind is Cryptogram.AAC else ()),
                (tags.ISSUER_APPLICATION_DATA, data),
            )
        )
        return certifying.combined_answer(
            self._memory,
            kind,
            made,
            sent=self._now.sent,
            answered=answered,
            unpredictable=unpredictable,
            fault=self._chip.oda_fault,
        )

    def _internal_authenticate(self, command: CardCommand) -> bytes:
        """INTERNAL AUTHENTICATE over the values of the DDOL (Book 3, 6.5.9; Book 2, 6.5.1)."""
        if command.p1 or command.p2:
            raise Refusal(StatusWord.WRONG_PARAMETERS)
        if self._now.phase is not Phase.INITIATED:
            raise Refusal(StatusWord.CONDITIONS)
        if len(command.data) != _DDOL_BYTES:
            raise Refusal(StatusWord.WRONG_LENGTH)
        number = self._memory.random(b"number", command.data)
        signature = certifying.signature(bytes((len(number),)) + number, command.data, self._chip.oda_fault)
        self._now = replace(self._now, signed=True)
        if self._chip.answer_format == 1:
            return tlv.encode(tags.RESPONSE_FORMAT_1, signature)
        return tlv.encode(tags.RESPONSE_FORMAT_2, tlv.encode(tags.SIGNED_DYNAMIC_DATA, signature))

    def _get_challenge(self, command: CardCommand) -> bytes:
        """GET CHALLENGE: 8 bytes that no command before has seen (Book 3, 6.5.6)."""
        if command.p1 or command.p2:
            raise Refusal(StatusWord.WRONG_PARAMETERS)
        if self._now.phase is not Phase.INITIATED:
            raise Refusal(StatusWord.CONDITIONS)
        challenge = self._memory.random(b"challenge", self._now.challenge)
        self._now = replace(self._now, challenge=challenge)
        return challenge

    def _external_authenticate(self, command: CardCommand) -> bytes:
        """EXTERNAL AUTHENTICATE, once in a transaction (Book 3, 6.5.4)."""
        expected = self._chip.issuer_authentication == "external-authenticate"
        if self._now.phase is not Phase.REQUESTED or not expected or self._now.authenticated is not None:
            raise Refusal(StatusWord.CONDITIONS)
        if command.p1 or command.p2:
            raise Refusal(StatusWord.WRONG_PARAMETERS)
        if not 8 <= len(command.data) <= 16:
            raise Refusal(StatusWord.WRONG_LENGTH)
        self._check_issuer(command.data)
        if not self._now.authenticated:
            raise Refusal(StatusWord.AUTHENTICATION_FAILED)
        return b""

    def _check_issuer(self, data: bytes) -> None:
        """Compares tag 91 with the card's own answer to its ARQC, by the method of its version (Book 2, 8.2).

        An authenticated answer resets the counters of offline payments.
        """
        version = self._scheme.version
        by_code = version.arpc is ArpcMethod.RESPONSE_CODE
        code, status, more = (data[8:10], bytes(4), b"") if by_code else (bytes(2), data[4:8], data[8:])
        is_whole = len(code) == 2 and len(status) == 4
        expected = is_whole and version.authentication_data(
            self._memory.key,
            self._now.arqc,
            atc=self._memory.counter,
            unpredictable=self._now.unpredictable,
            code=code,
            status=status,
            proprietary=more,
        )
        genuine = bool(expected) and hmac.compare_digest(expected or b"", data[: len(expected or b"")])
        approved = (
            code.decode("latin-1") in APPROVALS if by_code else is_whole and bool(status[1] & _APPROVED)
        )
        self._now = replace(
            self._now, authenticated=genuine, approved=approved, code=code if by_code else b""
        )
        if genuine:
            self._memory.went_online()
            if not self._now.scripts.count:
                self._memory.begin_scripts()  # its answer says that the issuer knows of those before

    def _run_script_command(self, command: CardCommand) -> bytes:
        """A command of an issuer script, before or after the second GENERATE AC (Book 3, 10.10)."""
        if not self._now.arqc:
            raise Refusal(StatusWord.CONDITIONS)
        progress, refusal = self._scripts.run(
            command, self._scheme.messaging, self._now.arqc, self._now.scripts
        )
        self._now = replace(self._now, scripts=progress)
        if refusal is not None:
            raise refusal
        return b""

    def _get_data(self, command: CardCommand) -> bytes:
        """GET DATA of the transaction counter, the counter when the card was last online and, on a card with an offline PIN, of its tries
        (Book 3, 6.5.7).
        """
        tag = command.p1 << 8 | command.p2
        if tag == tags.ATC:
            return tlv.encode(tag, self._memory.counter)
        if tag == tags.LAST_ONLINE_ATC:
            return tlv.encode(tag, self._memory.last_online.to_bytes(2))
        if tag == tags.PIN_TRY_COUNTER and self._chip.compares_pin:
            return tlv.encode(tag, bytes((self._memory.tries_left,)))
        if tag in self._memory.objects:
            return tlv.encode(tag, self._memory.objects[tag])
        raise Refusal(StatusWord.DATA_NOT_FOUND)

    def _verify(self, command: CardCommand) -> bytes:
        """VERIFY with a format 2 block, plain or enciphered (Book 3, 6.5.12): a try is used up before the compare, the right PIN restores
        them all.
        """
        pin = self._memory.pin or self._personality.pin
        method = _PIN_METHODS.get(command.p2)
        if command.p1 or method is None or (method == "enciphered-pin" and method not in self._chip.cvm):
            raise Refusal(StatusWord.WRONG_PARAMETERS)
        if pin is None or method not in self._chip.cvm:
            raise Refusal(StatusWord.REFERENCE_UNUSABLE)
        if self._now.phase is not Phase.INITIATED:
            raise Refusal(StatusWord.CONDITIONS)
        if self._memory.tries_left == 0:
            raise Refusal(StatusWord.AUTHENTICATION_BLOCKED)
        block = command.data if method == "offline-pin" else self._deciphered(command.data)
        try:
            entered = pinblock.read_format2(Secret(block))
        except PinBlockError:
            raise Refusal(StatusWord.WRONG_DATA) from None
        left = self._memory.use_try()
        self._now = replace(self._now, pin_compared=True, pin_right=entered == pin)
        if not self._now.pin_right:
            raise Refusal(0x63C0 | left)
        self._memory.restore_tries(self._chip.pin_tries)
        return b""

    def _deciphered(self, data: bytes) -> bytes:
        """The PIN block of an enciphered PIN, which must carry the card's last challenge (Book 2, 7.2)."""
        challenge, self._now = self._now.challenge, replace(self._now, challenge=b"")
        if not challenge:
            raise Refusal(StatusWord.CONDITIONS)
        try:
            plain = signing.pin_key().apply(data)
        except RsaError:
            raise Refusal(StatusWord.WRONG_DATA) from None
        if plain[0] != _PIN_HEADER or not hmac.compare_digest(plain[9:17], challenge):
            raise Refusal(StatusWord.WRONG_DATA)
        return plain[1:9]


class MuteCard:
    """A chip that does not answer: no ATR, and silence to every command."""

    atr = b""

    def reset(self) -> bytes:
        return b""

    def transmit(self, apdu: bytes) -> bytes:  # noqa: ARG002 - a mute card answers nothing
        return b""
