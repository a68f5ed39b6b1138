"""The state of one transaction, which the steps of the kernel share."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Final

from msgspec import Struct

from terminal_sim.emv.data import bits, tags, tlv, track
from terminal_sim.emv.data.fields import FormatError, compressed, digits, is_digits, numeric, printable
from terminal_sim.emv.data.track import TrackError
from terminal_sim.emv.keys.rsa import PublicKey
from terminal_sim.emv.steps.card_objects import CardObjects
from terminal_sim.emv.steps.exchange import CardError
from terminal_sim.emv.talk.card import CardData
from terminal_sim.emv.talk.config import Application, KernelConfig
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.emv.talk.request import Interface, Request
from terminal_sim.emv.talk.rules import Reason, Rule
from terminal_sim.secret import Secret

ICC_DATA = (
    tags.CRYPTOGRAM,
    tags.CRYPTOGRAM_INFORMATION,
    tags.ISSUER_APPLICATION_DATA,
    tags.UNPREDICTABLE_NUMBER,
    tags.ATC,
    tags.TVR,
    tags.DATE,
    tags.TRANSACTION_TYPE,
    tags.AMOUNT,
    tags.CURRENCY,
    tags.AIP,
    tags.TERMINAL_COUNTRY,
    tags.AMOUNT_OTHER,
    tags.CAPABILITIES,
    tags.CVM_RESULTS,
    tags.TERMINAL_TYPE,
    tags.DF_NAME,
    tags.VERSION_TERMINAL,
    tags.SEQUENCE_COUNTER,
    tags.PAN_SEQUENCE,
    tags.FORM_FACTOR,
    tags.AUTHORISATION_RESPONSE_CODE,
    tags.SCRIPT_RESULTS,
)
"""DE 55 in the order it is sent; what is unknown at that moment is left out. No element of it is sensitive."""

_QUALIFIERS: Final = (tags.TTQ, tags.CTQ)
"""What DE 55 has besides where the kernel sends the TTQ: by them the issuer knows whether a tapped card takes scripts."""


PURCHASE: Final = b"\x00"
CASH: Final = b"\x01"
CASHBACK: Final = b"\x09"
REFUND: Final = b"\x20"


class SignedRecord(Struct, frozen=True):
    """A record that takes part in offline data authentication (Book 3, 10.3), as it came with its template 70."""

    sfi: int
    number: int
    data: bytes


class OdaMethod(Enum):
    """The methods of offline data authentication (Book 3, 10.3), by their bits in byte 1 of the AIP and byte 3 of 9F33."""

    CDA = "CDA"
    DDA = "DDA"
    SDA = "SDA"


@dataclass(slots=True)
class Transaction:
    """The data elements by their source; `value` is the one look-up of all DOLs.

    `directory` holds the answer to SELECT, `card` the answer to GET PROCESSING OPTIONS and the records, `cryptogram` the
    latest answer to GENERATE AC; `signed` lists the records that the AFL gives to offline data authentication, in its order.
    `method` is the offline data authentication that was chosen, `icc_key` the card's key once it is recovered, and `sent` the values
    that went to the card for PDOL and CDOLs, which CDA covers; `relay` are the data
    of the relay resistance exchange that a combined signature must have (Book C-2, 3.10). `pin_key`, for an enciphered PIN, is there once the certificates of
    the card give it (Book 2, 7.1). `card_languages` are those of the directory 1PAY.SYS.DDF01, which hold for an application that
    names none (Book 1, 12.2.2). `magstripe` says that the card has made a track and no cryptogram (Book C-2). `cvm` is one of `no-cvm`, `signature`, `online-pin`, `offline-pin`, `on-device`, or empty.
    """

    config: KernelConfig
    request: Request
    terminal: dict[int, bytes] = field(init=False)
    application: Application | None = None
    label: str = ""
    directory: CardObjects = field(default_factory=CardObjects)
    card: CardObjects = field(default_factory=CardObjects)
    cryptogram: CardObjects = field(default_factory=CardObjects)
    signed: list[SignedRecord] = field(default_factory=list)
    sent: bytes = b""
    relay: bytes = b""
    method: OdaMethod | None = None
    icc_key: PublicKey | None = None
    card_languages: bytes = b""
    magstripe: bool = False
    tvr: int = 0
    tsi: int = 0
    cvm: str = ""
    pin_block: Secret[bytes] | None = None
    key_serial: bytes = b""
    pin_bypassed: bool = False
    pin_key: PublicKey | None = None
    went_online: bool = False
    reasons: list[Reason] = field(default_factory=list)
    _card_data: CardData | None = None
    _scheme: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        self.terminal = terminal_data(self.config, self.request)

    def value(self, tag: int) -> bytes | None:
        """The value of `tag` now, or None; the terminal's own elements come before the card's, so that no card overrules them.

        A value of the card is as it came, since a DOL does not look at formats (Book 3, 5.4).
        """
        if tag == tags.TVR:
            return self.tvr.to_bytes(5)
        if tag == tags.TSI:
            return self.tsi.to_bytes(2)
        value = self.terminal.get(tag)
        if value is not None:
            return value
        for known in (self.cryptogram, self.card, self.directory):
            value = known.raw(tag)
            if value is not None:
                return value
        return None

    def use(self, application: Application, label: str, directory: CardObjects) -> None:
        """A (new) application is selected: nothing of the one before remains."""
        self.application = application
        self.label = label
        self.directory = directory
        self.card = CardObjects()
        self.cryptogram = CardObjects()
        self.signed = []
        self.pin_key = None
        self.sent = b""
        self.relay = b""
        self.method = None
        self.icc_key = None
        self.magstripe = False
        self._card_data = None
        self.terminal = {tag: value for tag, value in self.terminal.items() if tag not in self._scheme}
        self.terminal |= application.elements
        self._scheme = frozenset(tag for tag, _ in application.elements)
        self.terminal[tags.AID_TERMINAL] = application.aid
        self.terminal[tags.VERSION_TERMINAL] = application.version
        self.terminal[tags.FLOOR_LIMIT] = application.floor_limit.to_bytes(4)

    @property
    def is_cash(self) -> bool:
        """Whether the cardholder gets cash and nothing else (9C, ISO 8583 processing code)."""
        return self.terminal[tags.TRANSACTION_TYPE] == CASH

    @property
    def is_refund(self) -> bool:
        """Whether the cardholder gets money back for goods."""
        return self.terminal[tags.TRANSACTION_TYPE] == REFUND

    @property
    def is_cashback(self) -> bool:
        """Whether the cardholder gets cash besides the purchase: by the transaction type, or by an amount in 9F03."""
        return self.terminal[tags.TRANSACTION_TYPE] == CASHBACK or any(self.terminal[tags.AMOUNT_OTHER])

    def selected(self) -> Application:
        """The selected application. Raises `RuntimeError` where a step runs before the selection."""
        if self.application is None:
            raise RuntimeError("a step that needs the selected application ran before the selection")
        return self.application

    def languages(self) -> tuple[str, ...]:
        """The cardholder's languages (5F2D) as far as the card has given them yet: the application's, else those of the directory."""
        text = printable(self.value(tags.LANGUAGES) or self.card_languages).lower()
        return tuple(text[at : at + 2] for at in range(0, len(text) - 1, 2))

    def icc_data(self) -> bytes:
        """DE 55 as BER-TLV; empty where the card was read in mag-stripe mode."""
        if self.magstripe:
            return b""
        sent = (*ICC_DATA, *_QUALIFIERS) if tags.TTQ in self.terminal else ICC_DATA
        # As `value` has it, all at once: the later overrules the earlier.
        known = {
            **self.directory.stated,
            **self.card.stated,
            **self.cryptogram.stated,
            **self.terminal,
            tags.TVR: self.tvr.to_bytes(5),
        }
        return tlv.join([(tag, known[tag]) for tag in sent if tag in known])

    def card_data(self) -> CardData:
        """The card as read. Raises `CardError` where PAN or expiry are missing or disagree."""
        if self._card_data is None:
            self._card_data = self._read_card_data()
        return self._card_data

    def _read_card_data(self) -> CardData:
        try:
            stripe = track.from_tag57(self.card[tags.TRACK_2]) if tags.TRACK_2 in self.card else None
            pan = Secret(compressed(self.card[tags.PAN])) if tags.PAN in self.card else None
        except (TrackError, FormatError) as error:
            raise CardError(str(error)) from None
        if pan is not None and not 8 <= len(pan) <= 19:
            raise CardError(f"the account number has {len(pan)} digits")
        if pan is None:
            if stripe is None:
                raise CardError("the card has no account number")
            pan = stripe.pan
        elif stripe is not None and stripe.pan != pan:
            raise CardError("the account numbers of 5A and 57 differ")
        if tags.EXPIRATION_DATE in self.card:
            expiry = digits(self.card[tags.EXPIRATION_DATE])[:4]
        else:
            expiry = stripe.expiry if stripe else ""
        return CardData(
            pan=pan,
            expiry=expiry,
            brand=self.selected().brand,
            sequence=digits(self.card.get(tags.PAN_SEQUENCE, b"\x00")),
            track2=stripe.track2 if stripe and len(stripe.track2 or "") <= track.LONGEST_TRACK_2 else None,
            aid=(self.directory.get(tags.DF_NAME) or self.selected().aid).hex().upper(),
            label=self.label,
            languages=self.languages(),
            service_code=stripe.service_code if stripe else "",
        )

    def note(self, rule: Rule, tag: int = 0, names: tuple[str, ...] = (), detail: str = "") -> None:
        """Keeps a reason; one that stands already is not kept again."""
        reason = Reason(rule, tag, names, detail)
        if reason not in self.reasons:
            self.reasons.append(reason)

    def mark(self, bit: int, rule: Rule, detail: str = "") -> None:
        """Sets a bit of the TVR and keeps the reason with the bit's name."""
        self.tvr |= bit
        self.note(rule, tags.TVR, bits.names(tags.TVR, bit.to_bytes(5)), detail)

    def outcome(self, verdict: Verdict, rule: Rule | None = None, detail: str = "") -> Outcome:
        """How it ended, with all that is known by then; `rule` is why, where something speaks against an approval."""
        if rule is not None:
            self.reasons.append(Reason(rule, detail=detail))
        return Outcome(
            verdict=verdict,
            card=self._card_data,
            went_online=self.went_online,
            cryptogram=(self.value(tags.CRYPTOGRAM) or b"").hex().upper(),
            tvr=self.tvr.to_bytes(5),
            tsi=self.tsi.to_bytes(2),
            cvm=self.cvm,
            icc_data=self.icc_data(),
            reasons=tuple(self.reasons),
            advice=tags.SCRIPT_RESULTS in self.terminal
            or any(reason.rule is Rule.CARD_ADVICE for reason in self.reasons),
        )


