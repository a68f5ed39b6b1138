"""The commands that the kernel sends, each with the step of the conversation it belongs to (EMV Book 3, 6; Book 1, 11)."""

from __future__ import annotations

import struct
from typing import Final

from terminal_sim.emv.data import tlv
from terminal_sim.emv.data.apdu import Cryptogram, Instruction
from terminal_sim.emv.data.tags import COMMAND_TEMPLATE
from terminal_sim.emv.talk.asks import Command, Step
from terminal_sim.secret import Secret

_HEADER: Final = struct.Struct(">HBB").pack
COMBINED_SIGNATURE: Final = 0x10
"""The bit of P1 by which GENERATE AC is asked for a signature as well (Book 3, 6.5.5)."""


def select(name: bytes, following: bool = False) -> Command:
    """SELECT by DF name; `following` asks for the next occurrence of a partial name (Book 1, 11.3)."""
    return Command(
        _with_data(Instruction.SELECT, 0x04, 0x02 if following else 0x00, name, le=True), Step.SELECT
    )


def read_record(sfi: int, record: int, step: Step = Step.READ) -> Command:
    """READ RECORD of record number `record` in the file `sfi` (Book 1, 11.2)."""
    return Command(_header(Instruction.READ_RECORD, record, sfi << 3 | 4) + b"\x00", step)


def get_processing_options(pdol_data: bytes, pdol: bytes = b"") -> Command:
    """`pdol_data` are the values that the `pdol` asks for, empty where the card has no PDOL (Book 3, 6.5.8)."""
    data = tlv.encode(COMMAND_TEMPLATE, pdol_data)
    return Command(_with_data(Instruction.GET_PROCESSING_OPTIONS, 0x00, 0x00, data, le=True), Step.GPO, pdol)


def generate_ac(
    kind: Cryptogram, cdol_data: bytes, step: Step, *, signed: bool = False, cdol: bytes = b""
) -> Command:
    """GENERATE AC for a cryptogram of this `kind` over the values that the `cdol` asks for, `signed` along where CDA wants it (Book 3, 6.5.5)."""
    p1 = kind | (COMBINED_SIGNATURE if signed else 0)
    return Command(_with_data(Instruction.GENERATE_AC, p1, 0x00, cdol_data, le=True), step, cdol)


def internal_authenticate(ddol_data: bytes) -> Command:
    """INTERNAL AUTHENTICATE over the values that the DDOL asks for (Book 3, 6.5.9)."""
    return Command(_with_data(Instruction.INTERNAL_AUTHENTICATE, 0x00, 0x00, ddol_data, le=True), Step.OTHER)


def exchange_relay_resistance_data(entropy: bytes) -> Command:
    """EXCHANGE RELAY RESISTANCE DATA with the terminal's 4 bytes of entropy (Book C-2, 5.3)."""
    data = _with_data(Instruction.EXCHANGE_RELAY_RESISTANCE_DATA, 0x00, 0x00, entropy, le=True)
    return Command(data, Step.OTHER)


def recover_ac(drdol_data: bytes) -> Command:
    """RECOVER AC with the values that the card's DRDOL asks for (Book C-2, 5.8)."""
    data = _with_data(Instruction.RECOVER_AC, 0x00, 0x00, drdol_data, le=True)
    return Command(data, Step.GENAC1)


def compute_cryptographic_checksum(udol_data: bytes) -> Command:
    """COMPUTE CRYPTOGRAPHIC CHECKSUM with the values that the card's UDOL asks for (Book C-2, 5.2)."""
    data = _with_data(Instruction.COMPUTE_CRYPTOGRAPHIC_CHECKSUM, 0x8E, 0x80, udol_data, le=True)
    return Command(data, Step.GENAC1)


def external_authenticate(issuer_authentication: bytes) -> Command:
    """EXTERNAL AUTHENTICATE with tag 91 of the issuer's answer (Book 3, 6.5.4)."""
    return Command(
        _with_data(Instruction.EXTERNAL_AUTHENTICATE, 0x00, 0x00, issuer_authentication), Step.ONLINE
    )


def get_data(tag: int) -> Command:
    """GET DATA of a primitive data object outside the records (Book 3, 6.5.7)."""
    return Command(_header(Instruction.GET_DATA, *tag.to_bytes(2)) + b"\x00", Step.OTHER)


def get_challenge() -> Command:
    """GET CHALLENGE, answered by 8 unpredictable bytes of the card (Book 3, 6.5.6)."""
    return Command(_header(Instruction.GET_CHALLENGE, 0x00, 0x00) + b"\x00", Step.OTHER)


def verify_plaintext_pin(block: Secret[bytes]) -> Command:
    """VERIFY with a format 2 PIN block (Book 3, 6.5.12)."""
    return Command(_with_data(Instruction.VERIFY, 0x00, 0x80, block.reveal()), Step.OTHER)


def verify_enciphered_pin(enciphered: Secret[bytes]) -> Command:
    """VERIFY with a PIN block that is enciphered for the card's RSA key (Book 3, 6.5.12; Book 2, 7.2)."""
    return Command(_with_data(Instruction.VERIFY, 0x00, 0x88, enciphered.reveal()), Step.OTHER)


def get_response(length: int) -> bytes:
    """GET RESPONSE for `length` bytes, 0 meaning 256 (Book 1, 9.3.1.3)."""
    return _header(Instruction.GET_RESPONSE, 0x00, 0x00) + bytes((length,))


def _header(instruction: Instruction, p1: int, p2: int) -> bytes:
    return _HEADER(instruction, p1, p2)


def _with_data(instruction: Instruction, p1: int, p2: int, data: bytes, *, le: bool = False) -> bytes:
    """Header, Lc and data, and Le 00 where an answer with data is wanted (Book 3, 6.3.2)."""
    return _header(instruction, p1, p2) + bytes((len(data),)) + data + (b"\x00" if le else b"")
