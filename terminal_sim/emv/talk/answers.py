"""What the terminal answers to the kernel's asks.

The kernel is a generator (`emv.kernels.transaction`): it yields an `Ask`, is sent the matching answer, and returns an
`Outcome`. It never waits, reads no clock and draws no random number, so it can be paused, torn and replayed at each ask.

| ask                 | answer                                     |
|---------------------|--------------------------------------------|
| `Command`           | R-APDU as `bytes` (data, SW1, SW2)         |
| `ChooseApplication` | index into `labels` as `int`               |
| `EnterPin`          | `PinEntry`                                 |
| `GoOnline`          | `HostDecision`                             |

A card that disappears is not an answer: the caller closes the generator. A decline, a fallback or "use the other
interface" is an `Outcome`; an exception means that we broke a rule.
"""

from __future__ import annotations

from dataclasses import dataclass

from terminal_sim.secret import Secret


@dataclass(frozen=True, slots=True)
class PinEntry:
    """`pin` of 4 to 12 digits, or None where the cardholder bypassed the entry."""

    pin: Secret[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostDecision:
    """The issuer's answer: response code (8A), issuer authentication data (91), scripts as 71/72 templates.

    `response_code` is None where the host could not be reached: the kernel then decides offline (default action).
    """

    response_code: str | None
    issuer_authentication: bytes = b""
    scripts: bytes = b""


Answer = bytes | int | PinEntry | HostDecision
