"""The acquirer's books: what it has answered and booked, in memory or in a file, where it is durable.

1. A repeat of a message gets the first final answer to it and books nothing; with another amount or original it is declined 94.
2. What the file has of earlier runs is read as messages speak of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from terminal_sim.core.message import HostReply, HostRequest
from terminal_sim.host.answered import AnsweredMessage, MessageKey, key_of
from terminal_sim.host.answers import ScriptedAnswer
from terminal_sim.host.books_index import LedgerRecord
from terminal_sim.host.decisions import CONFLICTING_DUPLICATE, Decisions
from terminal_sim.host.ledger_file import LedgerFile
from terminal_sim.host.terminal_keys import KeysIssued


class AcquirerBooks:
    """See the module. `answered` has each message whose repeats get its answer."""

    def __init__(self, decisions: Decisions) -> None:
        self.answered: dict[MessageKey, AnsweredMessage] = {}
        self._decisions = decisions
        self._file: LedgerFile | None = None

    @property
    def are_in_a_file(self) -> bool:
        return self._file is not None

    def go_on_with(self, file: LedgerFile) -> None:
        """Go on with what the file has, and write into it from now on."""
        self._decisions.ledger.begin_behind(file.index.entries)
        self._decisions.issuer.counters.begin_behind(file.index.highest)
        self._decisions.numbered = file.index.numbered
        self._file = file

    def recall_all(self) -> None:
        """Read what is left in the file of earlier runs."""
        if self._file is not None:
            self._recall(self._file.rest())

    def sync(self) -> None:
        """All that was written is durable when it returns. Raises `StorageFailed`."""
        if self._file is not None:
            self._file.sync()

    def keep_keys(self, issued: tuple[KeysIssued, ...]) -> None:
        """Write that terminals got keys. Raises `StorageFailed`."""
        if self._file is not None:
            self._file.append(
                LedgerRecord(numbered=self._decisions.numbered, entries=(), answers=(), keys=issued)
            )

    def restore(self, answered: dict[MessageKey, AnsweredMessage]) -> None:
        """Be as the books were when these messages had their answers, and make that durable. The ledger is restored before. Raises `StorageFailed`."""
        self.answered = answered
        self._keep(0, 0, tuple(answered.values()))
        self.sync()

    def reply(self, request: HostRequest, scripted: ScriptedAnswer) -> tuple[HostReply, str]:
        """The reply to a request, and what the issuer found wrong with its chip, for the log."""
        self._recall_payments(request)
        known = self.answered.get(key_of(request))
        if known is not None and known.repeated_by(request):
            return known.reply, ""
        note = ""
        booked, counted = len(self._decisions.ledger), len(self._decisions.issuer.counters)
        if known is not None:
            reply = self._decisions.answer(request, CONFLICTING_DUPLICATE)
        else:
            reply, note = self._decisions.decide(request, scripted)
        message = AnsweredMessage.of(request, reply)
        self._keep(booked, counted, (message,))
        self._know(message)
        return reply, note

    def _recall(self, records: Iterable[LedgerRecord]) -> None:
        for record in records:
            self._decisions.ledger.recall(record.entries)
            self._decisions.issuer.counters.recall(record.counters)
            for message in record.answers:
                self._know(message)

    def _recall_payments(self, request: HostRequest) -> None:
        """What the books of earlier runs say of the payment of `request`, of the one that it undoes, and of its card's counter."""
        if self._file is not None:
            if request.kind.settles:
                self._recall(self._file.rest())
            self._recall(self._file.about(request.reference))
            if (use := self._decisions.issuer.counter_use(request)) is not None:
                self._recall(self._file.about(use.name))
            if request.original is not None:
                self._recall(self._file.about(request.original.reference))

    def _know(self, message: AnsweredMessage) -> None:
        """The first final answer to a message is the one that its repeats get."""
        if message.is_final:
            self.answered.setdefault(message.key, message)

    def _keep(self, booked: int, counted: int, answers: tuple[AnsweredMessage, ...]) -> None:
        """Write what the books have since their first `booked` entries and `counted` counters, with its answers. Raises `StorageFailed`."""
        if self._file is not None:
            record = LedgerRecord(
                numbered=self._decisions.numbered,
                entries=self._decisions.ledger.since(booked),
                answers=answers,
                counters=self._decisions.issuer.counters.since(counted),
            )
            self._file.append(record)
