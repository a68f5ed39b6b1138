"""The kernel's configuration from `profiles/kernel.toml`: the applications a terminal takes and what it can do."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from terminal_sim.core.config import Profile
from terminal_sim.core.money import CURRENCIES
from terminal_sim.datafiles.bundled import bundled
from terminal_sim.datafiles.toml import read
from terminal_sim.emv.talk.config import Application, KernelConfig

# ISO 3166-1: alpha-2 -> numeric.
COUNTRIES = {
    "AU": "036",
    "CA": "124",
    "CH": "756",
    "DE": "276",
    "FR": "250",
    "GB": "826",
    "IE": "372",
    "JP": "392",
    "NZ": "554",
    "US": "840",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableApplication:
    """One application: `aid` in hex; `partial` where the AID on the card may go on; the action codes in hex (TAC).

    `elements` are data elements of the terminal that this scheme alone asks for, by tag, all in hex.
    """

    aid: str
    brand: str
    partial: bool = True
    contactless: bool = True
    tac_default: str = "0000000000"
    tac_denial: str = "0000000000"
    tac_online: str = "0000000000"
    elements: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelTable:
    """The file. Hex strings are tags 9F33 and 9F40, `terminal_type` is tag 9F35 (EMV Book 4, annex A).

    Above `contactless_cvm_limit`, in minor units, a tap needs its cardholder verified.
    """

    kernel: Literal[1]
    terminal_type: str
    capabilities: str
    additional_capabilities: str
    contactless_cvm_limit: int
    applications: tuple[TableApplication, ...]


@cache
def table() -> KernelTable:
    """The bundled `kernel.toml`, read once."""
    return read(bundled() / "kernel.toml", KernelTable)


@cache
def _applications() -> tuple[Application, ...]:
    """The applications of the table, the same objects for every terminal."""
    loaded = table()
    return tuple(
        Application(
            aid=bytes.fromhex(each.aid),
            brand=each.brand,
            partial=each.partial,
            contactless=each.contactless,
            tac_default=bytes.fromhex(each.tac_default),
            tac_denial=bytes.fromhex(each.tac_denial),
            tac_online=bytes.fromhex(each.tac_online),
            elements=tuple((int(tag, 16), bytes.fromhex(value)) for tag, value in each.elements.items()),
            contactless_cvm_limit=loaded.contactless_cvm_limit,
        )
        for each in loaded.applications
    )


def kernel_config(profile: Profile, terminal: str) -> KernelConfig:
    """What the kernel of `terminal` works with; `profile.check` has seen that the country is one of `COUNTRIES`."""
    loaded = table()
    numeric, exponent = CURRENCIES[profile.currency]
    return KernelConfig(
        applications=_applications(),
        country=COUNTRIES[profile.country],
        currency=numeric,
        currency_exponent=exponent,
        terminal_type=loaded.terminal_type,
        capabilities=bytes.fromhex(loaded.capabilities),
        additional_capabilities=bytes.fromhex(loaded.additional_capabilities),
        merchant_category=profile.merchant.category,
        terminal_id=terminal,
        merchant_id=profile.merchant.id,
        languages=tuple(locale.split("-")[0] for locale in profile.languages),
    )
