"""An application of the chip, from GET PROCESSING OPTIONS to the last cryptogram (EMV Book 3, 6.5).

| phase      | begins with            | allows                                            |
|------------|------------------------|---------------------------------------------------|
| DIRECTORY  | SELECT 1PAY.SYS.DDF01  | READ RECORD                                       |
| SELECTED   | SELECT of an AID       | GET PROCESSING OPTIONS                            |
| INITIATED  | GET PROCESSING OPTIONS | READ RECORD, INTERNAL AUTHENTICATE, GET CHALLENGE, VERIFY, first GENERATE AC |
| REQUESTED  | an ARQC                | READ RECORD, EXTERNAL AUTHENTICATE once, scripts, second GENERATE AC |
| FINISHED   | a TC or an AAC         | SELECT, scripts after an ARQC                     |

From its selection on an application shows its log, and GET DATA is answered always.
A command out of its order is answered 6985. The counter rises with GET PROCESSING OPTIONS and outlives every reset.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from terminal_sim.cards.profile.faces import ChipFace
from terminal_sim.cards.system import (
    certifying,
    content,
    data_objects,
    issuer_authentication,
    log,
    pin,
    risk,
    scripts,
    status_update,
)
from terminal_sim.cards.system.command import CardCommand, Refusal, found
from terminal_sim.cards.system.content import ApplicationContent
from terminal_sim.cards.system.issuer_authentication import IssuerAuthentication
from terminal_sim.cards.system.memory import Memory
from terminal_sim.cards.system.results import CardFacts
from terminal_sim.cards.system.scripts import ScriptProgress, ScriptRunner
from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.data.apdu import Cryptogram, Instruction, StatusWord


class Phase(Enum):
    """What the card has done since its reset; the table above lists what each phase allows."""

    IDLE = "idle"
    DIRECTORY = "directory"
    SELECTED = "selected"
    INITIATED = "initiated"
    REQUESTED = "requested"
    FINISHED = "finished"


_DDOL_BYTES: Final = 4


class ChipState(Struct, frozen=True):
    """What a chip knows while it has power: where it stands in its transaction, and what it has checked so far.

    `application` is the index of the selected one, -1 for none; `unpredictable` is the terminal's number in the first GENERATE AC,
    `sent` are the values that came for PDOL and CDOLs, which CDA signs. `challenge` is the last random number of the card, good for one
    command; `signed` says that it performed DDA. `issuer` is None before the issuer's answer came.
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
    issuer: IssuerAuthentication | None = None
    scripts: ScriptProgress = ScriptProgress()


