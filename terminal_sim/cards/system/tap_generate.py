"""A contactless application that certifies by GENERATE AC after its records (EMV Books C-2 and C-4)."""

from __future__ import annotations

from terminal_sim.cards.profile.faces import ContactlessFace
from terminal_sim.cards.system import certifying, content, risk
from terminal_sim.cards.system.command import CardCommand, Handlers, Refusal
from terminal_sim.cards.system.content import ApplicationContent
from terminal_sim.cards.system.memory import Memory
from terminal_sim.cards.system.results import CardFacts
from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.data.apdu import Instruction, StatusWord


class GenerateApplication:
    """GENERATE AC comes once in a transaction: there is no second cryptogram at a tap."""

    def __init__(self, held: ApplicationContent, face: ContactlessFace, memory: Memory) -> None:
        self.held = held
        self.handlers: Handlers = {Instruction.GENERATE_AC: self._generate_ac}
        self._face = face
        self._memory = memory
        self._to_certify = False
        self._sent = b""

    def leave(self) -> None:
        """The transaction is over, as far as it came."""
        self._to_certify = False

    def begin(self, values: dict[int, bytes], sent: bytes) -> bytes:  # noqa: ARG002 - the cryptogram comes later
        """AIP and AFL of a new transaction; `sent` is what CDA signs along."""
        self._memory.begin()
        self._to_certify, self._sent = True, sent
        return tlv.encode(tags.RESPONSE_FORMAT_2, self.held.options)

    def _generate_ac(self, command: CardCommand) -> bytes:
        """GENERATE AC, once: a TC within the card's limits, a decline as asked, else an ARQC, since the issuer is to decide (Book 3, 6.5.5)."""
        if not self._to_certify:
            raise Refusal(StatusWord.CONDITIONS)
        asked, combined = certifying.requested(command, signs=self._face.oda == "cda")
        values = content.cdol_values(self.held.cdol1, command.data)
        self._to_certify = False
        kind = risk.first_word(asked, self._face.offline, self._memory, values[tags.AMOUNT])
        made, data = certifying.certified(
            self.held.scheme.version, self._memory, self.held.aip, CardFacts(first=kind), values
        )
        if not certifying.signs(combined, asked, kind):
            return certifying.plain_answer(self._memory, kind, made, data)
        return certifying.combined_answer(
            self._memory,
            kind,
            made,
            data,
            sent=self._sent + command.data,
            unpredictable=values[tags.UNPREDICTABLE_NUMBER],
            fault=self._face.oda_fault,
        )
