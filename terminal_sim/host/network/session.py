"""What a terminal says on its line besides payments: sign-on, new keys, echo and sign-off (ISO 8583 network management), without any I/O.

| when                                            | what is said | until it is answered                   | without an answer, or refused |
|-------------------------------------------------|--------------|----------------------------------------|-------------------------------|
| a connection is open                            | sign-on      | payments wait                          | the connection is closed      |
| signed on, and the keys are as old as they may  | new keys     | payments wait                          | the connection is closed      |
| nothing has come or gone for the time of `echo` | echo         | payments go on                         | the connection is closed      |
| the terminal hangs up                           | sign-off     | it hangs up at once                    |                               |

A host may ask for an echo as well; it gets its answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from terminal_sim.core.trace_number import LAST_STAN
from terminal_sim.errors import StorageFailed
from terminal_sim.host.dialect import MessageError
from terminal_sim.host.management import ManagementFunction, ManagementReply, ManagementRequest

ANSWER_WITHIN = 5.0  # seconds until a message of network management counts as unanswered
_ACCEPTED, _NOT_SUPPORTED = "00", "40"


class LineRules(Struct, frozen=True):
    """What an address asks for: sign-on, an echo after so many seconds of silence, and new keys after so many; 0 for never."""

    sign_on: bool = False
    echo: float = 0
    new_keys: float = 0

    @property
    def keeps_line(self) -> bool:
        """Whether the line is kept open, and not only made for a payment."""
        return self.sign_on or self.echo > 0 or self.new_keys > 0


class LineEnd(Protocol):
    """A terminal as its line knows it: its dialect with its keys."""

    @property
    def terminal(self) -> str: ...
    def now(self) -> datetime:
        """The terminal's civil time."""
        ...

    def is_management(self, message: bytes) -> bool: ...
    def encode_management(self, message: ManagementRequest | ManagementReply) -> bytes:
        """With its code. Raises `LookupError` where there is no key for it."""
        ...

    def decode_management(self, message: bytes) -> ManagementRequest | ManagementReply:
        """Raises `MessageError` for what is none, or not authentic."""
        ...

    def renew(self, blocks: Sequence[str]) -> None:
        """Raises `ValueError` for keys that it does not take, `StorageFailed` where they cannot be kept."""
        ...


class LineSession:
    """The talk on one connection after the other. `at` is a time in seconds that never goes back.

    `notes` are for the trace, and `failed` is why the connection is to be closed, empty while it is sound.
    """

    def __init__(self, rules: LineRules, end: LineEnd) -> None:
        self.rules = rules
        self.notes: list[str] = []
        self.failed = ""
        self._end = end
        self._stan = 0
        self._asked: ManagementRequest | None = None
        self._asked_at = 0.0
        self._signed_on = False
        self._renewed_at: float | None = None
        self._last = 0.0  # when something has come or gone

    def opened(self, at: float) -> None:
        """A connection is open, on which nothing was said."""
        self.failed = ""
        self._asked = None
        self._signed_on = not self.rules.sign_on
        self._last = at

    def ready(self, at: float) -> bool:
        """Whether payments may leave."""
        waits = self._asked is not None and self._asked.function is not ManagementFunction.ECHO
        return self._signed_on and not waits and not self._wants_keys(at)

    def moved(self, at: float) -> None:
        """A payment, or the answer to one, has come or gone."""
        self._last = at

    def due(self, at: float, *, owes: bool) -> bytes | None:
        """What is to be said now; `owes` says that an answer to a payment is awaited, and then no keys are changed."""
        if self._asked is not None:
            if at - self._asked_at > ANSWER_WITHIN:
                self._fail(f"{self._asked.function.value} was not answered within {ANSWER_WITHIN:.0f} s")
            return None
        if not self._signed_on:
            return self._ask(ManagementFunction.SIGN_ON, at)
        if self._wants_keys(at) and not owes:
            return self._ask(ManagementFunction.NEW_KEYS, at)
        if self.rules.echo and at - self._last >= self.rules.echo:
            return self._ask(ManagementFunction.ECHO, at)
        return None

    def farewell(self) -> bytes | None:
        """The sign-off of a terminal that hangs up."""
        if not (self.rules.sign_on and self._signed_on):
            return None
        return self._written(self._request(ManagementFunction.SIGN_OFF))

    def is_mine(self, message: bytes) -> bool:
        """Whether a message that has come is one of network management."""
        return self._end.is_management(message)

    def take(self, message: bytes, at: float) -> bytes | None:
        """Take a message of network management; the result is the answer to one of the host."""
        self._last = at
        try:
            said = self._end.decode_management(message)
        except MessageError as wrong:
            self.notes.append(f"network management: {wrong}")
            return None
        if isinstance(said, ManagementRequest):
            return self._answer(said)
        if self._asked is None or not said.answers(self._asked):
            self.notes.append(f"network management: an answer to no {said.function.value}")
            return None
        self._asked = None
        if said.response_code != _ACCEPTED:
            self._fail(f"{said.function.value} was refused: {said.response_code}")
        elif said.function is ManagementFunction.SIGN_ON:
            self._signed_on = True
            self.notes.append("signed on")
        elif said.function is ManagementFunction.NEW_KEYS:
            self._renew(said, at)
        return None

    def _renew(self, reply: ManagementReply, at: float) -> None:
        try:
            self._end.renew(reply.key_blocks)
        except (ValueError, StorageFailed) as refused:
            self._fail(f"new keys: {refused}")
        else:
            self._renewed_at = at
            self.notes.append("new keys are in use")

    def _answer(self, request: ManagementRequest) -> bytes | None:
        knows = request.function is ManagementFunction.ECHO
        return self._written(
            ManagementReply(
                function=request.function,
                terminal=request.terminal,
                stan=request.stan,
                response_code=_ACCEPTED if knows else _NOT_SUPPORTED,
            )
        )

    def _wants_keys(self, at: float) -> bool:
        if not self.rules.new_keys:
            return False
        return self._renewed_at is None or at - self._renewed_at >= self.rules.new_keys

    def _ask(self, function: ManagementFunction, at: float) -> bytes | None:
        request = self._request(function)
        message = self._written(request)
        if message is not None:
            self._asked, self._asked_at, self._last = request, at, at
        return message

    def _request(self, function: ManagementFunction) -> ManagementRequest:
        self._stan = self._stan % LAST_STAN + 1
        return ManagementRequest(
            function=function, terminal=self._end.terminal, stan=self._stan, at=self._end.now()
        )

    def _written(self, message: ManagementRequest | ManagementReply) -> bytes | None:
        try:
            return self._end.encode_management(message)
        except (MessageError, LookupError) as wrong:
            self._fail(f"network management: {wrong}")
            return None

    def _fail(self, why: str) -> None:
        self.failed = why
        self.notes.append(why)
