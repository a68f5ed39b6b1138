"""A contactless application that certifies in GET PROCESSING OPTIONS: cryptogram, wishes and fast DDA in one answer (EMV Book C-3)."""

from __future__ import annotations

from typing import Final

from terminal_sim.cards.profile.faces import CardWish, ContactlessFace
from terminal_sim.cards.system import certifying, issuer_authentication, log, risk, scripts, status_update
from terminal_sim.cards.system.command import CardCommand, Handlers, Refusal
from terminal_sim.cards.system.content import ApplicationContent
from terminal_sim.cards.system.memory import Memory
from terminal_sim.cards.system.records import record_of
from terminal_sim.cards.system.results import CardFacts
from terminal_sim.cards.system.scripts import ScriptProgress, ScriptRunner
from terminal_sim.cards.system.tap_state import TapState
from terminal_sim.emv.data import qualifiers, tags, tlv
from terminal_sim.emv.data.apdu import Cryptogram, Instruction, StatusWord

_FAST_DDA_VERSION: Final = b"\x01"
_WISHES: Final[dict[CardWish, int]] = {
    "online-if-oda-failed": qualifiers.CTQ1_ONLINE_IF_ODA_FAILED,
    "switch-if-oda-failed": qualifiers.CTQ1_SWITCH_IF_ODA_FAILED,
    "online-if-expired": qualifiers.CTQ1_ONLINE_IF_EXPIRED,
    "switch-for-cash": qualifiers.CTQ1_SWITCH_FOR_CASH,
    "switch-for-cashback": qualifiers.CTQ1_SWITCH_FOR_CASHBACK,
    "not-at-atm": qualifiers.CTQ1_NOT_AT_ATM,
}
"""Byte 1 of the CTQ."""


