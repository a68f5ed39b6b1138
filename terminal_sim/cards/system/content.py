"""What an application of a card holds when it leaves the factory, on the chip and at the antenna.

All of it follows from the personality and is built once, since none of it changes during the life of a card.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Final

from terminal_sim.cards.profile.cvm import parse_rules
from terminal_sim.cards.profile.faces import CardApplication, ChipFace, ContactlessFace
from terminal_sim.cards.profile.personality import Personality
from terminal_sim.cards.system import certificates, directory, log, records
from terminal_sim.cards.system.command import Refusal
from terminal_sim.cards.system.records import Records
from terminal_sim.cards.system.schemes import Scheme, scheme_of
from terminal_sim.emv.data import dol, tags, tlv, track
from terminal_sim.emv.data.apdu import StatusWord
from terminal_sim.emv.data.dol import DolError
from terminal_sim.emv.data.fields import numeric
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.keys.cryptogram_versions import ArpcMethod

_CERTIFIED: Final = bytes.fromhex("9F0206 9F0306 9F1A02 9505 5F2A02 9A03 9C01 9F3704")
"""The part of `cryptogram_versions.COMMON` that the card does not know itself, as a DOL."""
DRDOL: Final = bytes.fromhex("9A03 9F0206 9F3704")
"""9F51: by what a card knows the transaction whose cryptogram it gives again (Book C-2, 5.8)."""
_ISSUER_ANSWER: Final = {
    ArpcMethod.RESPONSE_CODE: bytes.fromhex("910A"),
    ArpcMethod.STATUS_UPDATE: bytes.fromhex("9108"),
}
"""The entry of CDOL2 for the issuer authentication data, as long as its method makes them."""

# EMV Book 3, annex C1 (AIP) and 10.2 (AFL).
_AIP_CVM, _AIP_RISK, _AIP_ISSUER_AUTHENTICATION, _AIP_ON_DEVICE = 0x10, 0x08, 0x04, 0x02
_AIP_EMV_MODE: Final = 0x80  # byte 2, EMV Book C-2, A.1.16
_AIP_RELAY: Final = 0x01
_AIP_ODA: Final = {"none": 0x00, "sda": 0x40, "dda": 0x20, "cda": 0x21}
_AFL: Final = bytes.fromhex("08010100 10010200")
_SIGNED_AFL: Final = bytes.fromhex("08010100 10010101 10020200 18010200")
_SIGNED_AFL_WITH_PIN_KEY: Final = bytes.fromhex("08010100 10010101 10020200 18010300")
_TAP_AFL: Final = bytes.fromhex("08010100")
_SIGNED_TAP_AFL: Final = bytes.fromhex("08010101 18010200")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationContent:
    """`aid` and `fci` answer its selection. `options` is what GET PROCESSING OPTIONS answers in every transaction: on the chip the whole
    answer, at a tap the data objects of its template. `certificates` are made when they are first asked for.
    """

    aid: bytes
    fci: bytes
    scheme: Scheme
    pdol: bytes
    cdol1: bytes
    cdol2: bytes
    aip: bytes
    options: bytes
    log_records: int
    records: Records
    certificates: Callable[[], Records]

    def record(self, place: tuple[int, int]) -> bytes | None:
        """The record of SFI and number, None where there is none."""
        return self.records.get(place) or self.certificates().get(place)

    def has_file(self, sfi: int) -> bool:
        """Whether there is any record in the file."""
        return any(file == sfi for file, _ in (*self.records, *self.certificates()))


def on_chip(personality: Personality, face: ChipFace, application: CardApplication) -> ApplicationContent:
    """An application of the contact face."""
    aid = bytes.fromhex(application.aid)
    scheme = scheme_of(aid)
    external = face.issuer_authentication == "external-authenticate"
    answer = b"" if external else _ISSUER_ANSWER[scheme.version.arpc]
    cdol1 = _wanted(personality)
    cdol2 = bytes.fromhex("8A02") + answer + cdol1
    first = _AIP_CVM | _AIP_RISK | _AIP_ODA[face.oda] | (_AIP_ISSUER_AUTHENTICATION if external else 0)
    aip = bytes((first, 0x00))
    afl = _AFL if face.oda == "none" else _SIGNED_AFL_WITH_PIN_KEY if face.deciphers_pin else _SIGNED_AFL
    if face.answer_format == 1:
        options = tlv.encode(tags.RESPONSE_FORMAT_1, aip + afl)
    else:
        options = tlv.encode(tags.RESPONSE_FORMAT_2, tlv.join(((tags.AIP, aip), (tags.AFL, afl))))
    made = records.for_generate_ac(personality, face.rules, cdol1, cdol2)
    pdol = bytes.fromhex(face.pdol)
    return ApplicationContent(
        aid=aid,
        fci=directory.control_information(application, personality.languages, pdol, personality.log),
        scheme=scheme,
        pdol=pdol,
        cdol1=cdol1,
        cdol2=cdol2,
        aip=aip,
        options=options,
        log_records=personality.log,
        records=made,
        certificates=_certificates(personality, face, made, (2, 1), aip),
    )


def at_antenna(
    personality: Personality, face: ContactlessFace, application: CardApplication
) -> ApplicationContent:
    """An application of the contactless face, which certifies by the command that the face names."""
    if face.cryptogram == "generate-ac":
        return _for_generate_ac(personality, face, application)
    if face.cryptogram == "checksum":
        return _for_magstripe_mode(personality, application)
    aid = bytes.fromhex(application.aid)
    signed = face.oda != "none"
    pdol = bytes.fromhex("9F6604") + _wanted(personality)
    aip = bytes((_AIP_ODA[face.oda], 0x00))
    made = records.for_processing_options(personality, signed=signed)
    return ApplicationContent(
        aid=aid,
        fci=directory.control_information(application, personality.languages, pdol, personality.log),
        scheme=scheme_of(aid),
        pdol=pdol,
        cdol1=b"",
        cdol2=b"",
        aip=aip,
        options=tlv.join(
            (
                (tags.AIP, aip),
                (tags.AFL, _SIGNED_TAP_AFL if signed else _TAP_AFL),
                (tags.TRACK_2, track.to_tag57(personality.track2())),
                (tags.PAN_SEQUENCE, numeric(personality.sequence, 1)),
            )
        ),
        log_records=personality.log,
        records=made,
        certificates=_certificates(personality, face, made, (1, 1), aip),
    )


def _for_generate_ac(
    personality: Personality, face: ContactlessFace, application: CardApplication
) -> ApplicationContent:
    aid = bytes.fromhex(application.aid)
    first = _AIP_CVM | _AIP_ODA[face.oda] | (_AIP_ON_DEVICE if "on-device" in face.cvm else 0)
    aip = bytes((first, _AIP_EMV_MODE | (_AIP_RELAY if face.relay is not None else 0)))
    afl = _AFL if face.oda == "none" else _SIGNED_AFL
    rules = parse_rules((*(one for one in face.cvm if one != "on-device"), "no-cvm"))
    cdol1 = _wanted(personality)
    more = ((tags.DRDOL, DRDOL),) if face.recovers else ()
    made = records.for_generate_ac(personality, rules, cdol1, more=more)
    pdol = bytes.fromhex(face.pdol)
    return ApplicationContent(
        aid=aid,
        fci=directory.control_information(application, personality.languages, pdol, personality.log),
        scheme=scheme_of(aid),
        pdol=pdol,
        cdol1=cdol1,
        cdol2=b"",
        aip=aip,
        options=tlv.join(((tags.AIP, aip), (tags.AFL, afl))),
        log_records=personality.log,
        records=made,
        certificates=_certificates(personality, face, made, (2, 1), aip),
    )


def _for_magstripe_mode(personality: Personality, application: CardApplication) -> ApplicationContent:
    aid = bytes.fromhex(application.aid)
    aip = bytes(2)
    return ApplicationContent(
        aid=aid,
        fci=directory.control_information(application, personality.languages, b"", 0),
        scheme=scheme_of(aid),
        pdol=b"",
        cdol1=b"",
        cdol2=b"",
        aip=aip,
        options=tlv.join(((tags.AIP, aip), (tags.AFL, _TAP_AFL))),
        log_records=0,
        records=records.for_magstripe_mode(personality),
        certificates=dict,
    )


def _wanted(personality: Personality) -> bytes:
    """What the card asks the terminal for: what it certifies, and the time for its log."""
    return _CERTIFIED + (log.TIME if personality.log else b"")


def pdol_values(pdol: bytes, data: bytes) -> dict[int, bytes]:
    """What the terminal sent in answer to `pdol`. Raises `Refusal` where the template (83) or its length is wrong."""
    try:
        return dol.read(pdol, tlv.only(data, tags.COMMAND_TEMPLATE))
    except TlvError:
        raise Refusal(StatusWord.WRONG_DATA) from None
    except DolError:
        raise Refusal(StatusWord.WRONG_LENGTH) from None


def cdol_values(cdol: bytes, data: bytes) -> dict[int, bytes]:
    """What the terminal sent in answer to `cdol`. Raises `Refusal` where the length is wrong."""
    try:
        return dol.read(cdol, data)
    except DolError:
        raise Refusal(StatusWord.WRONG_LENGTH) from None


def _certificates(
    personality: Personality,
    face: ChipFace | ContactlessFace,
    made: Records,
    signed: tuple[int, int],
    aip: bytes,
) -> Callable[[], Records]:
    static = certificates.static_data(made, signed, aip)
    return cache(partial(certificates.certificates, personality, face, static))
