"""The contactless face of a virtual card: its directory, the selection of its applications, and the begin of their transactions.

The order is SELECT 2PAY.SYS.DDF01, SELECT of an AID, GET PROCESSING OPTIONS, READ RECORD, and what the application has besides
(`tap_options`, `tap_generate`); anything else is answered 6985.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from msgspec import Struct

from terminal_sim.cards.profile.faces import ContactlessFace
from terminal_sim.cards.profile.personality import Personality
from terminal_sim.cards.system import content, data_objects, directory, log, risk
from terminal_sim.cards.system.atr import contactless_atr
from terminal_sim.cards.system.command import CardCommand, Handlers, Refusal, answer, found
from terminal_sim.cards.system.content import ApplicationContent
from terminal_sim.cards.system.memory import CardMemory, Memory
from terminal_sim.cards.system.tap_checksum import ChecksumApplication
from terminal_sim.cards.system.tap_generate import GenerateApplication
from terminal_sim.cards.system.tap_options import OptionsApplication
from terminal_sim.cards.system.tap_state import TapState
from terminal_sim.emv.data import apdu, tags
from terminal_sim.emv.data.apdu import Instruction, StatusWord

_RELAY_EXCHANGE: Final = Instruction.EXCHANGE_RELAY_RESISTANCE_DATA.to_bytes(2)


class ContactlessState(Struct, frozen=True):
    """An antenna face outside of the field: whether its owner has still to confirm on the device, and what each application has left."""

    locked: bool
    applications: tuple[TapState, ...]


class TapApplication(Protocol):
    """An application as the face needs it: what it holds, how it begins a transaction and leaves one, its records and its own commands."""

    held: ApplicationContent
    memory: Memory
    handlers: Handlers

    def begin(self, values: dict[int, bytes], sent: bytes) -> bytes: ...

    def record(self, place: tuple[int, int]) -> bytes | None: ...

    def leave(self) -> None: ...

    def snapshot(self) -> TapState: ...

    def resume(self, state: TapState) -> None: ...


_KINDS: Final[dict[str, Callable[[ApplicationContent, ContactlessFace, Memory], TapApplication]]] = {
    "processing-options": OptionsApplication,
    "generate-ac": GenerateApplication,
    "checksum": ChecksumApplication,
}
"""The kind of application by the command that certifies."""


class ContactlessCard:
    """Answers APDUs as the antenna face of `personality`. `memory` is shared with the chip."""

    def __init__(self, personality: Personality, face: ContactlessFace, memory: CardMemory) -> None:
        self._face = face
        self._memory = memory
        self._atr = contactless_atr(bytes.fromhex(face.historical))
        self._directory = directory.contactless_directory(face.applications)
        kind = _KINDS[face.cryptogram]
        self._applications: tuple[TapApplication, ...] = tuple(
            kind(
                content.at_antenna(personality.of(one), face, one),
                face,
                memory.accounts[personality.accounts.index(personality.account(one))],
            )
            for one in face.applications
        )
        self._selected: TapApplication | None = None
        self._initiated = False
        self._locked = face.consent
        self._own: Handlers = {
            Instruction.SELECT: self._select,
            Instruction.READ_RECORD: self._read_record,
            Instruction.GET_PROCESSING_OPTIONS: self._get_processing_options,
            Instruction.GET_DATA: self._get_data,
        }
        self._handlers = self._handlers_of(self._applications[0])

    @property
    def atr(self) -> bytes:
        return self._atr

    def reset(self) -> bytes:
        """The card enters the field: what PC/SC shows as its ATR."""
        self._leave()
        return self._atr

    def transmit(self, apdu: bytes) -> bytes:
        """The R-APDU, status word included; what the card remembers is durable by then."""
        response = answer(apdu, self._handlers)
        self._memory.settle()
        return response

    def response_time(self, command: bytes) -> int:
        """How long the answer to `command` takes, in microseconds; the exchange against relaying has a time of its own."""
        relay = self._face.relay
        if relay is not None and command[:2] == _RELAY_EXCHANGE:
            return relay.takes * 100
        return self._face.response_ms * 1_000

    def _select(self, command: CardCommand) -> bytes:
        """SELECT of the directory or of an application by its whole AID (Book B, 3.3); where it fails, what was selected stays so."""
        if command.p1 != 0x04 or command.p2:
            raise Refusal(StatusWord.WRONG_PARAMETERS)
        if self._memory.is_blocked:
            raise Refusal(StatusWord.NO_FUNCTION)
        if command.data == apdu.PPSE:
            self._leave()
            return self._directory
        for application in self._applications:
            if command.data == application.held.aid:
                self._leave()
                self._selected, self._handlers = application, self._handlers_of(application)
                return application.held.fci
        raise Refusal(StatusWord.NOT_FOUND)

    def _get_processing_options(self, command: CardCommand) -> bytes:
        """GET PROCESSING OPTIONS of a new transaction; 6984 sends it to the contacts, 6986 to the owner (Book C-3, 4.2)."""
        command.need_no_parameters()
        if self._selected is None or self._initiated:
            raise Refusal(StatusWord.CONDITIONS)
        if self._locked:
            self._locked = False
            raise Refusal(StatusWord.NOT_ALLOWED)
        values = content.pdol_values(self._selected.held.pdol, command.data)
        highest = self._face.contact_above
        if highest is not None and risk.amount(values[tags.AMOUNT]) > highest:
            raise Refusal(StatusWord.REFERENCE_UNUSABLE)
        response = self._selected.begin(values, command.data[2:])
        self._initiated = True
        return response

    def _read_record(self, command: CardCommand) -> bytes:
        """READ RECORD by number and SFI (Book 1, 11.2); the log can be read from the selection on."""
        if self._selected is None:
            raise Refusal(StatusWord.CONDITIONS)
        held = self._selected.held
        place = command.record_place()
        if place[0] == log.FILE and held.log_records:
            return found(log.record(self._selected.memory, place[1]))
        if not self._initiated:
            raise Refusal(StatusWord.CONDITIONS)
        return found(self._selected.record(place), in_file=held.has_file(place[0]))

    def _get_data(self, command: CardCommand) -> bytes:
        """GET DATA of an application that is selected; a tapped card compares no PIN (Book 3, 6.5.7)."""
        if self._selected is None:
            raise Refusal(StatusWord.CONDITIONS)
        held = self._selected.held
        return data_objects.answered(
            command, self._selected.memory, compares_pin=False, logs=held.log_records > 0
        )

    def snapshot(self) -> ContactlessState:
        """What is left outside of the field."""
        return ContactlessState(self._locked, tuple(one.snapshot() for one in self._applications))

    def resume(self, state: ContactlessState) -> None:
        """Be out of the field, as another face of this personality was."""
        self._leave()
        self._locked = state.locked
        for application, left in zip(self._applications, state.applications, strict=True):
            application.resume(left)

    def _leave(self) -> None:
        if self._selected is not None:
            self._selected.leave()
        self._selected, self._initiated = None, False

    def _handlers_of(self, application: TapApplication) -> Handlers:
        return {**application.handlers, **self._own}
