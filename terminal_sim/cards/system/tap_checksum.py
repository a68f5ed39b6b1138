"""A contactless application in mag-stripe mode: it makes a code of its track, CVC3, by COMPUTE CRYPTOGRAPHIC CHECKSUM (EMV Book C-2, 5.2)."""

from __future__ import annotations

from terminal_sim.cards.profile.faces import ContactlessFace
from terminal_sim.cards.system.command import CardCommand, Handlers, Refusal
from terminal_sim.cards.system.content import ApplicationContent
from terminal_sim.cards.system.memory import Memory
from terminal_sim.cards.system.records import MAGSTRIPE_RECORD, MAGSTRIPE_TRACK_2
from terminal_sim.cards.system.tap_state import TapState
from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.data.apdu import Instruction, StatusWord
from terminal_sim.emv.keys import tdes

_P1, _P2 = 0x8E, 0x80
_NUMBER_BYTES = 4
_CVC3_TRACK_2 = 0x9F61
_INTERACTION = 0xDF4B
_VERIFIED_BY_DEVICE = bytes.fromhex("001000")


class ChecksumApplication:
    """CVC3 comes once in a transaction, and no cryptogram."""

    def __init__(self, held: ApplicationContent, face: ContactlessFace, memory: Memory) -> None:
        self.held = held
        self.memory = memory
        self.handlers: Handlers = {Instruction.COMPUTE_CRYPTOGRAPHIC_CHECKSUM: self._compute}
        self._on_device = "on-device" in face.cvm
        self._to_compute = False

    def snapshot(self) -> TapState:
        return TapState()

    def resume(self, state: TapState) -> None:
        """Nothing is left outside of the field but what the memory has."""

    def leave(self) -> None:
        """The transaction is over, as far as it came."""
        self._to_compute = False

    def begin(self, values: dict[int, bytes], sent: bytes) -> bytes:  # noqa: ARG002 - the code comes later
        """AIP and AFL of a new transaction."""
        self.memory.begin()
        self._to_compute = True
        return tlv.encode(tags.RESPONSE_FORMAT_2, self.held.options)

    def record(self, place: tuple[int, int]) -> bytes | None:
        """The record of SFI and number, None where there is none."""
        return self.held.record(place)

    def _compute(self, command: CardCommand) -> bytes:
        """CVC3 of the terminal's number and the counter: the last two bytes of one block under the card's key, which begins with the last
        two bytes of the MAC over its track 2.
        """
        if (command.p1, command.p2) != (_P1, _P2):
            raise Refusal(StatusWord.WRONG_PARAMETERS)
        if not self._to_compute or self.memory.now.blocked:
            raise Refusal(StatusWord.CONDITIONS)
        if len(command.data) != _NUMBER_BYTES:
            raise Refusal(StatusWord.WRONG_LENGTH)
        self._to_compute = False
        key = self.memory.key.reveal()
        stated = dict(tlv.split(tlv.only(self.held.records[MAGSTRIPE_RECORD], tags.RECORD)))
        start = tdes.retail_mac(key, stated[MAGSTRIPE_TRACK_2])[-2:]
        code = tdes.encrypt(key, start + command.data + self.memory.counter)[-2:]
        own = ((_INTERACTION, _VERIFIED_BY_DEVICE),) if self._on_device else ()
        return tlv.encode(
            tags.RESPONSE_FORMAT_2, tlv.join(((_CVC3_TRACK_2, code), (tags.ATC, self.memory.counter), *own))
        )
