"""What a virtual card holds when it leaves the factory: ATR, directories, control information and records.

All of it follows from the personality and is built once, since none of it changes during the life of a card.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from operator import xor
from typing import Final

from terminal_sim.cards import signing
from terminal_sim.cards.command import Refusal
from terminal_sim.cards.faces import CardApplication, ChipFace, ContactlessFace
from terminal_sim.cards.personality import Personality
from terminal_sim.cards.schemes import scheme_of
from terminal_sim.emv.data import apdu, dol, tags, tlv, track
from terminal_sim.emv.data.apdu import StatusWord
from terminal_sim.emv.data.dol import DolError
from terminal_sim.emv.data.fields import numeric
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.keys.cryptogram_versions import ArpcMethod

CERTIFIED_BY_TERMINAL: Final = bytes.fromhex("9F0206 9F0306 9F1A02 9505 5F2A02 9A03 9C01 9F3704")
"""The part of `cryptogram_versions.COMMON` that the card does not know itself, as a DOL."""

_ISSUER_ANSWER: Final = {
    ArpcMethod.RESPONSE_CODE: bytes.fromhex("910A"),
    ArpcMethod.STATUS_UPDATE: bytes.fromhex("9108"),
}
"""The entry of CDOL2 for the issuer authentication data, as long as its method makes them."""

CONTACTLESS_PDOL: Final = bytes.fromhex("9F6604") + CERTIFIED_BY_TERMINAL

# EMV Book 3, annex C1 (AIP) and C3 (CVM list); Book 3, 10.2 (AFL).
_CVM_CODES: Final = {
    "offline-pin": 0x01,
    "enciphered-pin": 0x04,
    "online-pin": 0x02,
    "signature": 0x1E,
    "no-cvm": 0x1F,
}
_NEXT_IF_FAILED: Final = 0x40
_IF_SUPPORTED: Final = 0x03

_AIP_CVM, _AIP_RISK, _AIP_ISSUER_AUTHENTICATION, _AIP_ON_DEVICE = 0x10, 0x08, 0x04, 0x02
_AIP_EMV_MODE: Final = 0x80  # byte 2, EMV Book C-2, A.1.16

_AIP_ODA: Final = {"none": 0x00, "sda": 0x40, "dda": 0x20, "cda": 0x21}

_CHIP_AFL: Final = bytes.fromhex("08010100 10010200")
_SIGNED_CHIP_AFL: Final = bytes.fromhex("08010100 10010101 10020200 18010300")
_CONTACTLESS_AFL: Final = bytes.fromhex("08010100")
_SIGNED_CONTACTLESS_AFL: Final = bytes.fromhex("08010101 18010200")
_CERTIFICATES: Final = 3
"""The SFI of the certificates."""
_DDOL: Final = bytes.fromhex("9F3704")

_EFFECTIVE: Final = "200101"
_USAGE: Final = bytes.fromhex("FF00")
_IAC_DEFAULT: Final = bytes.fromhex("F840AC8000")
_IAC_DENIAL: Final = bytes.fromhex("0010000000")
_IAC_ONLINE: Final = bytes.fromhex("F860ACF800")

Records = dict[tuple[int, int], bytes]
"""Records by (SFI, record number)."""


@dataclass(frozen=True, slots=True)
class ChipLayout:
    """`applications` are (AID, FCI); `options` is the whole answer to GET PROCESSING OPTIONS. `certificates` are made when they are asked for."""

    directory: bytes
    directory_records: Records
    applications: tuple[tuple[bytes, bytes], ...]
    pdol: bytes
    cdol1: bytes
    cdol2: bytes
    aip: bytes
    options: bytes
    records: Records
    certificates: Callable[[], Records]


@dataclass(frozen=True, slots=True)
class ContactlessLayout:
    """`applications` are (AID, FCI); `fixed` is what GET PROCESSING OPTIONS answers in every transaction."""

    directory: bytes
    applications: tuple[tuple[bytes, bytes], ...]
    pdol: bytes
    aip: bytes
    fixed: bytes
    records: Records
    certificates: Callable[[], Records]


def chip_atr(historical: bytes) -> bytes:
    """A T=0 card of EMV Book 1, 8.3: TB1 and TC1 zero, no TCK."""
    return bytes((0x3B, 0x60 | len(historical), 0x00, 0x00)) + historical


def contactless_atr(historical: bytes) -> bytes:
    """What PC/SC part 3, 3.1.3.2.3, makes of the historical bytes of an ATS."""
    body = bytes((0x80 | len(historical), 0x80, 0x01)) + historical
    return b"\x3b" + body + bytes((reduce(xor, body),))


def chip(personality: Personality, chip: ChipFace) -> ChipLayout:
    """The contact face's content."""
    pdol = bytes.fromhex(chip.pdol)
    external = chip.issuer_authentication == "external-authenticate"
    version = scheme_of(bytes.fromhex(chip.applications[0].aid)).version
    answer = b"" if external else _ISSUER_ANSWER[version.arpc]
    cdol2 = bytes.fromhex("8A02") + answer + CERTIFIED_BY_TERMINAL
    first = _AIP_CVM | _AIP_RISK | _AIP_ODA[chip.oda] | (_AIP_ISSUER_AUTHENTICATION if external else 0)
    aip = bytes((first, 0x00))
    afl = _CHIP_AFL if chip.oda == "none" else _afl(_SIGNED_CHIP_AFL, 3 if _deciphers(chip) else 2)
    records = _emv_records(personality, chip.cvm, cdol2)
    if chip.answer_format == 1:
        options = tlv.encode(tags.RESPONSE_FORMAT_1, aip + afl)
    else:
        options = tlv.encode(tags.RESPONSE_FORMAT_2, tlv.join(((tags.AIP, aip), (tags.AFL, afl))))
    entries = b"".join(tlv.encode(tags.APPLICATION_TEMPLATE, _entry(one)) for one in chip.applications)
    languages = "".join(personality.languages).encode()
    return ChipLayout(
        directory=_fci(apdu.PSE, ((tags.DIRECTORY_SFI, b"\x01"), (tags.LANGUAGES, languages))),
        directory_records={(1, 1): tlv.encode(tags.RECORD, entries)},
        applications=_applications(personality, chip.applications, pdol),
        pdol=pdol,
        cdol1=CERTIFIED_BY_TERMINAL,
        cdol2=cdol2,
        aip=aip,
        options=options,
        records=records,
        certificates=partial(_certificates, personality, chip, _static(records, (2, 1), aip)),
    )


