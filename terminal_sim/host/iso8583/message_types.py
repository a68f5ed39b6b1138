"""Message types (MTI): version 1987, class, function, and whether it is the first send or a repeat (ISO 8583:1987, 4.1.2).

| class         | request | its repeat | reply to both |
|---------------|---------|------------|---------------|
| authorisation | 0100    | 0101       | 0110          |
| financial     | 0200    | 0201       | 0210          |
| authorisation advice | 0120 | 0121   | 0130          |
| advice        | 0220    | 0221       | 0230          |
| reversal      | 0400    | 0401       | 0410          |
"""

from __future__ import annotations

from terminal_sim.core.message import MessageClass

_REQUESTS = {
    MessageClass.AUTHORISATION: "0100",
    MessageClass.FINANCIAL: "0200",
    MessageClass.AUTHORISATION_ADVICE: "0120",
    MessageClass.ADVICE: "0220",
    MessageClass.REVERSAL: "0400",
}


def request_type(message_class: MessageClass, *, repeat: bool = False) -> str:
    """The message type of a request."""
    first = _REQUESTS[message_class]
    return f"{first[:3]}1" if repeat else first


def reply_type(message_class: MessageClass) -> str:
    """The message type of a reply: the third digit is one above the request's, whether that was a repeat or not."""
    first = _REQUESTS[message_class]
    return f"{first[:2]}{int(first[2]) + 1}0"


# The class of a request's message type, and whether it is a repeat.
REQUEST_TYPES = {
    request_type(message_class, repeat=repeat): (message_class, repeat)
    for message_class in MessageClass
    for repeat in (False, True)
}
REPLY_TYPES = {reply_type(message_class): message_class for message_class in MessageClass}
