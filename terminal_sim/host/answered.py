"""A message that the acquirer has answered, as far as a repeat of it is compared with it."""

from __future__ import annotations

from msgspec import Struct

from terminal_sim.core.booking import Booking
from terminal_sim.core.message import HostReply, HostRequest, MessageKind, Original
from terminal_sim.core.money import Money
from terminal_sim.host.answers import APPROVED

MessageKey = tuple[MessageKind, str, int, str]


class AnsweredMessage(Struct, frozen=True, kw_only=True):
    """The request and the `reply` that every repeat of it gets."""

    kind: MessageKind
    terminal: str
    stan: int
    reference: str
    amount: Money
    original: Original | None
    reply: HostReply
    batch: int = 0

    @classmethod
    def of(cls, request: HostRequest, reply: HostReply) -> AnsweredMessage:
        return cls(
            kind=request.kind,
            terminal=request.terminal,
            stan=request.stan,
            reference=request.reference,
            amount=request.amount,
            original=request.original,
            reply=reply,
            batch=request.batch,
        )

    @property
    def key(self) -> MessageKey:
        return self.kind, self.terminal, self.stan, self.reference

    @property
    def is_final(self) -> bool:
        """Whether a repeat gets this answer: what its terminal asks until it is taken is judged anew while it is refused."""
        asked_until_taken = self.kind.facts.booking is Booking.REVERSAL or self.kind.settles
        return not asked_until_taken or self.reply.response_code == APPROVED

    def repeated_by(self, request: HostRequest) -> bool:
        """Whether `request`, which has this message's key, asks for the same."""
        return (self.amount, self.original) == (request.amount, request.original)


def key_of(request: HostRequest) -> MessageKey:
    """What a request is known by: its kind, terminal, trace number and reference."""
    return request.kind, request.terminal, request.stan, request.reference