def terminal_data(config: KernelConfig, request: Request) -> dict[int, bytes]:
    """What the terminal itself knows, as data elements. Raises `ValueError` where our own configuration is wrong."""
    if not 0 <= request.amount_other <= request.amount < 10**12:
        raise ValueError("an amount has 1 to 12 digits of minor units, and a cashback within it no more")
    if len(request.unpredictable) != 4:
        raise ValueError("the unpredictable number has 4 bytes")
    if len(request.date) != 6 or len(request.time) != 6:
        raise ValueError("the date is YYMMDD, the time is HHMMSS")
    contactless = request.interface is Interface.CONTACTLESS
    known = {
        **_elements_of(
            config.country,
            config.currency,
            config.currency_exponent,
            config.terminal_type,
            config.merchant_category,
            config.terminal_id,
            config.merchant_id,
        ),
        tags.AMOUNT: numeric(str(request.amount), 6),
        tags.AMOUNT_OTHER: numeric(str(request.amount_other), 6),
        tags.DATE: numeric(request.date, 3),
        tags.TIME: numeric(request.time, 3),
        tags.TRANSACTION_TYPE: numeric(request.transaction_type, 1),
        tags.UNPREDICTABLE_NUMBER: request.unpredictable,
        tags.CAPABILITIES: config.capabilities,
        tags.ADDITIONAL_CAPABILITIES: config.additional_capabilities,
        tags.SEQUENCE_COUNTER: numeric(str(request.sequence % 10**8), 4),
        tags.ENTRY_MODE: b"\x07" if contactless else b"\x05",
    }
    for tag, amount in (
        (tags.AMOUNT_BINARY, request.amount),
        (tags.AMOUNT_OTHER_BINARY, request.amount_other),
    ):
        if amount < 1 << 32:
            known[tag] = amount.to_bytes(4)
    return known


@lru_cache(maxsize=64)
def _elements_of(
    country: str,
    currency: str,
    exponent: int,
    terminal_type: str,
    category: str,
    terminal: str,
    merchant: str,
) -> dict[int, bytes]:
    """The data elements that are the same in every transaction of a terminal."""
    if not (is_digits(country) and is_digits(currency)):
        raise ValueError("country and currency are numeric ISO codes")
    return {
        tags.TERMINAL_COUNTRY: numeric(country, 2),
        tags.CURRENCY: numeric(currency, 2),
        tags.CURRENCY_EXPONENT: numeric(str(exponent), 1),
        tags.TERMINAL_TYPE: numeric(terminal_type, 1),
        tags.MERCHANT_CATEGORY: numeric(category, 2),
        tags.TERMINAL_ID: terminal.encode("ascii").ljust(8)[:8],
        tags.MERCHANT_ID: merchant.encode("ascii").ljust(15)[:15],
    }
