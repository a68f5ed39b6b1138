"""Offline data authentication: whether the card is what its issuer made, and no copy (EMV Book 3, 10.3; Book 2, 5 and 6).

1. Of the methods that card and terminal share the best is taken: CDA, DDA, SDA. XDA, by elliptic curves, is not implemented.
2. Whatever fails sets the method's bit and, where data are missing, one more; the transaction goes on, and the action codes decide.
3. For CDA the keys are recovered here, so that a failure counts in the terminal action analysis; the signature itself comes with
   GENERATE AC (Book 4, 6.3.2.1).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from terminal_sim.emv.data import dol, tags, tlv, tvr
from terminal_sim.emv.data.apdu import StatusWord
from terminal_sim.emv.data.fields import FormatError, compressed, full_year
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.keys import certificates
from terminal_sim.emv.keys.certificates import CertificateError
from terminal_sim.emv.keys.rsa import PublicKey
from terminal_sim.emv.steps import commands
from terminal_sim.emv.steps.exchange import CardError, exchange, fault
from terminal_sim.emv.steps.read import FIRST_PROPRIETARY_FILE
from terminal_sim.emv.steps.state import OdaMethod, Transaction
from terminal_sim.emv.talk.config import CaKey
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.rules import Rule

_ONLY_AIP: Final = bytes((tags.AIP,))


@dataclass(frozen=True, slots=True)
class MethodRow:
    """What belongs to a method: its bit in byte 1 of the AIP and in byte 3 of 9F33, what must be there, and what its failure sets."""

    method: OdaMethod
    card: int
    terminal: int
    needed: tuple[int, ...]
    failed: int
    rule: Rule


_STATIC: Final = (tags.CA_KEY_INDEX, tags.ISSUER_CERTIFICATE, tags.ISSUER_KEY_EXPONENT)
_DYNAMIC: Final = (*_STATIC, tags.ICC_CERTIFICATE, tags.ICC_KEY_EXPONENT)
_METHODS: Final = (
    MethodRow(OdaMethod.CDA, 0x01, 0x08, _DYNAMIC, tvr.CDA_FAILED, Rule.ODA_CDA_FAILED),
    MethodRow(OdaMethod.DDA, 0x20, 0x40, _DYNAMIC, tvr.DDA_FAILED, Rule.ODA_DDA_FAILED),
    MethodRow(
        OdaMethod.SDA, 0x40, 0x80, (*_STATIC, tags.SIGNED_STATIC_DATA), tvr.SDA_FAILED, Rule.ODA_SDA_FAILED
    ),
)
"""Best first."""


def authenticate(
    transaction: Transaction, methods: Collection[OdaMethod] = tuple(OdaMethod)
) -> Conversation[None]:
    """Chooses one of `methods` and performs it as far as its place allows; sets TVR and TSI, and keeps the card's key."""
    row = _chosen(transaction, methods)
    if row is None:
        transaction.mark(tvr.ODA_NOT_PERFORMED, Rule.ODA_NOT_PERFORMED)
        return
    transaction.method = row.method
    if row.method is OdaMethod.SDA:
        transaction.mark(tvr.SDA_SELECTED, Rule.ODA_SDA_SELECTED)
    try:
        _require(transaction, row)
        if row.method is OdaMethod.SDA:
            _check_static(transaction)
        else:
            transaction.icc_key = card_key(transaction)
        if row.method is OdaMethod.DDA:
            yield from _check_dynamic(transaction, transaction.icc_key)
    except CertificateError as failed:
        transaction.mark(row.failed, row.rule, str(failed))
        transaction.tsi |= tvr.TSI_ODA_PERFORMED
        return
    if row.method is not OdaMethod.CDA:
        transaction.tsi |= tvr.TSI_ODA_PERFORMED


def pin_key(transaction: Transaction) -> PublicKey | None:
    """The card's key for an enciphered PIN (Book 2, 7.1): that of 9F2D, else the card's own; None where neither recovers."""
    card = transaction.card
    try:
        if tags.PIN_CERTIFICATE not in card:
            return transaction.icc_key or card_key(transaction)
        return certificates.icc_key(
            _issuer_key(transaction),
            card[tags.PIN_CERTIFICATE],
            card.get(tags.PIN_KEY_EXPONENT, b""),
            card.get(tags.PIN_KEY_REMAINDER, b""),
            pan=_pan(transaction),
            today=transaction.request.date,
            paragraph="B2 7.1",
        )
    except CertificateError:
        return None


def static_data(transaction: Transaction) -> bytes:
    """The static data to be authenticated (Book 3, 10.3): of each signed record the value of its template 70, or the whole record of a
    file from 11 to 30; then, where 9F4A is `82`, the AIP. Raises `CertificateError` where a record or 9F4A is none that may be signed.
    """
    data = b""
    for record in transaction.signed:
        objects = _objects(record.data)
        if [tag for tag, _ in objects] != [tags.RECORD]:
            raise CertificateError("a record that is signed is no template 70", "B3 10.3")
        data += objects[0][1] if record.sfi < FIRST_PROPRIETARY_FILE else record.data
    listed = transaction.card.raw(tags.STATIC_TAG_LIST)
    if listed is None:
        return data
    if listed != _ONLY_AIP:
        raise CertificateError("the list of signed elements (9F4A) has more than the AIP", "B3 10.3")
    return data + transaction.card[tags.AIP]