def contactless(personality: Personality, face: ContactlessFace) -> ContactlessLayout:
    """The contactless face's content; `fixed` is what GET PROCESSING OPTIONS answers in every transaction."""
    entries = b"".join(tlv.encode(tags.APPLICATION_TEMPLATE, _entry(one)) for one in face.applications)
    directory = _fci(apdu.PPSE, ((tags.FCI_DISCRETIONARY, entries),))
    if face.cryptogram == "generate-ac":
        pdol = bytes.fromhex(face.pdol)
        first = _AIP_CVM | _AIP_ODA[face.oda] | (_AIP_ON_DEVICE if "on-device" in face.cvm else 0)
        aip = bytes((first, _AIP_EMV_MODE))
        afl = _CHIP_AFL if face.oda == "none" else _afl(_SIGNED_CHIP_AFL, 2)
        records = _emv_records(personality, [one for one in face.cvm if one != "on-device"] + ["no-cvm"])
        return ContactlessLayout(
            directory=directory,
            applications=_applications(personality, face.applications, pdol),
            pdol=pdol,
            aip=aip,
            fixed=tlv.join(((tags.AIP, aip), (tags.AFL, afl))),
            records=records,
            certificates=partial(_certificates, personality, face, _static(records, (2, 1), aip)),
        )
    aip = bytes((_AIP_ODA[face.oda], 0x00))
    signs = face.oda != "none"
    number = ((tags.PAN, _compressed(personality.pan.reveal())),) if signs else ()
    records = {
        (1, 1): _record(
            *number,
            (tags.EXPIRATION_DATE, _last_day(personality.expiry)),
            (tags.ISSUER_COUNTRY, numeric(personality.issuer_country, 2)),
            (tags.USAGE_CONTROL, _USAGE),
        )
    }
    return ContactlessLayout(
        directory=directory,
        applications=_applications(personality, face.applications, CONTACTLESS_PDOL),
        pdol=CONTACTLESS_PDOL,
        aip=aip,
        fixed=tlv.join(
            (
                (tags.AIP, aip),
                (tags.AFL, _SIGNED_CONTACTLESS_AFL if signs else _CONTACTLESS_AFL),
                (tags.TRACK_2, track.to_tag57(personality.track2())),
                (tags.PAN_SEQUENCE, numeric(personality.sequence, 1)),
            )
        ),
        records=records,
        certificates=partial(_certificates, personality, face, _static(records, (1, 1), aip)),
    )


def pdol_values(pdol: bytes, data: bytes) -> dict[int, bytes]:
    """What the terminal sent in answer to `pdol`. Raises `Refusal` where the template (83) or its length is wrong."""
    try:
        return dol.read(pdol, tlv.only(data, tags.COMMAND_TEMPLATE))
    except TlvError:
        raise Refusal(StatusWord.WRONG_DATA) from None
    except DolError:
        raise Refusal(StatusWord.WRONG_LENGTH) from None


