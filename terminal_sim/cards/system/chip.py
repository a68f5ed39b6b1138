"""The contact face of a virtual card: its directory, the selection of its applications, and which of them a command is for (EMV Book 1, 11 and 12)."""

from __future__ import annotations

import hashlib

from terminal_sim.cards.profile.faces import ChipFace
from terminal_sim.cards.profile.personality import Personality
from terminal_sim.cards.profile.traits import Wear
from terminal_sim.cards.system import content, directory
from terminal_sim.cards.system.atr import chip_atr
from terminal_sim.cards.system.command import CardCommand, Refusal, answer, found
from terminal_sim.cards.system.contact import ChipState, ContactApplication, Phase
from terminal_sim.cards.system.memory import CardMemory
from terminal_sim.cards.system.records import record_of
from terminal_sim.emv.data import apdu
from terminal_sim.emv.data.apdu import Instruction, StatusWord


class ChipCard:
    """Answers APDUs as the chip of `personality`. `memory` is what survives a reset."""

    def __init__(self, personality: Personality, chip: ChipFace, memory: CardMemory) -> None:
        self._chip = chip
        self._memory = memory
        self._atr = chip_atr(bytes.fromhex(chip.historical), chip.protocols)
        self._directory = directory.contact_directory(chip.applications, personality.languages)
        self._directory_records = {(1, 1): record_of(directory.entries(chip.applications))}
        self._applications = tuple(
            ContactApplication(
                content.on_chip(personality.of(one), chip.of(one), one),
                chip.of(one),
                memory.accounts[personality.accounts.index(personality.account(one))],
            )
            for one in chip.applications
        )
        own = {Instruction.SELECT: self._select, Instruction.READ_RECORD: self._read_record}
        self._handlers = tuple({**one.handlers, **own} for one in self._applications)
        self._current = 0

    @property
    def atr(self) -> bytes:
        return self._atr

    def reset(self) -> bytes:
        """Power on: the ATR. All but the memory is forgotten."""
        self.resume(ChipState())
        return self._atr

    def transmit(self, apdu: bytes) -> bytes:
        """The R-APDU, status word included; what the card remembers is durable by then."""
        response = answer(apdu, self._handlers[self._current])
        self._memory.settle()
        self._memory.commands += 1
        wear = self._chip.wear
        return b"" if wear is not None and _is_lost(wear, self._memory.commands) else response

    def response_time(self, _: bytes) -> int:
        """How long an answer takes, in microseconds."""
        return self._chip.response_ms * 1_000

    def snapshot(self) -> ChipState:
        return self._applications[self._current].now

    def resume(self, state: ChipState) -> None:
        """Stand where the chip stood that gave `state`, as if no power had been away. Without a selection the first application is meant."""
        self._current = max(state.application, 0)
        self._applications[self._current].now = state

    def _select(self, command: CardCommand) -> bytes:
        """SELECT by DF name (Book 1, 11.3): the directory, or the first, with P2 02 the next, application that the name begins.

        A blocked card has no SELECT; a blocked application is selected with a warning (Book 1, 12.3).
        """
        if self._memory.is_blocked:
            raise Refusal(StatusWord.NO_FUNCTION)
        if command.p1 != 0x04 or command.p2 not in (0x00, 0x02):
            raise Refusal(StatusWord.WRONG_PARAMETERS)
        if command.data == apdu.PSE and self._chip.directory:
            self.resume(ChipState(phase=Phase.DIRECTORY))
            return self._directory
        start = self.snapshot().application + 1 if command.p2 == 0x02 else 0
        for index, application in enumerate(self._applications[start:], start):
            held = application.held
            if command.data and held.aid.startswith(command.data):
                self.resume(ChipState(phase=Phase.SELECTED, application=index))
                if application.is_blocked:
                    raise Refusal(StatusWord.FILE_BLOCKED, held.fci)
                return held.fci
        raise Refusal(StatusWord.NOT_FOUND)

    def _read_record(self, command: CardCommand) -> bytes:
        """READ RECORD of the directory while it is selected, else of the application."""
        if self.snapshot().phase is not Phase.DIRECTORY:
            return self._applications[self._current].handlers[Instruction.READ_RECORD](command)
        place = command.record_place()
        return found(self._directory_records.get(place), in_file=(place[0], 1) in self._directory_records)


def _is_lost(wear: Wear, command: int) -> bool:
    """Whether the answer to the command of this number is lost by wear: the card has done what it says, and is silent."""
    drawn = hashlib.sha256(f"{wear.seed} {command}".encode()).digest()
    return int.from_bytes(drawn[:4]) % 100 < wear.percent


class MuteCard:
    """A chip that does not answer: no ATR, and silence to every command."""

    atr = b""

    def reset(self) -> bytes:
        return b""

    def transmit(self, apdu: bytes) -> bytes:  # noqa: ARG002 - a mute card answers nothing
        return b""
