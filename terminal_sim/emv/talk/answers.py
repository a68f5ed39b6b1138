"""What the terminal answers to the kernel's asks."""

from __future__ import annotations

from dataclasses import dataclass, field

from terminal_sim.secret import Secret


@dataclass(frozen=True, slots=True)
class ApplicationChoice:
    """The cardholder's choice, as an index into the `labels` of `ChooseApplication`."""

    index: int


@dataclass(frozen=True, slots=True)
class TypedPin:
    """What was typed on the pad: `pin` of 4 to 12 digits, or None where the cardholder bypassed the entry."""

    pin: Secret[str] | None


@dataclass(frozen=True, slots=True)
class PinBlock:
    """An online PIN as it leaves the pad: `block` enciphered (ISO 9564-1), or None where the cardholder bypassed the entry."""

    block: Secret[bytes] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostDecision:
    """The issuer's answer: response code (tag 8A) and the issuer's DE 55 as it came.

    `response_code` is None where the host could not be reached: the kernel then decides offline (EMV Book 3, 10.7).
    """

    response_code: str | None
    icc_data: bytes = field(default=b"", repr=False)


Answer = ApplicationChoice | TypedPin | HostDecision
"""What a flow answers. An online PIN goes through the key store, so that the kernel gets it as a `PinBlock`."""
