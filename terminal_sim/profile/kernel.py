"""The kernel's configuration of a terminal: the kernel file that its profile names, and what the profile itself says."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from terminal_sim.core.config import Profile
from terminal_sim.core.money import CURRENCIES
from terminal_sim.datafiles.bundled import bundled
from terminal_sim.datafiles.kept import Kept
from terminal_sim.datafiles.sources import ProfileError, load_table, located
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.datafiles.toml import read
from terminal_sim.emv.talk.config import Application, CaKey, CdaMode, KernelConfig, ReaderLimits
from terminal_sim.profile import ca_keys
from terminal_sim.profile.card_numbers import card_numbers
from terminal_sim.profile.kernel_file import KernelApplication, KernelFile
from terminal_sim.secret import Secret

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


class _Made(NamedTuple):
    """What is made of a kernel file and of those that it names, the same objects for every terminal."""

    file: KernelFile
    capabilities: bytes
    additional_capabilities: bytes
    applications: tuple[Application, ...]
    ca_keys: tuple[CaKey, ...]
    exceptions: frozenset[Secret[str]]


_LIBRARY = bundled() / "kernels"
_KEPT: Kept[Path, _Made] = Kept()


def kernel_names() -> list[str]:
    """The bundled kernel files, in alphabetical order."""
    return sorted(path.stem for path in _LIBRARY.glob("*.toml"))


def kernel_path(name: str) -> Path:
    """The kernel file that a profile names: a bundled one by name, any other by its path. Raises `ProfileError`."""
    if "/" in name or name.endswith(".toml"):
        return Path(name)
    path = _LIBRARY / f"{name}.toml"
    if not path.is_file():
        known = kernel_names()
        cure = suggest(name, known) or f"; there are {', '.join(known)}, or give a path"
        raise ProfileError(f"there is no kernel file {name!r}{cure}")
    return path


def kernel_file(name: str) -> KernelFile:
    """What the kernel file says, with all that it names checked. Raises `ProfileError` with the place."""
    return _made_of(kernel_path(name)).file


def kernel_config(profile: Profile, terminal: str) -> KernelConfig:
    """What the kernel of `terminal` works with; `profile.check` has seen that the country is one of `COUNTRIES`."""
    made = _made_of(kernel_path(profile.kernel))
    loaded = made.file
    numeric, exponent = CURRENCIES[profile.currency]
    return KernelConfig(
        applications=made.applications,
        country=COUNTRIES[profile.country],
        currency=numeric,
        currency_exponent=exponent,
        terminal_type=loaded.terminal_type,
        capabilities=made.capabilities,
        additional_capabilities=made.additional_capabilities,
        merchant_category=profile.merchant.category,
        terminal_id=terminal,
        merchant_id=profile.merchant.id,
        languages=_languages(profile.languages),
        exceptions=made.exceptions,
        ca_keys=made.ca_keys,
        cda_mode=CdaMode(loaded.cda_mode),
    )


@lru_cache(maxsize=64)
def _languages(locales: tuple[str, ...]) -> tuple[str, ...]:
    """The languages of these locales (ISO 639): terminals of one model share the value."""
    return tuple(locale.split("-")[0] for locale in locales)


def _made_of(path: Path) -> _Made:
    loaded = read(path, KernelFile, library=_LIBRARY)
    kept = _KEPT.get(path)
    if kept is not None and kept.file is loaded:
        return kept
    keys = _named(path, "ca_keys", loaded.ca_keys) if loaded.ca_keys else None
    listed = _named(path, "exceptions", loaded.exceptions) if loaded.exceptions else None
    made = _Made(
        file=loaded,
        capabilities=bytes.fromhex(loaded.capabilities),
        additional_capabilities=bytes.fromhex(loaded.additional_capabilities),
        applications=tuple(_application(one, loaded) for one in loaded.applications),
        ca_keys=ca_keys.load(keys) if keys else (),
        exceptions=card_numbers(listed) if listed else frozenset(),
    )
    _KEPT.keep(path, made, filter(None, (keys, listed)))
    return made


def _named(path: Path, key: str, name: str) -> Path:
    """The file `name`, from the folder of the file of the chain that says it under `key`."""
    sources = load_table(path, _LIBRARY)[1]
    said = next(one.file for one in sources if key in one.keys)
    found = said.parent / name
    if not found.is_file():
        raise located((key,), f"there is no file {name!r} in the folder of this one", sources)
    return found.resolve()


def _application(one: KernelApplication, file: KernelFile) -> Application:
    """The application with the limits of its file where it has none of its own."""
    limit = _first(one.contactless_limit, file.contactless_limit)
    cvm_limit = _first(one.contactless_cvm_limit, file.contactless_cvm_limit)
    floor_limit = _first(one.contactless_floor_limit, file.contactless_floor_limit)
    return Application(
        aid=bytes.fromhex(one.aid),
        brand=one.brand,
        partial=one.partial,
        version=bytes.fromhex(one.version),
        contactless=one.contactless,
        contactless_limit=limit,
        contactless_cvm_limit=cvm_limit,
        contactless_floor_limit=floor_limit,
        zero_amount_allowed=one.zero_amount_allowed,
        status_check=one.status_check,
        extended_selection=one.extended_selection,
        magstripe_mode=one.magstripe_mode,
        kernel=one.kernel,
        qualifiers=bytes.fromhex(one.ttq),
        floor_limit=file.floor_limit if one.floor_limit is None else one.floor_limit,
        threshold=one.threshold,
        target_percent=one.target_percent,
        max_target_percent=one.max_target_percent,
        tac_default=bytes.fromhex(one.tac_default),
        tac_denial=bytes.fromhex(one.tac_denial),
        tac_online=bytes.fromhex(one.tac_online),
        default_ddol=bytes.fromhex(one.default_ddol),
        default_tdol=bytes.fromhex(one.default_tdol),
        reader_limits=tuple(
            ReaderLimits(
                program=bytes.fromhex(each.program),
                contactless_limit=_first(each.contactless_limit, limit),
                contactless_cvm_limit=_first(each.contactless_cvm_limit, cvm_limit),
                contactless_floor_limit=_first(each.contactless_floor_limit, floor_limit),
                zero_amount_allowed=each.zero_amount_allowed,
                status_check=each.status_check,
            )
            for each in one.reader_limits
        ),
        elements=tuple((int(tag, 16), bytes.fromhex(value)) for tag, value in one.elements.items()),
    )


def _first(own: int | None, of_all: int | None) -> int | None:
    return of_all if own is None else own
