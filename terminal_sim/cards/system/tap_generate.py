"""A contactless application that certifies by GENERATE AC after its records (EMV Books C-2 and C-4).

A face may add two protections of Book C-2: EXCHANGE RELAY RESISTANCE DATA before the records, and RECOVER AC, by which a terminal gets
the answer again that was lost when the card left the field.
"""

from __future__ import annotations

from terminal_sim.cards.profile.faces import ContactlessFace
from terminal_sim.cards.system import certifying, content, log, relay_resistance, risk
from terminal_sim.cards.system.command import CardCommand, Handlers, Refusal
from terminal_sim.cards.system.content import ApplicationContent
from terminal_sim.cards.system.memory import Memory, TornAnswer
from terminal_sim.cards.system.results import CardFacts
from terminal_sim.cards.system.tap_state import TapState
from terminal_sim.emv.data import dol, tags, tlv
from terminal_sim.emv.data.apdu import Cryptogram, Instruction, StatusWord


class GenerateApplication:
    """GENERATE AC comes once in a transaction: there is no second cryptogram at a tap."""

    def __init__(self, held: ApplicationContent, face: ContactlessFace, memory: Memory) -> None:
        self.held = held
        self.memory = memory
        self._face = face
        self._to_certify = False
        self._sent = b""
        self._exchange = b""
        self._exchanges = 0
        self.handlers: Handlers = {
            Instruction.GENERATE_AC: self._generate_ac,
            **({Instruction.RECOVER_AC: self._recover_ac} if face.recovers else {}),
            **({Instruction.EXCHANGE_RELAY_RESISTANCE_DATA: self._resist} if face.relay else {}),
        }

    def snapshot(self) -> TapState:
        return TapState()

    def resume(self, state: TapState) -> None:
        """Nothing is left outside of the field but what the memory has."""

    def leave(self) -> None:
        """The transaction is over, as far as it came."""
        self._to_certify = False

    def begin(self, values: dict[int, bytes], sent: bytes) -> bytes:  # noqa: ARG002 - the cryptogram comes later
        """AIP and AFL of a new transaction; `sent` is what CDA signs along."""
        self.memory.begin()
        self._to_certify, self._sent, self._exchange, self._exchanges = True, sent, b"", 0
        return tlv.encode(tags.RESPONSE_FORMAT_2, self.held.options)

    def record(self, place: tuple[int, int]) -> bytes | None:
        """The record of SFI and number, None where there is none."""
        return self.held.record(place)

    def _resist(self, command: CardCommand) -> bytes:
        """EXCHANGE RELAY RESISTANCE DATA, before GENERATE AC; the last exchange is the one that is signed (Book C-2, 5.3)."""
        if not self._to_certify or self._face.relay is None or self._exchanges == relay_resistance.ATTEMPTS:
            raise Refusal(StatusWord.CONDITIONS)
        self._exchange = relay_resistance.exchanged(command, self._face.relay, self.memory)
        self._exchanges += 1
        return relay_resistance.answer_of(self._exchange)

    def _generate_ac(self, command: CardCommand) -> bytes:
        """GENERATE AC, once: a TC within the card's limits, a decline as asked, else an ARQC, since the issuer is to decide (Book 3, 6.5.5)."""
        if not self._to_certify:
            raise Refusal(StatusWord.CONDITIONS)
        asked, combined = certifying.requested(command, signs=self._face.oda == "cda")
        values = content.cdol_values(self.held.cdol1, command.data)
        self._to_certify = False
        kind = risk.first_word(asked, self._face.offline, self.memory, values[tags.AMOUNT])
        log.write(self.memory, self.held.log_records, kind, values)
        answer = self._certified(kind, values, command.data, signed=certifying.signs(combined, asked, kind))
        if self._face.recovers:
            self.memory.keep(torn=TornAnswer(dol.build(content.DRDOL, values.get), answer))
        return answer

    def _certified(self, kind: Cryptogram, values: dict[int, bytes], sent: bytes, *, signed: bool) -> bytes:
        made, data = certifying.certified(
            self.held.scheme.version, self.memory, self.held.aip, CardFacts(first=kind), values
        )
        if not signed:
            return certifying.plain_answer(self.memory, kind, made, data)
        return certifying.combined_answer(
            self.memory,
            kind,
            made,
            data,
            sent=self._sent + sent,
            unpredictable=values[tags.UNPREDICTABLE_NUMBER],
            fault=self._face.oda_fault,
            more=self._exchange,
        )

    def _recover_ac(self, command: CardCommand) -> bytes:
        """RECOVER AC: the last answer to GENERATE AC again, to a terminal that knows its transaction (Book C-2, 5.8)."""
        command.need_no_parameters()
        if not self._to_certify:
            raise Refusal(StatusWord.CONDITIONS)
        torn = self.memory.now.torn
        if torn is None or torn.known != command.data:
            raise Refusal(StatusWord.DATA_NOT_FOUND)
        self._to_certify = False
        return torn.answer
