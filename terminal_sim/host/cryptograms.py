"""The chip of a request as its issuer judges it: the application cryptogram, what kind it is, and the card's counter.

| message                   | cryptogram (9F27) | else                                                      |
|---------------------------|-------------------|-----------------------------------------------------------|
| asks for a decision       | ARQC              | a TC or an AAC is what the card says after the decision   |
| advice of a payment       | TC or ARQC        | an AAC certifies that the card declined                   |

A stored payment carries the ARQC of the card that was asked once while the acquirer was out of reach. The first check that fails gives the reason.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Final

from terminal_sim.core.message import HostRequest, MessageClass
from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.data.apdu import Cryptogram
from terminal_sim.emv.keys import crypto
from terminal_sim.host.counters import CardCounters, CounterUse, card_digest
from terminal_sim.secret import Secret

_NO_SEQUENCE: Final = "00"  # a card without a sequence number derives its keys with 00 (EMV Book 2, A1.4)
_ASKING: Final = (Cryptogram.ARQC,)
_ADVISING: Final = (Cryptogram.TC, Cryptogram.ARQC)
_KIND: Final = 0xC0
_NEEDED: Final = (*crypto.CERTIFIED, tags.CRYPTOGRAM, tags.ISSUER_APPLICATION_DATA)


def objects_of(icc_data: bytes) -> Mapping[int, bytes] | None:
    """The data objects of DE 55 by tag; None where it is no BER-TLV."""
    try:
        return dict(tlv.split(icc_data))
    except tlv.TlvError:
        return None


def objection(
    objects: Mapping[int, bytes] | None, request: HostRequest, pan: Secret[str], key: Secret[bytes]
) -> str:
    """Why the cryptogram is not one that the card of `pan` made over these data and that belongs here; empty where it is."""
    if objects is None:
        return "DE 55 is no BER-TLV"
    information = objects.get(tags.CRYPTOGRAM_INFORMATION, b"")
    allowed = _ADVISING if is_late(request) else _ASKING
    kind = next((one for one in Cryptogram if information and information[0] & _KIND == one), None)
    if kind is None or kind not in allowed:
        said = kind.name if kind is not None else "no kind of cryptogram"
        return f"9F27 says {said}; {' or '.join(one.name for one in allowed)} belongs into this message"
    if missing := [f"{tag:X}" for tag in _NEEDED if tag not in objects]:
        return f"DE 55 lacks {' '.join(missing)}"
    try:
        session = crypto.session_key(crypto.icc_key(key, pan, sequence_of(request)), objects[tags.ATC])
        results = crypto.verification_results(objects[tags.ISSUER_APPLICATION_DATA])
    except ValueError as wrong:
        return str(wrong)
    made = crypto.cryptogram(session, crypto.certified(objects, results))
    if hmac.compare_digest(made, objects[tags.CRYPTOGRAM]):
        return ""
    return f"the {kind.name} is not the one that this card makes over these data"


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
