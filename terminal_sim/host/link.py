"""What lies between a terminal and the acquirer: the way of real bytes, and how it fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from terminal_sim.core.message import HostReply, HostRequest
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.host.codec import decode_reply, encode_request
from terminal_sim.host.fields import MessageError

CONNECT_TIMEOUT = 5_000_000  # microseconds until a terminal gives up connecting


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What reaches the terminal `delay` microseconds after it sent: a reply, or a problem.

    `unreachable`: no connection, so nothing was sent and nothing can have been charged. `garbage`: bytes came that are no
    reply, so the host may have charged: the same as no answer.
    """

    delay: int
    reply: HostReply | None = None
    problem: Literal["", "unreachable", "garbage"] = ""
    note: str = ""


class AcquirerLink:
    """`up` says whether the acquirer can be reached, `slow` adds microseconds to each round trip."""

    def __init__(self, acquirer: Acquirer) -> None:
        self.acquirer = acquirer
        self.up = True
        self.slow = 0

    def submit(self, request: HostRequest) -> list[Delivery]:
        """All that will come back, in the order of its delay; nothing at all where the host stays silent.

        Raises `MessageError` where the request cannot be said on the wire, which is the terminal's fault.
        """
        if not self.up:
            return [Delivery(delay=CONNECT_TIMEOUT, problem="unreachable")]
        answer = self.acquirer.respond(encode_request(request))
        if answer.reply is None:
            return []
        delay = self.slow + answer.delay
        try:
            reply = decode_reply(answer.reply)
        except MessageError:
            return [Delivery(delay=delay, problem="garbage", note=answer.note)]
        return [Delivery(delay=delay, reply=reply, note=answer.note)]
