"""What can go wrong with deliveries of events on request."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class WebhookFault(Enum):
    """What a delivery meets: `OUT_OF_ORDER` holds it back until a later one has been tried."""

    LATE = "late"
    LOST = "lost"
    OUT_OF_ORDER = "out-of-order"
    TWICE = "twice"


class ComingWebhookFault(Struct, frozen=True):
    """The `count`-th delivery from now meets `fault`."""

    fault: WebhookFault
    count: int = 1