def _emv_records(personality: Personality, cvm: Sequence[str], cdol2: bytes = b"") -> Records:
    """The records that lead to GENERATE AC; a card without `cdol2` is asked for one cryptogram."""
    second = ((tags.CDOL2, cdol2),) if cdol2 else ()
    return {
        (1, 1): _record(
            (tags.TRACK_2, track.to_tag57(personality.track2())),
            (tags.CARDHOLDER_NAME, personality.holder.name.encode()),
        ),
        (2, 1): _record(
            (tags.PAN, _compressed(personality.pan.reveal())),
            (tags.EXPIRATION_DATE, _last_day(personality.expiry)),
            (tags.EFFECTIVE_DATE, numeric(_EFFECTIVE, 3)),
            (tags.ISSUER_COUNTRY, numeric(personality.issuer_country, 2)),
            (tags.PAN_SEQUENCE, numeric(personality.sequence, 1)),
            (tags.USAGE_CONTROL, _USAGE),
            (tags.APPLICATION_CURRENCY, numeric(personality.currency, 2)),
            (tags.CVM_LIST, _cvm_list(cvm)),
        ),
        (2, 2): _record(
            (tags.CDOL1, CERTIFIED_BY_TERMINAL),
            *second,
            (tags.IAC_DEFAULT, _IAC_DEFAULT),
            (tags.IAC_DENIAL, _IAC_DENIAL),
            (tags.IAC_ONLINE, _IAC_ONLINE),
        ),
    }


def _afl(signed: bytes, certificates: int) -> bytes:
    """The list with so many records of certificates, which are its last file."""
    return signed[:-2] + bytes((certificates, 0))


def _deciphers(chip: ChipFace) -> bool:
    return "enciphered-pin" in chip.cvm


def _static(records: Records, signed: tuple[int, int], aip: bytes) -> bytes:
    """The static data to be authenticated (Book 3, 10.3): the value of the one signed record, and the AIP that 9F4A names."""
    return tlv.only(records[signed], tags.RECORD) + aip


def _certificates(personality: Personality, face: ChipFace | ContactlessFace, static: bytes) -> Records:
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
        (_CERTIFICATES, 1): _record(*issuer),
        (_CERTIFICATES, 2): _record(*own, (tags.STATIC_TAG_LIST, bytes((tags.AIP,)))),
    }
    if isinstance(face, ChipFace) and _deciphers(face):
        made[_CERTIFICATES, 3] = _record(*signing.pin_certificate(personality.pan))
    return made


def _applications(
    personality: Personality, applications: Sequence[CardApplication], pdol: bytes
) -> tuple[tuple[bytes, bytes], ...]:
    made = []
    for one in applications:
        objects = [(tags.LABEL, one.label.encode()), (tags.PRIORITY, _priority(one))]
        if pdol:
            objects.append((tags.PDOL, pdol))
        objects.append((tags.LANGUAGES, "".join(personality.languages).encode()))
        if one.preferred_name:
            objects += [(tags.CODE_TABLE, b"\x01"), (tags.PREFERRED_NAME, one.preferred_name.encode())]
        aid = bytes.fromhex(one.aid)
        made.append((aid, _fci(aid, objects)))
    return tuple(made)


def _entry(application: CardApplication) -> bytes:
    objects = [(tags.AID_CARD, bytes.fromhex(application.aid)), (tags.LABEL, application.label.encode())]
    if application.preferred_name:
        objects.append((tags.PREFERRED_NAME, application.preferred_name.encode()))
    objects.append((tags.PRIORITY, _priority(application)))
    return tlv.join(objects)


def _priority(application: CardApplication) -> bytes:
    return bytes((application.priority | (0x80 if application.confirm else 0),))


def _fci(name: bytes, proprietary: Sequence[tuple[int, bytes]]) -> bytes:
    body = tlv.encode(tags.DF_NAME, name) + tlv.encode(tags.FCI_PROPRIETARY, tlv.join(proprietary))
    return tlv.encode(tags.FCI, body)


def _record(*objects: tuple[int, bytes]) -> bytes:
    return tlv.encode(tags.RECORD, tlv.join(objects))


def _cvm_list(methods: Sequence[str]) -> bytes:
    """Each method where the terminal supports it, then the next; amounts X and Y are not used."""
    rules = b""
    for place, method in enumerate(methods, start=1):
        more = _NEXT_IF_FAILED if place < len(methods) else 0
        rules += bytes((_CVM_CODES[method] | more, _IF_SUPPORTED))
    return bytes(8) + rules


def _last_day(yymm: str) -> bytes:
    """5F24 for an embossed month: its last day."""
    _, last = monthrange(2000 + int(yymm[:2]), int(yymm[2:]))
    return numeric(f"{yymm}{last}", 3)


def _compressed(digits: str) -> bytes:
    return bytes.fromhex(digits + "F" * (len(digits) % 2))
