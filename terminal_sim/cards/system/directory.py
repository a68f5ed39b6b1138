"""How the applications of a card are found: the directories, their entries, and the control information of each application (EMV Book 1, 11.3 and 12.2)."""

from __future__ import annotations

from collections.abc import Sequence

from terminal_sim.cards.profile.faces import CardApplication
from terminal_sim.cards.system import log
from terminal_sim.emv.data import apdu, tags, tlv
from terminal_sim.emv.data.fields import numeric


def contact_directory(applications: Sequence[CardApplication], languages: Sequence[str]) -> bytes:
    """The control information of the directory on contact, whose records are in the file with SFI 1.

    It has one code table for all preferred names in its entries, that of the first application with such a name.
    """
    objects = [(tags.DIRECTORY_SFI, b"\x01"), (tags.LANGUAGES, "".join(languages).encode())]
    objects += [(tags.CODE_TABLE, _code_table(one)) for one in applications if one.preferred_name][:1]
    return _control_information(apdu.PSE, objects)


def entries(applications: Sequence[CardApplication]) -> bytes:
    """The applications as a directory lists them, a template each, with the preferred names that are in the directory's code table."""
    table = next((one.code_table for one in applications if one.preferred_name), 0)
    return b"".join(
        tlv.encode(
            tags.APPLICATION_TEMPLATE,
            _entry(one, named=bool(one.preferred_name) and one.code_table == table),
        )
        for one in applications
    )


def contactless_directory(applications: Sequence[CardApplication]) -> bytes:
    """The control information of the contactless directory, with its entries (Book B, 3.3.1)."""
    return _control_information(apdu.PPSE, ((tags.FCI_DISCRETIONARY, entries(applications)),))


def control_information(
    application: CardApplication, languages: Sequence[str], pdol: bytes, log_records: int
) -> bytes:
    """What SELECT of an application answers; one with a log says where it is."""
    objects = [(tags.LABEL, application.label.encode()), (tags.PRIORITY, _priority(application))]
    if pdol:
        objects.append((tags.PDOL, pdol))
    objects.append((tags.LANGUAGES, "".join(languages).encode()))
    if application.preferred_name:
        objects += [
            (tags.CODE_TABLE, _code_table(application)),
            (tags.PREFERRED_NAME, application.preferred_name_bytes),
        ]
    if log_records:
        entry = tlv.encode(tags.LOG_ENTRY, log.entry(log_records))
        objects.append((tags.FCI_DISCRETIONARY, entry))
    return _control_information(bytes.fromhex(application.aid), objects)


def _code_table(application: CardApplication) -> bytes:
    return numeric(f"{application.code_table:02}", 1)


def _entry(application: CardApplication, *, named: bool) -> bytes:
    objects = [(tags.AID_CARD, bytes.fromhex(application.aid)), (tags.LABEL, application.label.encode())]
    if named:
        objects.append((tags.PREFERRED_NAME, application.preferred_name_bytes))
    objects.append((tags.PRIORITY, _priority(application)))
    return tlv.join(objects)


def _priority(application: CardApplication) -> bytes:
    return bytes((application.priority | (0x80 if application.confirm else 0),))


def _control_information(name: bytes, proprietary: Sequence[tuple[int, bytes]]) -> bytes:
    body = tlv.encode(tags.DF_NAME, name) + tlv.encode(tags.FCI_PROPRIETARY, tlv.join(proprietary))
    return tlv.encode(tags.FCI, body)
