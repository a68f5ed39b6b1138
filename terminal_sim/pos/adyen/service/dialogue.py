"""The dialogues that a terminal has had: one a request that it took, with the answer as it was sent, as a fold over journal rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from terminal_sim.core.rows.schema import FlatRow, JournalRow, RowError
from terminal_sim.pos.adyen.messages.common import MessageHeader
from terminal_sim.pos.adyen.messages.references import numbers_of, tender_reference
from terminal_sim.pos.adyen.messages.refusals import RequestFailure, busy_with
from terminal_sim.pos.adyen.messages.requests import DialogueBody
from terminal_sim.pos.adyen.messages.values import Category
from terminal_sim.pos.adyen.wire.reading import Malformed, NotJson, read_envelope, read_request

REMEMBERED = 48 * 3600 * 1_000_000
"""For how long a ServiceID must not come again, in microseconds of virtual time."""


class DialogueRow(JournalRow, Struct, frozen=True, kw_only=True):
    """A request was taken: `number` counts the dialogues of the terminal, `at` is civil time in whole seconds, `mono` virtual time in microseconds.

    `operator` and `shift` are those of the request or else of its login. `request` is the id under which the terminal was asked, `text` what came, in clear. It has no card data: points of sale never do.
    """

    KINDS: ClassVar[tuple[str, ...]] = ("dialogue",)

    number: int
    sale_id: str
    service_id: str
    category: str
    request: str
    text: str
    at: datetime
    mono: int
    operator: str = ""
    shift: str = ""


class AnswerRow(JournalRow, Struct, frozen=True, kw_only=True):
    """The dialogue `number` is over: `body` is the answer's body, byte for byte as it leaves and is repeated."""

    KINDS: ClassVar[tuple[str, ...]] = ("dialogue-answer",)

    number: int
    body: str


class LoginRow(JournalRow, Struct, frozen=True, kw_only=True):
    """A point of sale has logged in (`state` is `in`) or out: `operator` and `shift` are those of what it asks for from now on."""

    KINDS: ClassVar[tuple[str, ...]] = ("login",)

    sale_id: str
    state: str
    operator: str = ""
    shift: str = ""


class PeriodRow(JournalRow, Struct, frozen=True, kw_only=True):
    """The period `number` of the totals has ended, behind `dialogues` dialogues."""

    KINDS: ClassVar[tuple[str, ...]] = ("period",)

    number: int
    dialogues: int


ROW_CLASSES: tuple[type[JournalRow], ...] = (DialogueRow, AnswerRow, LoginRow, PeriodRow)
_BY_KIND: Mapping[str, type[JournalRow]] = {kind: row for row in ROW_CLASSES for kind in row.KINDS}


def row_of(flat: FlatRow) -> JournalRow:
    """The typed row of a stored one. Raises `RowError`."""
    row = _BY_KIND.get(flat.kind)
    if row is None:
        raise RowError(f"the dialogues of a terminal have no kind {flat.kind!r}")
    return row.of(flat)


class ServiceDialogue(Struct, frozen=True, kw_only=True):
    """A request that was taken, and the `answer` once there is one. `key` is the point of sale's own name for it."""

    number: int
    header: MessageHeader
    body: DialogueBody
    at: datetime
    mono: int
    operator: str = ""
    shift: str = ""
    answer: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.header.sale_id, self.header.service_id or ""

    @property
    def category(self) -> Category:
        return self.header.message_category

    @property
    def busy(self) -> RequestFailure:
        """What another request hears as long as this one runs."""
        return busy_with(self.category, self.header.service_id or "")

    @property
    def request(self) -> str:
        """The id under which the terminal is asked, and which its journal has. A name that comes again after days is another request."""
        return f"{self.number}:{self.header.sale_id}/{self.header.service_id}"


