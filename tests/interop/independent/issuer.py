"""The issuer of the virtual cards by pyemv: what a cryptogram must be, how the issuer answers it, and the MAC of a script."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyemv import cvn

_HOST: Final = Path(__file__).resolve().parents[3] / "profiles" / "hosts" / "test-acquirer.toml"
_COMMON: Final = ("9f02", "9f03", "9f1a", "95", "5f2a", "9a", "9c", "9f37", "82", "9f36")


@dataclass(frozen=True)
class Answer:
    """The cryptogram that the issuer expects, and tag 91 of its approval."""

    cryptogram: bytes
    authentication: bytes


def expected(card: dict[int, bytes], terminal: dict[int, bytes]) -> Answer:
    """For the card's objects, its 9F26 among them, and what the terminal sent for its lists."""
    values = {**terminal, **card}
    common = {f"tag_{name}": values[int(name, 16)] for name in _COMMON}
    data, arqc, atc = card[0x9F10], card[0x9F26], card[0x9F36]
    match version(data):
        case "visa 0A" | "visa 01":
            visa = cvn.VisaCVN10(*_keys(card))
            return Answer(visa.generate_ac(**common, cvr=data[3:7]), visa.generate_arpc(arqc, b"00") + b"00")
        case "m/chip 10":
            chip = cvn.MasterCardCVN16(*_keys(card))
            return Answer(chip.generate_ac(**common, cvr=data[2:8]), chip.generate_arpc(arqc, b"00") + b"00")
        case "interac 85":
            interac = cvn.InteracCVN133(*_keys(card))
            arpc = interac.generate_arpc(arqc, values[0x9F37], atc, b"00")
            return Answer(interac.generate_ac(**common, tag_9f10=data), arpc + b"00")
        case "visa 12" | "ccd A5":
            status = bytes.fromhex("00800000")
            later = cvn.VisaCVN18(*_keys(card))
            return Answer(
                later.generate_ac(**common, tag_9f10=data), later.generate_arpc(arqc, atc, status) + status
            )
        case other:
            raise AssertionError(f"nothing is known of the version {other}")


def version(data: bytes) -> str:
    """Scheme and number of the cryptogram's version, as 9F10 has them."""
    if data[0] in (0x06, 0x07):
        return f"visa {data[2]:02X}"
    if data[0] == 0x15:
        return f"interac {data[2]:02X}"
    if data[0] == 0x0F:
        return f"ccd {data[1]:02X}"
    return f"m/chip {data[1]:02X}"


def approved_script(card: dict[int, bytes], header: str, data: bytes = b"") -> bytes:
    """A command of an issuer's script with its MAC over header, data and the transaction; M/Chip and Visa."""
    whole = bytes.fromhex(header) + bytes((len(data) + 8,))
    arqc, atc = card[0x9F26], card[0x9F36]
    if version(card[0x9F10]).startswith("m/chip"):
        return whole + data + cvn.MasterCardCVN16(*_keys(card)).generate_command_mac(whole, arqc, atc, data)
    return whole + data + cvn.VisaCVN10(*_keys(card)).generate_command_mac(whole, arqc, atc, data)


def _keys(card: dict[int, bytes]) -> tuple[bytes, bytes, bytes, str, str]:
    """The issuer's master keys for cryptograms, MACs and encipherment, the card's number and its sequence number."""
    keys = tomllib.loads(_HOST.read_text("utf-8"))["test_keys"]
    master = bytes.fromhex(keys["issuer_master_key"])
    scripts = (
        bytes.fromhex(keys.get(name, keys["issuer_master_key"]))
        for name in ("script_mac_key", "script_encipherment_key")
    )
    mac, cipher = scripts
    return master, mac, cipher, _number(card), card[0x5F34].hex()


def _number(card: dict[int, bytes]) -> str:
    return (card.get(0x5A) or card[0x57]).hex().rstrip("f").split("d")[0]
