"""What an issuer's script can change on a card: commands under secure messaging (EMV Book 2, 9; Book 3, 6.5).

| command                        | what the card does                                        |
|--------------------------------|-----------------------------------------------------------|
| 84 1E 00 00 APPLICATION BLOCK  | declines every transaction from now on                    |
| 84 18 00 00 APPLICATION UNBLOCK| takes payments again                                      |
| 84 16 00 00 CARD BLOCK         | answers no selection any more                             |
| 84 24 00 00 PIN UNBLOCK        | gives all PIN tries back                                  |
| 84 24 00 01 PIN CHANGE         | the same, where the data prove its PIN of now (Visa alone) |
| 84 24 00 02 PIN CHANGE         | has another PIN, with all its tries                       |
| 84 DA, the tag, PUT DATA       | gives the value to GET DATA                               |
| 84 DC UPDATE RECORD            | gives the value to READ RECORD, where it has the record   |

A command is taken after an ARQC only, for its keys come from that. Without a MAC it is answered 6987; with a wrong one, or after one that was wrong
in the same transaction, 6988. What was run, and whether one failed, stands in the results of the card's next transaction.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from terminal_sim.cards.system.command import CardCommand, Refusal
from terminal_sim.cards.system.memory import Memory
from terminal_sim.emv.data.apdu import Instruction, StatusWord
from terminal_sim.emv.keys import pinblock
from terminal_sim.emv.keys.pinblock import PinBlockError
from terminal_sim.emv.keys.secure_messaging import MAC_BYTES, Messaging, ScriptSession, read_visa_pin_data
from terminal_sim.secret import Secret

_UNBLOCK, _CHANGE_BY_OLD, _CHANGE = 0x00, 0x01, 0x02

_VISA: Final = (Messaging.VISA, Messaging.VISA_SESSION)


@dataclass(frozen=True, slots=True)
class ScriptProgress:
    """How far the scripts of one transaction are: commands that came, the MAC of the last one, and whether one was refused for its MAC."""

    count: int = 0
    chain: bytes = b""
    broken: bool = False


@dataclass(frozen=True, slots=True)
class ScriptRunner:
    """Runs script commands on a card's `memory`; `records` are those of the card."""

    memory: Memory
    records: frozenset[tuple[int, int]]

    def run(
        self, command: CardCommand, messaging: Messaging, arqc: bytes, so_far: ScriptProgress
    ) -> tuple[ScriptProgress, Refusal | None]:
        """Checks the MAC and does the command: how far it is then, and the refusal where there is one."""
        if not so_far.count:
            self.memory.begin_scripts()
        now = ScriptProgress(so_far.count + 1, so_far.chain, so_far.broken)
        self.memory.keep(scripts=now.count)
        session = ScriptSession(
            style=messaging,
            mac=self.memory.keys.mac,
            encipherment=self.memory.keys.encipherment,
            atc=self.memory.counter,
            arqc=arqc,
        )
        data, mac = command.data[:-MAC_BYTES], command.data[-MAC_BYTES:]
        header = command.instruction.to_bytes(2) + bytes((command.p1, command.p2, len(command.data)))
        try:
            if len(mac) < MAC_BYTES:
                raise Refusal(StatusWord.MAC_MISSING)
            made = session.mac_of(so_far.count, header, data, so_far.chain)
            if so_far.broken or not hmac.compare_digest(made, mac):
                now = ScriptProgress(now.count, so_far.chain, broken=True)
                raise Refusal(StatusWord.MAC_WRONG)
            now = ScriptProgress(now.count, made)
            if command.instruction in _ADDRESSED:
                _ADDRESSED[command.instruction](self, command.p1, command.p2, data)
            elif command.p1 or (command.p2 and command.instruction != Instruction.PIN_CHANGE_UNBLOCK):
                raise Refusal(StatusWord.WRONG_PARAMETERS)
            else:
                _DONE[command.instruction](self, command.p2, data, session)
        except Refusal as refusal:
            self.memory.keep(script_failed=True)
            return now, refusal
        return now, None

    def _block_application(self, _: int, __: bytes, ___: ScriptSession) -> None:
        self.memory.keep(blocked=self.memory.now.blocked or "application")

    def _unblock_application(self, _: int, __: bytes, ___: ScriptSession) -> None:
        if self.memory.now.blocked == "application":
            self.memory.keep(blocked="")

    def _block_card(self, _: int, __: bytes, ___: ScriptSession) -> None:
        self.memory.keep(blocked="card")

    def _change_or_unblock_pin(self, how: int, data: bytes, session: ScriptSession) -> None:
        if how == _CHANGE:
            self.memory.keep(pin=self._new_pin(data, session))
        elif how == _CHANGE_BY_OLD and session.style in _VISA:
            self.memory.keep(pin=self._new_pin(data, session, self.memory.pin))
        elif how != _UNBLOCK:
            raise Refusal(StatusWord.WRONG_PARAMETERS)
        self.memory.restore_tries()

    def _put_data(self, first: int, second: int, data: bytes) -> None:
        self.memory.keep(objects={**self.memory.now.objects, first << 8 | second: data})

    def _update_record(self, number: int, file: int, data: bytes) -> None:
        if (file >> 3, number) not in self.records:
            raise Refusal(StatusWord.RECORD_NOT_FOUND)
        self.memory.keep(records={**self.memory.now.records, (file >> 3, number): data})

    def _new_pin(
        self, data: bytes, session: ScriptSession, current: Secret[str] | None = None
    ) -> Secret[str]:
        number = self.memory.now.scripts - 1
        try:
            block = Secret(session.decipher(number, data))
            if session.style in _VISA:
                return read_visa_pin_data(block, self.memory.key, current)
            return pinblock.read_format2(block)
        except (ValueError, PinBlockError):
            raise Refusal(StatusWord.WRONG_DATA) from None


_Done = Callable[[ScriptRunner, int, bytes, ScriptSession], None]
_DONE: Final[dict[int, _Done]] = {
    Instruction.APPLICATION_BLOCK: ScriptRunner._block_application,
    Instruction.APPLICATION_UNBLOCK: ScriptRunner._unblock_application,
    Instruction.CARD_BLOCK: ScriptRunner._block_card,
    Instruction.PIN_CHANGE_UNBLOCK: ScriptRunner._change_or_unblock_pin,
}
_ADDRESSED: Final[dict[int, Callable[[ScriptRunner, int, int, bytes], None]]] = {
    Instruction.PUT_DATA: ScriptRunner._put_data,
    Instruction.UPDATE_RECORD: ScriptRunner._update_record,
}
"""The commands whose P1 and P2 say what they change."""
COMMANDS: Final = (*_DONE, *_ADDRESSED)
"""The instructions of the table, each CLA and INS."""
