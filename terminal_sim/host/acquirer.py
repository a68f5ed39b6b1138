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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from terminal_sim.core.booking import Booking
from terminal_sim.core.message import HostReply, HostRequest
from terminal_sim.core.money import Money
from terminal_sim.growing_list import GrowingList
from terminal_sim.host.answered import AnsweredMessage, MessageKey, key_of
from terminal_sim.host.answers import APPROVED, DECLINED, PARTIAL, AnswerFate, ScriptedAnswer
from terminal_sim.host.books_index import LedgerRecord
from terminal_sim.host.config import AcquirerConfig
from terminal_sim.host.dialect import Dialect, MessageError
from terminal_sim.host.iso8583.load import load_dialect
from terminal_sim.host.issuer import OWN_CODES, Account, Issuer, IssuerState
from terminal_sim.host.ledger import LEDGER_CODES, NO_ACTION_TAKEN, Ledger, LedgerEntry, LedgerState
from terminal_sim.host.ledger_file import LedgerFile
from terminal_sim.host.scripts import LONGEST_ICC_DATA, IssuerScript, fitting
from terminal_sim.host.seen import SeenMessage, seen
from terminal_sim.host.settlement import settle
from terminal_sim.host.terminal_keys import KeysIssued
from terminal_sim.host.terminal_lines import TerminalLines
from terminal_sim.secret import Secret

if TYPE_CHECKING:
    from terminal_sim.emv.keys.derivation import IssuerKeys

