"""The commands that the kernel sends, each with the step of the conversation it belongs to (EMV Book 3, 6; Book 1, 11)."""

from __future__ import annotations

from terminal_sim.emv.data import tlv
from terminal_sim.emv.data.apdu import Cryptogram
from terminal_sim.emv.data.tags import COMMAND_TEMPLATE
from terminal_sim.emv.talk.asks import Command, Step
from terminal_sim.secret import Secret


def select(name: bytes, following: bool = False) -> Command:
    """SELECT by DF name; `following` asks for the next occurrence of a partial name."""
    return Command(
        bytes((0x00, 0xA4, 0x04, 0x02 if following else 0x00, len(name))) + name + b"\x00", Step.SELECT
    )


def read_record(sfi: int, record: int, step: Step = Step.READ) -> Command:
    return Command(bytes((0x00, 0xB2, record, sfi << 3 | 4, 0x00)), step)


def get_processing_options(pdol_data: bytes) -> Command:
    """`pdol_data` are the values that the PDOL asks for, empty where the card has no PDOL."""
    data = tlv.encode(COMMAND_TEMPLATE, pdol_data)
    return Command(bytes((0x80, 0xA8, 0x00, 0x00, len(data))) + data + b"\x00", Step.GPO)


def generate_ac(kind: Cryptogram, cdol_data: bytes, step: Step) -> Command:
    return Command(bytes((0x80, 0xAE, kind, 0x00, len(cdol_data))) + cdol_data + b"\x00", step)


def external_authenticate(issuer_authentication: bytes) -> Command:
    return Command(
        bytes((0x00, 0x82, 0x00, 0x00, len(issuer_authentication))) + issuer_authentication, Step.ONLINE
    )


def get_data(tag: int) -> Command:
    return Command(bytes((0x80, 0xCA)) + tag.to_bytes(2) + b"\x00", Step.OTHER)


def verify_plaintext_pin(block: Secret[bytes]) -> Command:
    """VERIFY with a format 2 PIN block (Book 3, 6.5.12)."""
    return Command(bytes((0x00, 0x20, 0x00, 0x80, len(block))) + block.reveal(), Step.OTHER)


def get_response(length: int) -> bytes:
    """GET RESPONSE for `length` bytes, 0 meaning 256 (Book 1, 9.3.1.3)."""
    return bytes((0x00, 0xC0, 0x00, 0x00, length))