class ContactApplication:
    """Answers the commands of one transaction after another; `now` is where it stands."""

    def __init__(self, held: ApplicationContent, face: ChipFace, memory: Memory) -> None:
        self.held = held
        self.now = ChipState()
        self._face = face
        self._memory = memory
        self._scripts = ScriptRunner(memory, frozenset(held.records))
        self.handlers: dict[int, Callable[[CardCommand], bytes]] = {
            Instruction.READ_RECORD: self._read_record,
            Instruction.GET_PROCESSING_OPTIONS: self._get_processing_options,
            Instruction.GENERATE_AC: self._generate_ac,
            Instruction.GET_DATA: self._get_data,
            Instruction.EXTERNAL_AUTHENTICATE: self._external_authenticate,
            Instruction.VERIFY: self._verify,
            **dict.fromkeys(scripts.COMMANDS, self._run_script_command),
        }
        if face.oda in ("dda", "cda"):
            self.handlers[Instruction.INTERNAL_AUTHENTICATE] = self._internal_authenticate
            self.handlers[Instruction.GET_CHALLENGE] = self._get_challenge

    @property
    def is_blocked(self) -> bool:
        """Whether the issuer has blocked the application."""
        return self._memory.now.blocked == "application"

    def _read_record(self, command: CardCommand) -> bytes:
        """READ RECORD by number and SFI (Book 1, 11.2)."""
        place = command.record_place()
        if place[0] == log.FILE and self.held.log_records and self.now.application >= 0:
            return found(log.record(self._memory, place[1]))
        if self.now.phase not in (Phase.INITIATED, Phase.REQUESTED):
            raise Refusal(StatusWord.CONDITIONS)
        record = self._memory.now.records.get(place) or self.held.record(place)
        return found(record, in_file=self.held.has_file(place[0]))

    def _get_processing_options(self, command: CardCommand) -> bytes:
        """GET PROCESSING OPTIONS (Book 3, 6.5.8): begins a transaction, and answers with AIP and AFL."""
        command.need_no_parameters()
        if self.now.phase is not Phase.SELECTED:
            raise Refusal(StatusWord.CONDITIONS)
        content.pdol_values(self.held.pdol, command.data)
        self._memory.begin()
        self.now = replace(self.now, phase=Phase.INITIATED, sent=command.data[2:])
        return self.held.options

    def _generate_ac(self, command: CardCommand) -> bytes:
        """GENERATE AC, first and second (Book 3, 6.5.5)."""
        if self.now.phase not in (Phase.INITIATED, Phase.REQUESTED):
            raise Refusal(StatusWord.CONDITIONS)
        asked, combined = certifying.requested(command, signs=self._face.oda == "cda")
        second = self.now.phase is Phase.REQUESTED
        values = content.cdol_values(self.held.cdol2 if second else self.held.cdol1, command.data)
        if second:
            kind = self._last_word(asked, values)
        else:
            kind = risk.first_word(
                asked, self._face.offline, self._memory, values[tags.AMOUNT], declines=self._face.declines
            )
            self.now = replace(self.now, unpredictable=values[tags.UNPREDICTABLE_NUMBER])
        phase = Phase.REQUESTED if kind is Cryptogram.ARQC else Phase.FINISHED
        self.now = replace(self.now, phase=phase, sent=self.now.sent + command.data)
        return self._certify(kind, second, values, combined=certifying.signs(combined, asked, kind))

    def _last_word(self, asked: Cryptogram, values: dict[int, bytes]) -> Cryptogram:
        answer = values.get(tags.ISSUER_AUTHENTICATION_DATA, b"")
        if asked is Cryptogram.TC and not self._memory.now.blocked and any(answer):
            self._check_issuer(answer)
        code = values[tags.AUTHORISATION_RESPONSE_CODE]
        return risk.last_word(asked, self._memory, self.now.issuer, code, insists=self._face.insist)

    def _certify(self, kind: Cryptogram, second: bool, values: dict[int, bytes], *, combined: bool) -> bytes:
        now, memory = self.now, self._memory
        facts = CardFacts(
            first=Cryptogram.ARQC if second else kind,
            second=kind if second else None,
            issuer_failed=now.issuer is not None and not now.issuer.genuine,
            pin_compared=now.pin_compared,
            pin_wrong=now.pin_compared and not now.pin_right,
            pin_blocked=self._face.compares_pin and memory.now.tries_left == 0,
            dynamic=now.signed,
            combined=combined,
            over_limit=self._face.offline is not None and kind is Cryptogram.ARQC,
            scripts=memory.now.scripts,
            script_failed=memory.now.script_failed,
        )
        made, data = certifying.certified(self.held.scheme.version, memory, self.held.aip, facts, values)
        if kind is Cryptogram.ARQC:
            self.now = replace(now, arqc=made)
        else:
            log.write(memory, self.held.log_records, kind, values)
        if combined:
            return certifying.combined_answer(
                memory,
                kind,
                made,
                data,
                sent=now.sent,
                unpredictable=values[tags.UNPREDICTABLE_NUMBER],
                fault=self._face.oda_fault,
            )
        return certifying.plain_answer(memory, kind, made, data, answer_format=self._face.answer_format)

    def _internal_authenticate(self, command: CardCommand) -> bytes:
        """INTERNAL AUTHENTICATE over the values of the DDOL (Book 3, 6.5.9; Book 2, 6.5.1)."""
        command.need_no_parameters()
        if self.now.phase is not Phase.INITIATED:
            raise Refusal(StatusWord.CONDITIONS)
        if len(command.data) != _DDOL_BYTES:
            raise Refusal(StatusWord.WRONG_LENGTH)
        number = self._memory.random(b"number", command.data)
        signature = certifying.signature(bytes((len(number),)) + number, command.data, self._face.oda_fault)
        self.now = replace(self.now, signed=True)
        if self._face.answer_format == 1:
            return tlv.encode(tags.RESPONSE_FORMAT_1, signature)
        return tlv.encode(tags.RESPONSE_FORMAT_2, tlv.encode(tags.SIGNED_DYNAMIC_DATA, signature))

    def _get_challenge(self, command: CardCommand) -> bytes:
        """GET CHALLENGE: 8 bytes that no command before has seen (Book 3, 6.5.6)."""
        command.need_no_parameters()
        if self.now.phase is not Phase.INITIATED:
            raise Refusal(StatusWord.CONDITIONS)
        challenge = self._memory.random(b"challenge", self.now.challenge)
        self.now = replace(self.now, challenge=challenge)
        return challenge

    def _external_authenticate(self, command: CardCommand) -> bytes:
        """EXTERNAL AUTHENTICATE, once in a transaction (Book 3, 6.5.4)."""
        expected = self._face.issuer_authentication == "external-authenticate"
        if self.now.phase is not Phase.REQUESTED or not expected or self.now.issuer is not None:
            raise Refusal(StatusWord.CONDITIONS)
        command.need_no_parameters()
        if not 8 <= len(command.data) <= 16:
            raise Refusal(StatusWord.WRONG_LENGTH)
        if not self._check_issuer(command.data).genuine:
            raise Refusal(StatusWord.AUTHENTICATION_FAILED)
        return b""

    def _check_issuer(self, data: bytes) -> IssuerAuthentication:
        """Keeps whether tag 91 is genuine; such an answer resets the counters of offline payments, or says what else the card is to do."""
        version = self.held.scheme.version
        found = issuer_authentication.checked(
            version, self._memory, self.now.arqc, self.now.unpredictable, data
        )
        self.now = replace(self.now, issuer=found)
        if found.genuine:
            status_update.obey(found.update, self._memory)
            if not self.now.scripts.count:
                self._memory.begin_scripts()  # its answer says that the issuer knows of those before
        return found

    def _run_script_command(self, command: CardCommand) -> bytes:
        """A command of an issuer script, before or after the second GENERATE AC (Book 3, 10.10)."""
        if not self.now.arqc:
            raise Refusal(StatusWord.CONDITIONS)
        messaging = self.held.scheme.messaging
        progress, refusal = self._scripts.run(command, messaging, self.now.arqc, self.now.scripts)
        self.now = replace(self.now, scripts=progress)
        if refusal is not None:
            raise refusal
        return b""

    def _get_data(self, command: CardCommand) -> bytes:
        """GET DATA, at any time (Book 3, 6.5.7)."""
        return data_objects.answered(
            command,
            self._memory,
            compares_pin=self._face.compares_pin,
            logs=self.held.log_records > 0,
        )

    def _verify(self, command: CardCommand) -> bytes:
        """VERIFY: a try is used up before the compare, the right PIN restores them all (Book 3, 6.5.12)."""
        own = self._memory.pin
        enciphered = pin.is_enciphered(self._face, command, has_pin=own is not None)
        if self.now.phase is not Phase.INITIATED:
            raise Refusal(StatusWord.CONDITIONS)
        if self._memory.now.tries_left == 0:
            raise Refusal(StatusWord.AUTHENTICATION_BLOCKED)
        block = command.data
        if enciphered:
            challenge, self.now = self.now.challenge, replace(self.now, challenge=b"")
            block = pin.deciphered(command.data, challenge)
        entered = pin.read_block(block)
        left = self._memory.use_try()
        self.now = replace(self.now, pin_compared=True, pin_right=entered == own)
        if not self.now.pin_right:
            raise Refusal(0x63C0 | left)
        self._memory.restore_tries()
        return b""
