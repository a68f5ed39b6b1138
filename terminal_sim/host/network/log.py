"""What went over the links to a host on a network, as the virtual acquirer shows what it got."""

from __future__ import annotations

from terminal_sim.core.message import HostRequest, answers
from terminal_sim.host.dialect import Dialect, MessageError
from terminal_sim.host.seen import SeenMessage, seen


class HostLog:
    """The requests that terminals sent, oldest first, each with the first answer that came to it. A `LinkLog`."""

    def __init__(self, dialect: Dialect) -> None:
        self.messages: list[SeenMessage] = []
        self._dialect = dialect
        self._open: dict[int, HostRequest] = {}  # by their place in `messages`

    def sent(self, message: bytes) -> None:
        """One more request. A repeat takes the place of what it repeats: an answer is for the last of them."""
        request = self._dialect.decode_request(message)
        for place, earlier in list(self._open.items()):
            if (earlier.terminal, earlier.stan, earlier.kind) == (
                request.terminal,
                request.stan,
                request.kind,
            ):
                del self._open[place]
        self._open[len(self.messages)] = request
        self.messages.append(seen(request, None, "", self._dialect.label(request)))

    def received(self, message: bytes) -> None:
        """An answer; what is none, or answers nothing that is open, changes nothing."""
        try:
            reply = self._dialect.decode_reply(message)
        except MessageError:
            return
        for place, request in self._open.items():
            if answers(reply, request):
                self.messages[place] = seen(request, reply, "", self._dialect.label(request))
                del self._open[place]
                return
