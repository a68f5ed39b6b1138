"""The virtual acquirer: bytes in, an answer out, and books that add up.

Rules:
1. A request is known by its kind, terminal, trace number and reference. The same again, repeat (0101, 0401) or not, gets the same
   answer and changes nothing; with another amount or original it is declined 94. Only a refused reversal
   and a refused message of a settlement are judged anew, since their terminal has to ask until they are taken.
2. First a scripted answer decides, then the first rule that fits, then the amount pack in force, then the issuer. None of them
   overrules the books: a void of a payment that is not there stays declined.
3. Where the books are kept in a file, an answer leaves after its message is durable there, with all that it moved: `respond` gives
   it then. The answers of several messages may be decided first and made durable together.
4. The requests in `messages` are masked, and hold no CVC, PIN or PIN block.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from terminal_sim.core.booking import Booking
from terminal_sim.core.message import HostRequest
from terminal_sim.growing_list import GrowingList
from terminal_sim.host.acquirer_state import AcquirerState
from terminal_sim.host.answers import APPROVED, DECLINED, PARTIAL, AnswerFate, ScriptedAnswer
from terminal_sim.host.books import AcquirerBooks
from terminal_sim.host.config import AcquirerConfig
from terminal_sim.host.decisions import CONFLICTING_DUPLICATE, INVALID_AMOUNT, Decisions
from terminal_sim.host.dialect import Dialect, MessageError
from terminal_sim.host.iso8583.load import load_dialect
from terminal_sim.host.issuer import OWN_CODES, Account
from terminal_sim.host.ledger import LEDGER_CODES, Ledger, LedgerEntry
from terminal_sim.host.ledger_file import LedgerFile
from terminal_sim.host.scripts import IssuerScript
from terminal_sim.host.seen import SeenMessage, seen
from terminal_sim.host.terminal_keys import KeysIssued
from terminal_sim.host.terminal_lines import TerminalLines
from terminal_sim.secret import Secret

if TYPE_CHECKING:
    from terminal_sim.emv.keys.derivation import IssuerKeys

_OWN_CODES = (
    *OWN_CODES,
    APPROVED,
    PARTIAL,
    DECLINED,
    CONFLICTING_DUPLICATE,
    INVALID_AMOUNT,
    *LEDGER_CODES,
)
_GARBAGE = b"\x00garbage"  # shorter than any message, so that no decoder takes it for one


class Answer(Struct, frozen=True, kw_only=True):
    """What comes back after `delay` microseconds: bytes, or None for nothing ever. `note` is for the trace.

    `message` is the request, None where it was not understood.
    """

    reply: bytes | None
    delay: int
    note: str = ""
    message: SeenMessage | None = None


class Acquirer:
    """See the rules above. One acquirer serves all terminals of a bench; it has no clock and starts with empty books."""

    def __init__(
        self, config: AcquirerConfig, dialect: Dialect | None = None, *, keeps_messages: bool = True
    ) -> None:
        """Raises `MessageError` where the configuration has a response code that the dialect, which is else that of the configuration, cannot say."""
        self.config = config
        self.dialect: Dialect
        self.messages: GrowingList[SeenMessage] = GrowingList()
        self._keeps_messages = keeps_messages
        self._scripted: deque[ScriptedAnswer] = deque()
        self._decisions = Decisions(config)
        self._books = AcquirerBooks(self._decisions)
        self._lines = TerminalLines(config)
        self._kept: AcquirerState | None = None  # its state, until something changes it
        self.speak(dialect or load_dialect(config.dialect))

    @classmethod
    def load(cls, path: Path, *, pack: str | None = None, keeps_messages: bool = True) -> Acquirer:
        """The acquirer of a host file; `pack` names another amount pack than the file does, "" none. `messages` grows with
        each message, unless `keeps_messages` is False: an acquirer that serves for days keeps none.

        Raises `ProfileError` for a damaged file, `ValueError` for an unknown pack.
        """
        from terminal_sim.datafiles import (
            toml as typed_toml,  # a bench that brings its own configuration reads no file
        )

        config = typed_toml.read(path, AcquirerConfig)
        config = config if pack is None else replace(config, pack=pack)
        return cls(config, keeps_messages=keeps_messages)

    def speak(self, dialect: Dialect) -> None:
        """Take and give messages of `dialect` from now on. Raises `ValueError` where it lacks a response code of this acquirer, or this acquirer a key."""
        for code in (*_OWN_CODES, *self.config.response_codes()):
            dialect.check_response(code)
        if dialect.mac is not None and not self.config.test_keys.has("mac_key"):
            raise ValueError(f"test_keys.mac_key: messages of {dialect.source} are authenticated with it")
        self.dialect = dialect

    def use_pack(self, name: str) -> None:
        """Let the amount pack `name` decide from now on, "" none. Raises `ValueError` for an unknown one."""
        self.config = replace(self.config, pack=name)
        self._kept = None

    @property
    def scripted(self) -> Sequence[ScriptedAnswer]:
        """The answers that scripts ask for and no message has fetched yet."""
        return tuple(self._scripted)

    @property
    def sending(self) -> Sequence[IssuerScript]:
        """The issuer scripts that wait for an answer to a chip card."""
        return tuple(self._decisions.sending)

    def keep_books(self, books: LedgerFile) -> None:
        """Go on with what the file has, which is read as messages speak of it, and write into it from now on."""
        self._books.go_on_with(books)
        self._lines.keys.recall(KeysIssued(terminal, number) for terminal, number in books.index.keys.items())

    @property
    def ledger(self) -> Ledger:
        """The books with all their entries."""
        self._books.recall_all()
        return self._decisions.ledger

    def snapshot(self) -> AcquirerState:
        """All that decides the next answers: it holds test card numbers, PINs and keys."""
        if self._kept is None:
            self._kept = self._state()
        return self._kept

    def _state(self) -> AcquirerState:
        return AcquirerState(
            config=self.config,
            ledger=self.ledger.snapshot(),
            issuer=self._decisions.issuer.snapshot(),
            messages=self.messages.copy(),
            numbered=self._decisions.numbered,
            scripted=tuple(self._scripted),
            sending=tuple(self._decisions.sending),
            answered=self._books.answered.copy(),
            keys=self._lines.keys.issued(),
        )

    def restore(self, state: AcquirerState) -> None:
        """Be as an acquirer was at that moment. Raises `ValueError` where books in a file have entries: these stay."""
        if self._books.are_in_a_file and len(self._decisions.ledger):
            raise ValueError("the acquirer's books have entries: only empty ones are gone on with")
        if state is self._kept:
            return
        if state.config is not self.config:
            self._decisions.configure(state.config)
        self._kept = state
        self.config = state.config
        self._decisions.ledger.restore(state.ledger)
        self._decisions.issuer.restore(state.issuer)
        self.messages = GrowingList.of(state.messages)
        self._decisions.numbered = state.numbered
        self._scripted = deque(state.scripted)
        self._decisions.sending = deque(state.sending)
        self._lines = TerminalLines(state.config)
        self._lines.keys.recall(state.keys)
        self._books.restore(dict(state.answered))

    @property
    def issuer_keys(self) -> IssuerKeys:
        """The TEST keys from which the cards of this bench derive theirs."""
        return self.config.issuer_keys

    @property
    def pin_key(self) -> Secret[bytes]:
        """The TEST key, 16 bytes, under which its terminals encipher PIN blocks."""
        return self.config.pin_key

    def open_account(
        self,
        pan: str,
        brand: str,
        *,
        expiry: str = "",
        cvc: str = "",
        pin: str = "",
        postal_code: str = "",
        street_number: str = "",
        response_code: str = APPROVED,
        balance: int | None = None,
        issued: str = "",
    ) -> None:
        """Opens an account, or replaces the one of the same number. `expiry` is YYMM, `balance` minor units.

        What is left empty is not compared with what a request says. `issued` is the sequence number of a card that is fresh from
        the factory, whose counter begins anew.
        """
        self._kept = None
        self.dialect.check_response(response_code)
        if issued:
            self._decisions.issuer.issue(Secret(pan), issued)
        self._decisions.issuer.open(
            Account(
                pan=Secret(pan),
                brand=brand,
                expiry=expiry,
                cvc=Secret(cvc) if cvc else None,
                pin=Secret(pin) if pin else None,
                postal_code=postal_code,
                street_number=street_number,
                response_code=response_code,
                balance=balance,
            )
        )

    def has_account(self, pan: Secret[str]) -> bool:
        """Whether the issuer has an account of this number."""
        return self._decisions.issuer.knows(pan)

    def script(self, answers: Sequence[str]) -> None:
        """Queues answers for the next messages of any kind. Raises `ValueError` and then queues none."""
        self._kept = None
        parsed = [ScriptedAnswer.parse(text) for text in answers]
        for answer in parsed:
            self.dialect.check_response(answer.code or APPROVED)
        self._scripted.extend(parsed)

    def send(self, words: Sequence[str]) -> None:
        """Queues one issuer script for the next answer to a chip card, in the words of `host.scripts`. Raises `ValueError`."""
        self._kept = None
        self._decisions.sending.append(IssuerScript.parse(words))

    def net(self, reference: str, terminal: str | None = None) -> int:
        """What the merchant is left with of a payment, in minor units."""
        return self.ledger.net(reference, terminal)

    def entries(self) -> Sequence[LedgerEntry]:
        return self.ledger.entries

    def respond(self, message: bytes) -> Answer:
        """The answer to a message off the wire; to what is no message, silence and a note that says why. Raises `StorageFailed`."""
        answer = self.decide(message)
        self.make_durable()
        return answer

    def make_durable(self) -> None:
        """All that was decided is durable when it returns, so its answers may leave. Raises `StorageFailed`."""
        self._books.sync()

    def decide(self, message: bytes) -> Answer:
        """As `respond`, but the answer must not leave before `make_durable` has returned."""
        self._kept = None
        try:
            if self.dialect.is_management(message):
                return self._manage(message)
            request = self.dialect.decode_request(message)
            keys = self._lines.authenticating(message, request.terminal, self.dialect)
        except MessageError as error:
            return Answer(reply=None, delay=0, note=f"not understood: {error}")
        request = self._lines.translated(request, keys)
        scripted, decided = self._next_answer(request)
        reply, found = self._books.reply(request, scripted)
        note = "; ".join(filter(None, (decided, found)))
        got = seen(request, reply, note, self.dialect.label(request))
        if self._keeps_messages:
            self.messages.append(got)
        if scripted.fate is AnswerFate.LOST:
            return Answer(reply=None, delay=0, note=note, message=got)
        garbled = scripted.fate is AnswerFate.GARBLED
        encoded = (
            _GARBAGE if garbled else self._lines.sealed(self.dialect.encode_reply(reply), keys, self.dialect)
        )
        return Answer(reply=encoded, delay=self.config.delay + scripted.late, note=note, message=got)

    def _manage(self, message: bytes) -> Answer:
        """The answer to a message of network management. Raises `MessageError`."""
        managed = self._lines.managed(message, self.dialect)
        if managed.issued:
            self._books.keep_keys(managed.issued)
        return Answer(reply=managed.reply, delay=self.config.delay, note=managed.note)

    def _next_answer(self, request: HostRequest) -> tuple[ScriptedAnswer, str]:
        """What overrules the issuer for this message, and the note of it for the trace."""
        if request.kind.facts.booking is Booking.NOTHING:
            return ScriptedAnswer(), ""
        if self._scripted:
            return self._scripted.popleft(), ""
        return self.config.overruling(request)
