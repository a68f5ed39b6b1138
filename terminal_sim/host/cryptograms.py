"""The chip of a request as its issuer judges it: the application cryptogram, what kind it is, and the card's counter.

| message                   | cryptogram (9F27) | else                                                      |
|---------------------------|-------------------|-----------------------------------------------------------|
| asks for a decision       | ARQC              | a TC or an AAC is what the card says after the decision   |
| advice of a payment       | TC or ARQC        | an AAC certifies that the card declined                   |

A stored payment carries the ARQC of the card that was asked once while the acquirer was out of reach. The first check that fails gives the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from terminal_sim.core.message import HostRequest, MessageClass
from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.data.apdu import Cryptogram
from terminal_sim.emv.data.response_code import APPROVALS
from terminal_sim.emv.keys import derivation
from terminal_sim.emv.keys.cryptogram_versions import CardCryptogram
from terminal_sim.emv.keys.derivation import IssuerKeys
from terminal_sim.emv.keys.secure_messaging import ScriptSession, style_of
from terminal_sim.host.counters import CardCounters, CounterUse, card_digest
from terminal_sim.host.script_commands import CommandSecuring
from terminal_sim.secret import Secret

_NO_SEQUENCE: Final = "00"  # a card without a sequence number derives its keys with 00 (EMV Book 2, A1.4)
_ASKING: Final = (Cryptogram.ARQC,)
_ADVISING: Final = (Cryptogram.TC, Cryptogram.ARQC)
_KIND: Final = 0xC0
_KINDS: Final = {int(kind): kind for kind in Cryptogram}
_APPROVED_STATUS: Final = bytes.fromhex("00820000")
"""Byte 2: the issuer approves the online transaction, and has the card's offline counters begin anew."""
_NOT_GENUINE: Final = "is not the one that this card makes over these data"


@lru_cache(maxsize=16)
def objects_of(icc_data: bytes) -> Mapping[int, bytes] | None:
    """The data objects of DE 55 by tag, of which several questions are asked; None where it is no BER-TLV."""
    try:
        return dict(tlv.split(icc_data))
    except tlv.TlvError:
        return None


@lru_cache(maxsize=16)
def _cryptogram_in(icc_data: bytes) -> CardCryptogram:
    """The cryptogram of DE 55, which is checked first and answered then. Raises `TlvError` as `CardCryptogram.of_objects`."""
    return CardCryptogram.of_objects(objects_of(icc_data) or {})


def objection(
    objects: Mapping[int, bytes] | None, request: HostRequest, pan: Secret[str], key: Secret[bytes]
) -> str:
    """Why the cryptogram is not one that the card of `pan` made over these data and that belongs here; empty where it is."""
    if objects is None:
        return "DE 55 is no BER-TLV"
    information = objects.get(tags.CRYPTOGRAM_INFORMATION, b"")
    allowed = _ADVISING if is_late(request) else _ASKING
    kind = _KINDS.get(information[0] & _KIND) if information else None
    if kind is None or kind not in allowed:
        said = kind.name if kind is not None else "no kind of cryptogram"
        return f"9F27 says {said}; {' or '.join(one.name for one in allowed)} belongs into this message"
    try:
        genuine = _cryptogram_in(request.icc_data).is_genuine(card_key(request, pan, key))
    except tlv.TlvError as wrong:
        return str(wrong)
    return "" if genuine else f"the {kind.name} {_NOT_GENUINE}"


def authentication_data(request: HostRequest, pan: Secret[str], key: Secret[bytes], code: str) -> bytes:
    """The value of tag 91 that answers the ARQC of `request` with the response `code`, by the method of its version; empty without an ARQC.

    Where the method has a card status update, it says whether the issuer approves (EMV Book 3, C10).
    """
    try:
        found = _cryptogram_in(request.icc_data)
        status = _APPROVED_STATUS if code in APPROVALS else bytes(4)
        return found.authentication_data(card_key(request, pan, key), code, status=status)
    except ValueError:  # no ARQC to answer: the card will find the answer wanting
        return b""


def securing_of(request: HostRequest, pan: Secret[str], keys: IssuerKeys) -> CommandSecuring | None:
    """What secures the commands of scripts for the card of `request` (EMV Book 2, 9); None where its cryptogram is of no scheme's version."""
    try:
        found = _cryptogram_in(request.icc_data)
    except tlv.TlvError:
        return None
    card = keys.of_card(pan, sequence_of(request))
    session = ScriptSession(
        style=style_of(found.data.layout, found.data.version),
        mac=card.mac,
        encipherment=card.encipherment,
        atc=found.values[tags.ATC],
        arqc=found.value,
    )
    return CommandSecuring(session, card.cryptograms)


def card_key(request: HostRequest, pan: Secret[str], key: Secret[bytes]) -> Secret[bytes]:
    """The key of the card that `request` comes from (EMV Book 2, A1.4.1)."""
    return _icc_key(key, pan, sequence_of(request))


_icc_key = lru_cache(maxsize=64)(derivation.icc_key)
"""An issuer asks for the key of a card several times in a payment, and again in the next."""


def counter_use(
    objects: Mapping[int, bytes] | None, request: HostRequest, pan: Secret[str], key: Secret[bytes]
) -> CounterUse | None:
    """The counter that came with a request of the card of `pan`; None where there is none."""
    counter = b"" if objects is None else objects.get(tags.ATC, b"")
    if len(counter) != 2:
        return None
    return CounterUse(
        card=card_digest(pan, sequence_of(request), key),
        atc=int.from_bytes(counter),
        payment=request.reference,
    )


def counter_objection(counters: CardCounters, use: CounterUse, request: HostRequest) -> str:
    """Why the counter is not in order for this message; empty where it is."""
    return counters.objection(use, late=is_late(request))


def sequence_of(request: HostRequest) -> str:
    """The two digits of the card's sequence number with which its keys are derived."""
    return request.sequence or _NO_SEQUENCE


def is_late(request: HostRequest) -> bool:
    """Whether the message speaks of a payment that was decided before: an advice."""
    return request.kind.facts.message_class is MessageClass.ADVICE
