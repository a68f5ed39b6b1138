"""What the kernel and the terminal say to each other.

The kernel is a generator (`emv.kernel.transaction`): it yields an `Ask`, is sent the matching answer, and returns an
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

from dataclasses import dataclass, field
from enum import Enum

from terminal_sim.secret import Secret


class Interface(Enum):
    CONTACT = "chip"
    CONTACTLESS = "contactless"


class Step(Enum):
    """Where in the transaction a command belongs; scripts tear the card `after` one of these."""

    SELECT = "select"
    GPO = "gpo"
    READ = "read"
    GENAC1 = "genac1"
    ONLINE = "online"
    GENAC2 = "genac2"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An application the terminal supports (EMV Book 1, 12.3.1): its AID and how it is matched.

    Amounts in minor units. Above `contactless_limit` the application is not offered contactless, above
    `contactless_cvm_limit` the cardholder is verified; None means that there is no such limit.
    """

    aid: bytes
    brand: str
    partial: bool = True
    version: bytes = b"\x00\x96"
    contactless: bool = True
    contactless_limit: int | None = None
    contactless_cvm_limit: int | None = None
    target_percent: int = 0
    floor_limit: int = 0
    tac_default: bytes = bytes(5)
    tac_denial: bytes = bytes(5)
    tac_online: bytes = bytes(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelConfig:
    """What the acquirer loaded into the terminal. Codes are the numeric ISO codes as text (`"124"`)."""

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
    pin_key: Secret[bytes] | None = None
    languages: tuple[str, ...] = ("en",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One transaction. `amount` in minor units; `date` YYMMDD, `time` HHMMSS, local; `unpredictable` 4 bytes (9F37)."""

    interface: Interface
    amount: int
    date: str
    time: str
    unpredictable: bytes
    transaction_type: str = "00"
    sequence: int = 1


@dataclass(frozen=True, slots=True)
class Command:
    """A C-APDU for the card, in short form. Not shown by `repr`: a VERIFY carries a PIN."""

    apdu: bytes = field(repr=False)
    step: Step


@dataclass(frozen=True, slots=True)
class ChooseApplication:
    """The cardholder picks one of `labels` (EMV Book 1, 12.4). `languages` are the card's, where it said them already."""

    labels: tuple[str, ...]
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EnterPin:
    """The cardholder types a PIN. `tries_left` and `wrong` speak of offline PIN; an online PIN has neither.

    `languages` are the card's, in order of preference.
    """

    online: bool
    tries_left: int | None = None
    wrong: bool = False
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PinEntry:
    """`pin` of 4 to 12 digits, or None where the cardholder bypassed the entry."""

    pin: Secret[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardData:
    """What was read of the card. `expiry` is YYMM; `languages` as in 5F2D, in order of preference."""

    pan: Secret[str]
    expiry: str
    brand: str
    sequence: str = "00"
    track2: Secret[str] | None = None
    aid: str = ""
    label: str = ""
    languages: tuple[str, ...] = ()
    service_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoOnline:
    """An authorization request: the card's data, DE 55 as BER-TLV and the enciphered PIN block (ISO 9564-1 format 0)."""

    card: CardData
    icc_data: bytes
    pin_block: Secret[bytes] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostDecision:
    """The issuer's answer: response code (8A), issuer authentication data (91), scripts as 71/72 templates.

    `response_code` is None where the host could not be reached: the kernel then decides offline (default action).
    """

    response_code: str | None
    issuer_authentication: bytes = b""
    scripts: bytes = b""


class Verdict(Enum):
    """How a transaction with a card ended."""

    APPROVED = "approved"
    DECLINED = "declined"
    USE_CHIP = "insert"
    USE_STRIPE = "swipe"
    NOT_ACCEPTED = "not-accepted"
    CARD_ERROR = "card-error"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The end of a conversation. `went_online` tells whether the host saw the request: a decline after an approval needs a reversal."""

    verdict: Verdict
    card: CardData | None = None
    went_online: bool = False
    cryptogram: str = ""
    tvr: bytes = bytes(5)
    tsi: bytes = bytes(2)
    cvm: str = ""
    reason: str = ""
    icc_data: bytes = field(default=b"", repr=False)


Ask = Command | ChooseApplication | EnterPin | GoOnline
Answer = bytes | int | PinEntry | HostDecision
