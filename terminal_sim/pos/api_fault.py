"""What can go wrong on request with an interface that points of sale call."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class ApiFault(Enum):
    """What one call meets. All but `UNAVAILABLE` are carried out: what the answer says is durable, whatever the client gets."""

    ANSWER_LOST = "answer-lost"
    HALF = "half"
    RESET = "reset"
    SLOW = "slow"
    UNAVAILABLE = "unavailable"


class ComingApiFault(Struct, frozen=True):
    """The `count`-th call from now meets `fault`."""

    fault: ApiFault
    count: int = 1


class CertificateState(Enum):
    """What a server shows a client of TLS. `NOT_YET_VALID` is what a client sees whose clock is slow, `EXPIRED` one whose clock is fast."""

    VALID = "valid"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"


class SharedKeyState(Enum):
    """Which version of the shared key a terminal takes: that which points of sale were given, or only the next one."""

    RESTORED = "restored"
    RENEWED = "renewed"