class OptionsApplication:
    """Its one answer is made of the values that its PDOL asks for."""

    def __init__(self, held: ApplicationContent, face: ContactlessFace, memory: Memory) -> None:
        self.held = held
        self.handlers: Handlers = {}
        self._face = face
        self.memory = memory
        self._authentication = b""
        self._arqc = self._unpredictable = b""
        self._progress, self._answered = ScriptProgress(), False
        self._scripts = ScriptRunner(memory, frozenset(held.records))
        if face.issuer_update:
            self.handlers = {
                Instruction.EXTERNAL_AUTHENTICATE: self._external_authenticate,
                **dict.fromkeys(scripts.COMMANDS, self._run_script_command),
            }

    def snapshot(self) -> TapState:
        return TapState(self._arqc, self._unpredictable, self._progress)

    def resume(self, state: TapState) -> None:
        self._arqc, self._unpredictable, self._progress = state.arqc, state.unpredictable, state.progress

    def leave(self) -> None:
        """Of a transaction its ARQC is left, for what the issuer sends at a second tap."""
        self._authentication = b""

    def record(self, place: tuple[int, int]) -> bytes | None:
        """The record of SFI and number, None where there is none; the last one has what fast DDA has signed of the card (9F69)."""
        record = self.held.record(place)
        if record is None or not self._authentication or place != max(self.held.certificates()):
            return record
        return record_of(tlv.only(record, tags.RECORD) + self._authentication)

    def begin(self, values: dict[int, bytes], sent: bytes) -> bytes:  # noqa: ARG002 - nothing comes that is signed along later
        """The cryptogram of a new transaction with what belongs to it (Book C-3, 4.2)."""
        self.memory.begin()
        kind = Cryptogram.AAC if self.memory.now.blocked else self._first_word(values)
        wishes = self._qualifiers(values[tags.TTQ])
        if self._face.issuer_update and values[tags.TTQ][2] & qualifiers.TTQ3_ISSUER_UPDATE:
            wishes = bytes((wishes[0], wishes[1] | qualifiers.CTQ2_ISSUER_UPDATE))
        self._progress, self._answered = ScriptProgress(), False
        made, data = certifying.certified(
            self.held.scheme.version, self.memory, self.held.aip, CardFacts(first=kind), values
        )
        self._arqc = made if kind is Cryptogram.ARQC else b""
        self._unpredictable = values[tags.UNPREDICTABLE_NUMBER]
        log.write(self.memory, self.held.log_records, kind, values)
        fresh = tlv.join(
            (
                (tags.ISSUER_APPLICATION_DATA, data),
                (tags.CRYPTOGRAM, made),
                (tags.CRYPTOGRAM_INFORMATION, bytes((kind,))),
                (tags.ATC, self.memory.counter),
                (tags.CTQ, wishes),
            )
        )
        if self._face.oda == "dda":
            fresh += self._fast_signature(values, wishes)
        return tlv.encode(tags.RESPONSE_FORMAT_2, self.held.options + fresh)

    def _external_authenticate(self, command: CardCommand) -> bytes:
        """EXTERNAL AUTHENTICATE at a second tap, once: the issuer's answer to the ARQC of the first one (Book 3, 6.5.4)."""
        if not self._arqc or self._answered:
            raise Refusal(StatusWord.CONDITIONS)
        command.need_no_parameters()
        self._answered = True
        version = self.held.scheme.version
        found = issuer_authentication.checked(
            version, self.memory, self._arqc, self._unpredictable, command.data
        )
        if not found.genuine:
            raise Refusal(StatusWord.AUTHENTICATION_FAILED)
        status_update.obey(found.update, self.memory)
        if not self._progress.count:
            self.memory.begin_scripts()  # its answer says that the issuer knows of those before
        return b""

    def _run_script_command(self, command: CardCommand) -> bytes:
        """A command of an issuer script at a second tap (Book 3, 10.10)."""
        if not self._arqc:
            raise Refusal(StatusWord.CONDITIONS)
        self._progress, refusal = self._scripts.run(
            command, self.held.scheme.messaging, self._arqc, self._progress
        )
        if refusal is not None:
            raise refusal
        return b""

    def _first_word(self, values: dict[int, bytes]) -> Cryptogram:
        """A TC within the card's own limits where the terminal does not want the issuer asked, else an ARQC."""
        asks_issuer = values[tags.TTQ][1] & qualifiers.TTQ2_ONLINE_CRYPTOGRAM
        if not asks_issuer and risk.is_within(self._face.offline, self.memory, values[tags.AMOUNT]):
            return Cryptogram.TC
        return Cryptogram.ARQC

    def _qualifiers(self, ttq: bytes) -> bytes:
        """The CTQ: what the card wishes, and its verification."""
        first, second = self._verification(ttq)
        return bytes((sum(_WISHES[one] for one in self._face.wishes) | first, second))

    def _verification(self, ttq: bytes) -> tuple[int, int]:
        """Verified on the device, or the first of the card's methods that the terminal supports, where the terminal wants one."""
        if "on-device" in self._face.cvm:
            return 0, qualifiers.CTQ2_ON_DEVICE
        if ttq[1] & qualifiers.TTQ2_CVM_REQUIRED:
            for method in self._face.cvm:
                if method == "online-pin" and ttq[0] & qualifiers.TTQ1_ONLINE_PIN:
                    return qualifiers.CTQ1_ONLINE_PIN, 0
                if method == "signature" and ttq[0] & qualifiers.TTQ1_SIGNATURE:
                    return qualifiers.CTQ1_SIGNATURE, 0
        return 0, 0

    def _fast_signature(self, values: dict[int, bytes], wishes: bytes) -> bytes:
        """9F4B of fast DDA (Book C-3, annex C): the counter is the dynamic number, and the wishes are signed along, in 9F69."""
        unpredictable = values[tags.UNPREDICTABLE_NUMBER]
        authentication = _FAST_DDA_VERSION + self.memory.random(b"fast", unpredictable)[:4] + wishes
        number = b"\x02" + self.memory.counter
        covered = unpredictable + values[tags.AMOUNT] + values[tags.CURRENCY] + authentication
        self._authentication = tlv.encode(tags.CARD_AUTHENTICATION_DATA, authentication)
        signed = certifying.signature(number, covered, self._face.oda_fault)
        return tlv.encode(tags.SIGNED_DYNAMIC_DATA, signed)
