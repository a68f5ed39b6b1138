"""What the acquirer loads into the kernel of a terminal; it holds no key."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from msgspec import Struct

from terminal_sim.secret import Secret


class CdaMode(Enum):
    """In which approvals the terminal asks for a combined signature (EMV Book 4, 6.3.2.1 and table 30).

    Mode 1 asks with the ARQC and with the TC after it, 2 with the ARQC alone, 3 with neither, 4 with the TC alone. A TC that is
    asked for at once is always asked for with its signature.
    """

    ARQC_AND_TC = 1
    ARQC = 2
    NEITHER = 3
    TC = 4


class CaKey(Struct, frozen=True, kw_only=True):
    """A public key of a scheme's certification authority (EMV Book 2, 11.2.2): the `index` of the provider `rid`, 5 bytes.

    `expires` is YYMMDD; `test` says that it is no scheme's live key; `revoked` are the serial numbers, 3 bytes each, of issuer's
    certificates that were made with it and taken back (5.1.2).
    """

    rid: bytes
    index: int
    modulus: bytes
    exponent: int
    expires: str = "491231"
    test: bool = True
    revoked: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderLimits:
    """Limits that stand in for those of the application where the card's program (9F5A) begins with `program` (EMV Book C-3, 3.1).

    The fields are those of `Application`.
    """

    program: bytes
    contactless_limit: int | None = None
    contactless_cvm_limit: int | None = None
    contactless_floor_limit: int | None = None
    zero_amount_allowed: bool = True
    status_check: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An application the terminal supports (EMV Book 1, 12.3.1): its AID and how it is matched.

    Amounts in minor units. From `contactless_limit` on the application is not offered contactless, from `contactless_cvm_limit` on
    the cardholder is verified, above `contactless_floor_limit` (where it is None, `floor_limit`) the issuer is asked; None means that
    there is no such limit, and the kernels that compare by themselves count from above a limit. An amount of zero, or of one unit of the
    currency with `status_check`, asks for the issuer (Contactless Book A, 5; Book B, 3.1.1). `kernel` is the identifier of the contactless
    kernel, 0 for that of the AID's scheme. `qualifiers` is the TTQ (9F66), empty where it follows from the terminal's capabilities.
    With `extended_selection` a card's extended selection (9F29) is used, with `magstripe_mode` a card of kernel 2 that has no EMV mode. The action codes (TAC) have
    5 bytes each and the bits of the TVR. `default_ddol` and `default_tdol` stand in for the lists that a card does not have.
    `threshold`, under the `floor_limit`, and the percentages, 0 to 99, are those of random
    selection (EMV Book 3, 10.6.2). `reader_limits` are the limits of certain programs of cards. `elements` are data elements of the terminal that only this application's scheme knows.
    """

    aid: bytes
    brand: str
    partial: bool = True
    version: bytes = b"\x00\x96"
    contactless: bool = True
    contactless_limit: int | None = None
    contactless_cvm_limit: int | None = None
    contactless_floor_limit: int | None = None
    zero_amount_allowed: bool = True
    status_check: bool = False
    extended_selection: bool = False
    magstripe_mode: bool = False
    kernel: int = 0
    qualifiers: bytes = b""
    floor_limit: int = 0
    threshold: int = 0
    target_percent: int = 0
    max_target_percent: int = 0
    tac_default: bytes = bytes(5)
    tac_denial: bytes = bytes(5)
    tac_online: bytes = bytes(5)
    default_ddol: bytes = bytes.fromhex("9F3704")
    default_tdol: bytes = b""
    reader_limits: tuple[ReaderLimits, ...] = ()
    elements: tuple[tuple[int, bytes], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelConfig:
    """The terminal's own data elements. Country and currency are the numeric ISO codes as text (`"124"`).

    `ca_keys` are what offline data authentication begins with; without any it always fails where a card asks for it. `exceptions` are
    the card numbers of the exception file (EMV Book 4, 6.3.5). Without `has_pin_key` the PIN pad cannot encipher an online PIN, and counts as not working (EMV Book 3, 10.5.2).
    """

    applications: tuple[Application, ...]
    country: str
    currency: str
    currency_exponent: int
    terminal_type: str = "22"
    capabilities: bytes = bytes.fromhex("E060C8")
    additional_capabilities: bytes = bytes.fromhex("F000F0A001")
    merchant_category: str = "5999"
    terminal_id: str = ""
    merchant_id: str = ""
    has_pin_key: bool = True
    languages: tuple[str, ...] = ("en",)
    exceptions: frozenset[Secret[str]] = frozenset()
    ca_keys: tuple[CaKey, ...] = ()
    cda_mode: CdaMode = CdaMode.ARQC_AND_TC