def _objects(record: bytes) -> list[tuple[int, bytes]]:
    try:
        return tlv.split(record, fillers=b"")
    except TlvError:
        return []


def _chosen(transaction: Transaction, methods: Collection[OdaMethod]) -> MethodRow | None:
    offered, supported = transaction.card[tags.AIP][0], transaction.terminal[tags.CAPABILITIES][2]
    shared = (row for row in _METHODS if offered & row.card and supported & row.terminal)
    return next((row for row in shared if row.method in methods), None)


def _require(transaction: Transaction, row: MethodRow) -> None:
    missing = [tag for tag in row.needed if tag not in transaction.card]
    if missing:
        names = " ".join(f"{tag:X}" for tag in missing)
        transaction.mark(tvr.ICC_DATA_MISSING, Rule.ODA_DATA_MISSING, f"the card has no {names}")
        raise CertificateError(f"the card has no {names}", "B3 7.5")


def _issuer_key(transaction: Transaction) -> PublicKey:
    card, ca = transaction.card, _ca_key(transaction)
    return certificates.issuer_key(
        PublicKey(ca.modulus, ca.exponent),
        card[tags.ISSUER_CERTIFICATE],
        card.get(tags.ISSUER_KEY_EXPONENT, b""),
        card.get(tags.ISSUER_KEY_REMAINDER, b""),
        pan=_pan(transaction),
        today=transaction.request.date,
        revoked=ca.revoked,
    )


def card_key(transaction: Transaction) -> PublicKey:
    """The card's key out of its certificates (Book 2, 6.4). Raises `CertificateError` where it cannot be recovered."""
    card = transaction.card
    missing = [tag for tag in _DYNAMIC if tag not in card]
    if missing:
        raise CertificateError("the card has no certificate of its own", "B3 7.5")
    return certificates.icc_key(
        _issuer_key(transaction),
        card[tags.ICC_CERTIFICATE],
        card[tags.ICC_KEY_EXPONENT],
        card.get(tags.ICC_KEY_REMAINDER, b""),
        pan=_pan(transaction),
        today=transaction.request.date,
        static=static_data(transaction),
    )


def _ca_key(transaction: Transaction) -> CaKey:
    """The scheme's key: by the first five bytes of the AID, and 8F (Book 2, 5.2). One past its date is not used any more (11.2)."""
    card = transaction.card
    if tags.CA_KEY_INDEX not in card or tags.ISSUER_CERTIFICATE not in card:
        raise CertificateError("the card has no certificate of its issuer", "B3 7.5")
    rid = (transaction.directory.get(tags.DF_NAME) or transaction.selected().aid)[:5]
    index = card[tags.CA_KEY_INDEX][0]
    name = f"key {index:02X} of {rid.hex().upper()}"
    for key in transaction.config.ca_keys:
        if (key.rid, key.index) == (rid, index):
            if full_year(key.expires) < full_year(transaction.request.date):
                raise CertificateError(f"the terminal's {name} has expired", "B2 11.2")
            return key
    raise CertificateError(f"the terminal has no {name}", "B2 5.2")


def _check_static(transaction: Transaction) -> None:
    signed = certificates.static_signature(
        _issuer_key(transaction), transaction.card[tags.SIGNED_STATIC_DATA], static_data(transaction)
    )
    transaction.card[tags.DATA_AUTHENTICATION_CODE] = signed.code


def _check_dynamic(transaction: Transaction, key: PublicKey | None) -> Conversation[None]:
    """INTERNAL AUTHENTICATE over the DDOL, the card's or the terminal's own; a list without 9F37 proves nothing (Book 2, 6.5.1)."""
    ddol = transaction.card.get(tags.DDOL) or transaction.selected().default_ddol
    if not any(entry.tag == tags.UNPREDICTABLE_NUMBER for entry in dol.parse(ddol)):
        raise CertificateError("the DDOL does not ask for the unpredictable number", "B2 6.5.1")
    data = dol.build(ddol, transaction.value)
    response = yield from exchange(commands.internal_authenticate(data))
    if response.sw != StatusWord.OK:
        raise fault("INTERNAL AUTHENTICATE", response.sw)
    if key is None:
        raise RuntimeError("the card's key is recovered before INTERNAL AUTHENTICATE")
    signed = certificates.dynamic_signature(key, _signature(response.data), data)
    transaction.card[tags.ICC_DYNAMIC_NUMBER] = signed.number


def _signature(data: bytes) -> bytes:
    """9F4B of the answer, format 1 or 2 (Book 3, 6.5.9.4)."""
    objects = tlv.split(data)
    if len(objects) != 1:
        raise CardError("INTERNAL AUTHENTICATE is answered by other than one data object")
    tag, value = objects[0]
    if tag == tags.RESPONSE_FORMAT_1:
        return value
    if tag != tags.RESPONSE_FORMAT_2:
        raise CardError(f"INTERNAL AUTHENTICATE is answered by {tag:X}")
    signature = dict(tlv.primitives(value)).get(tags.SIGNED_DYNAMIC_DATA)
    if signature is None:
        raise CertificateError("the answer to INTERNAL AUTHENTICATE is not signed", "B2 6.5.2")
    return signature


def _pan(transaction: Transaction) -> str:
    """The account number of 5A, else that of 57: a tap's records may have no other."""
    if tags.PAN not in transaction.card:
        return transaction.card_data().pan.reveal()
    try:
        return compressed(transaction.card[tags.PAN])
    except FormatError as error:
        raise CardError(str(error)) from None
