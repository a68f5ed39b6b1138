"""The records by which a card proves itself offline: certificates and signed static data (EMV Book 2, 5 and 6; Book 3, 10.3)."""

from __future__ import annotations

from typing import Final

from terminal_sim.cards.profile.faces import ChipFace, ContactlessFace
from terminal_sim.cards.profile.personality import Personality
from terminal_sim.cards.system import signing
from terminal_sim.cards.system.records import Records, record
from terminal_sim.emv.data import tags, tlv

FILE: Final = 3
"""The SFI of the certificates."""
_DDOL: Final = bytes.fromhex("9F3704")


def static_data(records: Records, signed: tuple[int, int], aip: bytes) -> bytes:
    """The static data to be authenticated (Book 3, 10.3): the value of the one signed record, and the AIP that 9F4A names."""
    return tlv.only(records[signed], tags.RECORD) + aip


def certificates(personality: Personality, face: ChipFace | ContactlessFace, static: bytes) -> Records:
    """The records of certificates: the issuer's key, then the card's or the signed static data, then the key for PINs."""
    if face.oda == "none":
        return {}
    serial = signing.REVOKED_SERIAL if face.oda_fault == "revoked" else signing.SERIAL
    issuer = signing.issuer_certificate(personality.pan, serial)
    if face.oda_fault == "certificate":
        issuer = signing.spoilt(issuer, tags.ISSUER_CERTIFICATE)
    if face.oda == "sda":
        own: signing.Objects = ((tags.SIGNED_STATIC_DATA, signing.signed_static_data(static)),)
        if face.oda_fault == "signature":
            own = signing.spoilt(own, tags.SIGNED_STATIC_DATA)
    else:
        own = (*signing.icc_certificate(personality.pan, static), (tags.DDOL, _DDOL))
    made = {
        (FILE, 1): record(*issuer),
        (FILE, 2): record(*own, (tags.STATIC_TAG_LIST, bytes((tags.AIP,)))),
    }
    if isinstance(face, ChipFace) and face.deciphers_pin:
        made[FILE, 3] = record(*signing.pin_certificate(personality.pan))
    return made
