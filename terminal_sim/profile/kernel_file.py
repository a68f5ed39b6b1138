"""What a kernel file (`profiles/kernels/*.toml`) says: what an acquirer loads into a terminal for cards, as plain values.

Bytes are hexadecimal text with the names of EMV: `capabilities` is tag 9F33, `terminal_type` 9F35, `version` 9F09, `ttq` 9F66.
Amounts are in minor units. A limit of an application goes before the same limit of the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Literal

from terminal_sim.emv.data import dol, tags
from terminal_sim.emv.data.dol import DolError

_HEX: Final = re.compile(r"([0-9A-Fa-f]{2})*", re.ASCII)
_TYPE: Final = re.compile(r"[123][1-6]", re.ASCII)
_TAG: Final = re.compile(r"[0-9A-Fa-f]{2,8}", re.ASCII)
_LARGEST: Final = 0xFFFF_FFFF
"""The largest floor limit that fits tag 9F1B."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramLimits:
    """Limits for cards of one program: `program` is the beginning of their application program identifier (9F5A).

    A limit that is left out is that of the application.
    """

    program: str
    contactless_limit: int | None = None
    contactless_floor_limit: int | None = None
    contactless_cvm_limit: int | None = None
    zero_amount_allowed: bool = True
    status_check: bool = False

    def __post_init__(self) -> None:
        _check_hex("program", self.program, 1, 16)
        _check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelApplication:
    """One application that the terminal takes: `aid` names it, `brand` is its scheme; `partial` where the AID on the card may go on.

    With `magstripe_mode` kernel 2 takes cards that have no EMV mode. `kernel` is the contactless kernel (2 Mastercard, 3 Visa, ...), 0 that of the AID's scheme. `default_ddol` and `default_tdol` are lists for
    cards that have none. `reader_limits` are other limits for certain programs of cards (kernel 3, dynamic reader limits). `elements` are data elements of the terminal that this scheme alone asks for, by tag.
    """

    aid: str
    brand: str
    partial: bool = True
    version: str = "0096"
    tac_default: str = "0000000000"
    tac_denial: str = "0000000000"
    tac_online: str = "0000000000"
    floor_limit: int | None = None
    threshold: int = 0
    target_percent: int = 0
    max_target_percent: int = 0
    default_ddol: str = "9F3704"
    default_tdol: str = ""
    contactless: bool = True
    kernel: int = 0
    ttq: str = ""
    contactless_limit: int | None = None
    contactless_floor_limit: int | None = None
    contactless_cvm_limit: int | None = None
    zero_amount_allowed: bool = True
    status_check: bool = False
    extended_selection: bool = False
    magstripe_mode: bool = False
    reader_limits: tuple[ProgramLimits, ...] = ()
    elements: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_hex("aid", self.aid, 5, 16)
        _check_hex("version", self.version, 2, 2)
        for name in ("tac_default", "tac_denial", "tac_online"):
            _check_hex(name, getattr(self, name), 5, 5)
        _check_list("default_ddol", self.default_ddol)
        _check_list("default_tdol", self.default_tdol)
        if self.ttq:
            _check_hex("ttq", self.ttq, 4, 4)
        if not 0 <= self.kernel <= 0xFF:
            raise ValueError("kernel: 0 to 255, where 0 is the kernel of the scheme")
        _check_limits(self)
        if self.threshold < 0:
            raise ValueError("threshold: an amount in minor units, 0 or more")
        for name in ("target_percent", "max_target_percent"):
            if not 0 <= getattr(self, name) <= 99:
                raise ValueError(f"{name}: 0 to 99 percent, not {getattr(self, name)}")
        if self.max_target_percent < self.target_percent:
            raise ValueError(
                f"max_target_percent: at least the {self.target_percent} of target_percent, not {self.max_target_percent}"
            )
        programs = [limits.program.upper() for limits in self.reader_limits]
        for program in programs:
            if programs.count(program) > 1:
                raise ValueError(f"reader_limits: the program {program} stands there twice; leave one out")
        for tag, value in self.elements.items():
            if not _TAG.fullmatch(tag) or len(tag) % 2:
                raise ValueError(f"elements.{tag}: a tag in hexadecimal, as 9F58")
            _check_hex(f"elements.{tag}", value, 1, 252)


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelFile:
    """The file. `kernel` is the version of this format; what is said beside the applications holds for each of them.

    Files are named by their path from the folder of this one: `ca_keys` has the public keys of the schemes' certification authorities and
    what they revoked, `exceptions` the card numbers that are stolen or lost (EMV Book 4, 6.3.5), one a line. `cda_mode` says in which
    approvals a combined signature is asked for (Book 4, table 30).
    """

    kernel: Literal[1]
    terminal_type: str
    capabilities: str
    additional_capabilities: str
    floor_limit: int = 0
    contactless_limit: int | None = None
    contactless_floor_limit: int | None = None
    contactless_cvm_limit: int | None = None
    ca_keys: str = ""
    exceptions: str = ""
    cda_mode: Literal[1, 2, 3, 4] = 1
    applications: tuple[KernelApplication, ...]

    def __post_init__(self) -> None:
        if not _TYPE.fullmatch(self.terminal_type):
            raise ValueError(
                f'terminal_type: {self.terminal_type!r} is none; "22" is a merchant\'s, attended, offline with online capability'
            )
        _check_hex("capabilities", self.capabilities, 3, 3)
        _check_hex("additional_capabilities", self.additional_capabilities, 5, 5)
        _check_limits(self)
        if not self.applications:
            raise ValueError('applications: at least one, as [[applications]] with aid = "A0000000031010"')
        seen: set[str] = set()
        for index, one in enumerate(self.applications):
            if one.aid.upper() in seen:
                raise ValueError(f"applications: {one.aid} stands there twice; leave one out")
            seen.add(one.aid.upper())
            floor = self.floor_limit if one.floor_limit is None else one.floor_limit
            if one.threshold and one.threshold >= floor:
                raise ValueError(
                    f"applications: application {index + 1} ({one.aid}) has threshold {one.threshold}, which must be less than its floor_limit {floor}"
                )

    @property
    def has_floor_limit(self) -> bool:
        """Whether what a card paid before counts for its next payment (EMV Book 3, 10.6.1)."""
        return bool(self.floor_limit) or any(one.floor_limit for one in self.applications)


def _check_limits(said: KernelApplication | KernelFile | ProgramLimits) -> None:
    for name in ("floor_limit", "contactless_limit", "contactless_floor_limit", "contactless_cvm_limit"):
        limit = getattr(said, name, None)
        if limit is not None and not 0 <= limit <= _LARGEST:
            raise ValueError(f"{name}: an amount in minor units, 0 to {_LARGEST}, not {limit}")


def _check_hex(name: str, value: str, shortest: int, longest: int) -> None:
    if not _HEX.fullmatch(value) or not shortest <= len(value) // 2 <= longest:
        size = str(shortest) if shortest == longest else f"{shortest} to {longest}"
        raise ValueError(f"{name}: {size} bytes in hexadecimal, not {value!r}")


def _check_list(name: str, value: str) -> None:
    """A data object list that can be read; a DDOL asks for the unpredictable number (EMV Book 2, 6.5.1)."""
    _check_hex(name, value, 0, 252)
    try:
        entries = dol.parse(bytes.fromhex(value))
    except DolError as error:
        raise ValueError(f"{name}: {error}") from None
    if (
        name == "default_ddol"
        and entries
        and all(entry.tag != tags.UNPREDICTABLE_NUMBER for entry in entries)
    ):
        raise ValueError("default_ddol: it must ask for the unpredictable number, as in 9F3704")