class Dialogues:
    """The dialogues of one terminal, oldest first: the fold over their rows. `running` is the one that has no answer yet.

    `logins` has the points of sale that are logged in, `periods` those that are over.
    """

    def __init__(self) -> None:
        self.logins: dict[str, LoginRow] = {}
        self.periods: list[PeriodRow] = []
        self._all: list[ServiceDialogue] = []
        self._newest: dict[tuple[str, str], int] = {}
        self._by_request: dict[str, int] = {}

    @property
    def following(self) -> int:
        """The number of the next one."""
        return len(self._all) + 1

    @property
    def last(self) -> ServiceDialogue | None:
        return self._all[-1] if self._all else None

    @property
    def running(self) -> ServiceDialogue | None:
        return self._all[-1] if self._all and not self._all[-1].answer else None

    def within(self, after: int, up_to: int) -> Sequence[ServiceDialogue]:
        """Those behind the number `after`, up to the number `up_to`."""
        return self._all[after:up_to]

    def begin(self, dialogue: ServiceDialogue) -> None:
        self._all.append(dialogue)
        self._newest[dialogue.key] = dialogue.number
        self._by_request[dialogue.request] = dialogue.number

    def end(self, number: int, answer: str) -> None:
        """The dialogue was answered with the body `answer`: the text of its row, so that a row in memory and the dialogue share it."""
        self._all[number - 1] = replace(self._all[number - 1], answer=answer)

    def named(self, sale_id: str, service_id: str) -> ServiceDialogue | None:
        """The newest dialogue that the point of sale calls so."""
        number = self._newest.get((sale_id, service_id))
        return None if number is None else self._all[number - 1]

    def asked(self, request: str) -> ServiceDialogue | None:
        """The dialogue under whose id the terminal was asked."""
        number = self._by_request.get(request)
        return None if number is None else self._all[number - 1]

    def with_tender(self, poiid: str, tender: str) -> ServiceDialogue | None:
        """The newest dialogue of the terminal `poiid` that the platform calls by this tender."""
        may_be = (self._all[number - 1] for number in numbers_of(tender, len(self._all)))
        return next((one for one in may_be if tender_reference(poiid, one.number, one.at) == tender), None)

    def apply(self, row: JournalRow) -> None:
        """Take a stored row. Raises `RowError` for one that fits no dialogue."""
        if isinstance(row, DialogueRow):
            self.begin(dialogue_of(row))
        elif isinstance(row, AnswerRow):
            if not 0 < row.number <= len(self._all):
                raise RowError(f"there is no dialogue {row.number} to be answered")
            self.end(row.number, row.body)
        elif isinstance(row, PeriodRow):
            self.periods.append(row)
        elif isinstance(row, LoginRow):
            if row.state == "in":
                self.logins[row.sale_id] = row
            else:
                self.logins.pop(row.sale_id, None)


def dialogue_of(row: DialogueRow) -> ServiceDialogue:
    """The dialogue that the row began. Raises `RowError`."""
    try:
        request = read_request(read_envelope(row.text.encode()))
    except (NotJson, Malformed) as wrong:
        raise RowError(f"dialogue {row.number} has no request: {wrong}") from None
    if not isinstance(request.body, DialogueBody):
        raise RowError(f"dialogue {row.number} is a {row.category}, of which none is kept")
    return ServiceDialogue(
        number=row.number,
        header=request.header,
        body=request.body,
        at=row.at,
        mono=row.mono,
        operator=row.operator,
        shift=row.shift,
    )


def row_for(dialogue: ServiceDialogue, text: bytes) -> DialogueRow:
    """The row that begins `dialogue`, whose request was `text` in clear."""
    sale_id, service_id = dialogue.key
    return DialogueRow(
        number=dialogue.number,
        sale_id=sale_id,
        service_id=service_id,
        category=dialogue.category.value,
        request=dialogue.request,
        text=text.decode(),
        at=dialogue.at,
        mono=dialogue.mono,
        operator=dialogue.operator,
        shift=dialogue.shift,
    )