_CONFLICTING_DUPLICATE = "94"
_INVALID_AMOUNT = "13"
_OWN_CODES = (
    *OWN_CODES,
    APPROVED,
    PARTIAL,
    DECLINED,
    _CONFLICTING_DUPLICATE,
    _INVALID_AMOUNT,
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


class AcquirerState(Struct, frozen=True, kw_only=True):
    """All of an acquirer at one moment. `answered` has each message whose repeats get its answer."""

    config: AcquirerConfig
    ledger: LedgerState
    issuer: IssuerState
    messages: Sequence[SeenMessage]
    numbered: int
    scripted: tuple[ScriptedAnswer, ...]
    sending: tuple[IssuerScript, ...]
    answered: Mapping[MessageKey, AnsweredMessage]
    keys: tuple[KeysIssued, ...] = ()


class Acquirer:
    """See the rules above. One acquirer serves all terminals of a bench; it has no clock and starts with empty books."""

    def __init__(
        self, config: AcquirerConfig, dialect: Dialect | None = None, *, keeps_messages: bool = True
    ) -> None:
        """Raises `MessageError` where the configuration has a response code that the dialect, which is else that of the configuration, cannot say."""
        self.config = config
        self.dialect: Dialect
        self._ledger = Ledger()
        self.messages: GrowingList[SeenMessage] = GrowingList()
        self._keeps_messages = keeps_messages
        self._issuer = Issuer(config, self._ledger.spent)
        self._numbered = 0
        self._scripted: deque[ScriptedAnswer] = deque()
        self._sending: deque[IssuerScript] = deque()
        self._answered: dict[MessageKey, AnsweredMessage] = {}
        self._lines = TerminalLines(config)
        self._books: LedgerFile | None = None
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
        return tuple(self._sending)

    def keep_books(self, books: LedgerFile) -> None:
        """Go on with what the file has, which is read as messages speak of it, and write into it from now on."""
        self._ledger.begin_behind(books.index.entries)
        self._issuer.counters.begin_behind(books.index.highest)
        self._numbered = books.index.numbered
        self._lines.keys.recall(KeysIssued(terminal, number) for terminal, number in books.index.keys.items())
        self._books = books

    @property
    def ledger(self) -> Ledger:
        """The books with all their entries."""
        if self._books is not None:
            self._recall(self._books.rest())
        return self._ledger

    def _recall(self, records: Iterable[LedgerRecord]) -> None:
        for record in records:
            self._ledger.recall(record.entries)
            self._issuer.counters.recall(record.counters)
            for message in record.answers:
                self._know(message)

    def _recall_payments(self, request: HostRequest) -> None:
        """What the books of earlier runs say of the payment of `request`, of the one that it undoes, and of its card's counter."""
        if self._books is not None:
            if request.kind.settles:
                self._recall(self._books.rest())
            self._recall(self._books.about(request.reference))
            if (use := self._issuer.counter_use(request)) is not None:
                self._recall(self._books.about(use.name))
            if request.original is not None:
                self._recall(self._books.about(request.original.reference))

    def snapshot(self) -> AcquirerState:
        """All that decides the next answers: it holds test card numbers, PINs and keys."""
        if self._kept is None:
            self._kept = self._state()
        return self._kept

    def _state(self) -> AcquirerState:
        return AcquirerState(
            config=self.config,
            ledger=self.ledger.snapshot(),
            issuer=self._issuer.snapshot(),
            messages=self.messages.copy(),
            numbered=self._numbered,
            scripted=tuple(self._scripted),
            sending=tuple(self._sending),
            answered=self._answered.copy(),
            keys=self._lines.keys.issued(),
        )

    def restore(self, state: AcquirerState) -> None:
        """Be as an acquirer was at that moment. Raises `ValueError` where books in a file have entries: these stay."""
        if self._books is not None and len(self._ledger):
            raise ValueError("the acquirer's books have entries: only empty ones are gone on with")
        if state is self._kept:
            return
        if state.config is not self.config:
            self._issuer = Issuer(state.config, self._ledger.spent)
        self._kept = state
        self.config = state.config
        self._ledger.restore(state.ledger)
        self._issuer.restore(state.issuer)
        self.messages = GrowingList.of(state.messages)
        self._numbered = state.numbered
        self._scripted = deque(state.scripted)
        self._sending = deque(state.sending)
        self._answered = dict(state.answered)
        self._lines = TerminalLines(state.config)
        self._lines.keys.recall(state.keys)
        self._keep(0, 0, tuple(state.answered.values()))
        self.make_durable()

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
            self._issuer.issue(Secret(pan), issued)
        self._issuer.open(
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
        return self._issuer.knows(pan)

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
        self._sending.append(IssuerScript.parse(words))

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
        if self._books is not None:
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
        reply, found = self._reply(request, scripted)
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
        if managed.issued and self._books is not None:
            self._books.append(
                LedgerRecord(numbered=self._numbered, entries=(), answers=(), keys=managed.issued)
            )
        return Answer(reply=managed.reply, delay=self.config.delay, note=managed.note)

    def _next_answer(self, request: HostRequest) -> tuple[ScriptedAnswer, str]:
        """What overrules the issuer for this message, and the note of it for the trace."""
        if request.kind.facts.booking is Booking.NOTHING:
            return ScriptedAnswer(), ""
        if self._scripted:
            return self._scripted.popleft(), ""
        pan = request.card_number
        for rule in self.config.rules:
            if rule.fits("" if pan is None else pan.reveal(), request.amount.minor, request.kind):
                return ScriptedAnswer.parse(rule.answer), f"{self.config.id}: a rule answers {rule.answer}"
        ending = self.config.ending_of(request.amount.minor) if request.kind.charges else None
        if ending is None:
            return ScriptedAnswer(), ""
        digits, decided = ending
        note = f"pack {self.config.pack}: an amount that ends in {digits} is answered {decided.code} {decided.text}"
        return ScriptedAnswer(code=decided.code, text=decided.text), note.rstrip()

    def _reply(self, request: HostRequest, scripted: ScriptedAnswer) -> tuple[HostReply, str]:
        """The reply to a request, and what the issuer found wrong with its chip, for the log."""
        self._recall_payments(request)
        known = self._answered.get(key_of(request))
        if known is not None and known.repeated_by(request):
            return known.reply, ""
        note = ""
        booked, counted = len(self._ledger), len(self._issuer.counters)
        if known is not None:
            reply = self._answer(request, _CONFLICTING_DUPLICATE)
        else:
            reply, note = self._decide(request, scripted)
        message = AnsweredMessage.of(request, reply)
        self._keep(booked, counted, (message,))
        self._know(message)
        return reply, note

    def _know(self, message: AnsweredMessage) -> None:
        """The first final answer to a message is the one that its repeats get."""
        if message.is_final:
            self._answered.setdefault(message.key, message)

    def _keep(self, booked: int, counted: int, answers: tuple[AnsweredMessage, ...]) -> None:
        """Write what the books have since their first `booked` entries and `counted` counters, with its answers. Raises `StorageFailed`."""
        if self._books is not None:
            record = LedgerRecord(
                numbered=self._numbered,
                entries=self._ledger.since(booked),
                answers=answers,
                counters=self._issuer.counters.since(counted),
            )
            self._books.append(record)

    def _decide(self, request: HostRequest, scripted: ScriptedAnswer) -> tuple[HostReply, str]:
        self._issuer.hear(request)
        if request.kind.facts.booking is Booking.NOTHING:
            return self._answer(request, APPROVED), ""
        if request.kind.settles:
            scripted_code = "" if scripted.code in (APPROVED, PARTIAL) else scripted.code
            code, note = (scripted_code, "") if scripted_code else settle(self._ledger, request)
            return self._answer(request, code), note
        if request.amount.minor == 0:
            return self._answer(request, _INVALID_AMOUNT), ""
        if request.kind.charges:
            return self._authorise(request, scripted)
        if scripted.code not in ("", APPROVED, PARTIAL):
            return self._answer(request, scripted.code), ""
        if request.original is not None and request.kind.undoes:
            return self._answer(request, self._ledger.undo(request, request.original)), ""
        code = self._ledger.refund(request, request.card_number)
        return self._answer(request, code, icc_data=self._icc_data(request, code)), ""

    def _authorise(self, request: HostRequest, scripted: ScriptedAnswer) -> tuple[HostReply, str]:
        if self._ledger.is_reversed_before_arrival(request):
            return self._answer(request, NO_ACTION_TAKEN), ""
        verdict = self._issuer.judge(request)
        code = scripted.code or verdict.code
        amount, authorised = request.amount, None
        if code == PARTIAL and scripted.partial < amount.minor:
            amount = authorised = Money(scripted.partial, amount.currency)
        elif code == PARTIAL:
            code = APPROVED
        if code in (APPROVED, PARTIAL):
            self._ledger.charge(request, amount, verdict.pan)
        reply = self._answer(
            request,
            code,
            avs_result=verdict.avs_result,
            icc_data=self._icc_data(request, code),
            authorised=authorised,
            text=scripted.text,
        )
        return reply, verdict.note

    def _icc_data(self, request: HostRequest, code: str) -> bytes:
        """DE 55 of an answer: issuer authentication data, and the scripts that wait, where a chip in the slot can run them."""
        data = self._issuer.authentication_data(request, code)
        if not self._sending or not self._issuer.reaches_card(request) or not request.kind.facts.is_payment:
            return data
        securing = self._issuer.securing(request)
        room = LONGEST_ICC_DATA - len(data)
        count, encoded = fitting(self._sending, room, self._numbered << 8, securing)
        for number in range(count):
            sent = self._sending.popleft()
            if sent.secured is not None and sent.secured.pin is not None:
                self._issuer.ask_to_change_pin(request, sent.secured.pin, (self._numbered << 8) + number)
        return data + encoded

    def _answer(
        self,
        request: HostRequest,
        code: str,
        *,
        avs_result: str = "",
        icc_data: bytes = b"",
        authorised: Money | None = None,
        text: str = "",
    ) -> HostReply:
        """An answer with the next host reference: year, day, hour, number, as acquirers write DE 37."""
        self._numbered += 1
        number, at = self._numbered, request.at
        day = at.toordinal() - at.replace(month=1, day=1).toordinal() + 1
        approved = code in (APPROVED, PARTIAL)
        return HostReply(
            message_class=request.kind.facts.message_class,
            terminal=request.terminal,
            stan=request.stan,
            amount=request.amount,
            response_code=code,
            auth_code=f"{number:06d}" if approved and request.kind.charges else "",
            host_reference=f"{at.year % 10}{day:03}{at.hour:02}{number:06}",
            avs_result=avs_result,
            icc_data=icc_data,
            authorised=authorised,
            text=text,
        )
