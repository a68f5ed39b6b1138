"""The keys of an acquirer, of a terminal's PIN pad and of its schemes, by their check values: what people compare, and never a key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from terminal_sim import profile as profiles
from terminal_sim.bench.host_file import host_file
from terminal_sim.bench.state_reading import read_state
from terminal_sim.bench.terminal_names import TerminalNames
from terminal_sim.core.config import Profile
from terminal_sim.core.rows.kinds import TamperRow
from terminal_sim.emv.keys import ca
from terminal_sim.emv.keys.check_value import check_value
from terminal_sim.emv.keys.key_algorithm import KeyAlgorithm
from terminal_sim.emv.keys.key_block_header import USAGES
from terminal_sim.emv.keys.rsa import PublicKey
from terminal_sim.emv.talk.config import CaKey
from terminal_sim.host import pin_keys
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.host.config import AcquirerConfig, PinKeys
from terminal_sim.journal.memory import MemoryJournal
from terminal_sim.profile.kernel import kernel_config
from terminal_sim.runtime.key_store import SerialFile
from terminal_sim.runtime.line_keys import LineKeys, LineKeyStore
from terminal_sim.secret import Secret

_OPENED = f"select number from journal where terminal = :terminal and kind = '{TamperRow.KINDS[0]}' limit 1"


class KeySlot(Struct, frozen=True, kw_only=True):
    """A key where it is held: by `acquirer`, the pad of a terminal, or a scheme. `check` is its check value in hex, `note` a serial number or a date."""

    holder: str
    name: str
    use: str
    cipher: str
    bits: int
    check: str
    note: str = ""


def slots_of_profile(name: str, host: str | Path) -> list[KeySlot]:
    """What the first terminal of this profile on a new bench holds, as the acquirer `host` loads it. Raises `ProfileError` and `BenchMisuse`."""
    model, config = profiles.load(name), _config(host)
    terminal = TerminalNames(MemoryJournal()).following(model.id)
    pad = _pad(config, f"pad of {terminal}", _first(config, terminal))
    return [*_acquirers(config), pad, *_schemes(model)]


def slots_of_state(folder: Path, host: str | Path) -> list[KeySlot]:
    """What the terminals of a state folder hold, with the serial numbers that their pads have reached.

    Raises `BenchMisuse` and `JournalError` as `read_state` does.
    """
    config = _config(host)
    found = list(_acquirers(config))
    models: dict[str, None] = {}
    with read_state(folder) as state:
        for terminal in state.journal.terminals():
            models.setdefault(state.journal.model_of(terminal))
            holder = f"pad of {terminal}"
            if state.journal.query(_OPENED, {"terminal": terminal}):
                found.append(_erased(holder))
                continue
            kept = SerialFile(folder / f"{terminal}.pin-serial", _first(config, terminal))
            line = LineKeyStore(config, folder / f"{terminal}.line-keys").keys
            if line.pin is None:
                found.append(_pad(config, holder, kept.last))
            found += _line(holder, line)
    schemes = {slot: None for model in models for slot in _schemes(profiles.load(model))}
    return found + list(schemes)


def _config(host: str | Path) -> AcquirerConfig:
    return Acquirer.load(host_file(host)).config


def _acquirers(config: AcquirerConfig) -> Iterator[KeySlot]:
    for one in config.loaded_keys():
        yield _slot("acquirer", one.name, one.usage, one.algorithm, one.key)


def _first(config: AcquirerConfig, terminal: str) -> bytes:
    """The serial number of the pad before any key was used; empty where one key is used for all PINs."""
    return b"" if config.pin.keys is PinKeys.FIXED else pin_keys.derivation_of(config).first(terminal)


def _pad(config: AcquirerConfig, holder: str, serial: bytes) -> KeySlot:
    if not serial:
        return _slot(holder, "pin_key", "P0", KeyAlgorithm.TDES, config.pin_key)
    initial = pin_keys.derivation_of(config).initial(config.base_derivation_key, serial)
    algorithm = KeyAlgorithm.AES if config.pin.keys is PinKeys.DUKPT_AES else KeyAlgorithm.TDES
    return _slot(holder, "initial_key", "B1", algorithm, initial, f"serial number {serial.hex().upper()}")


def _line(holder: str, keys: LineKeys) -> Iterator[KeySlot]:
    """The keys that the host has given a terminal."""
    if keys.is_new:
        for name, usage, key in (("mac_key", keys.usage, keys.mac), ("pin_key", "P0", keys.pin)):
            if key is not None:
                yield _slot(holder, name, usage, KeyAlgorithm.TDES, key, "given by the host")


def _erased(holder: str) -> KeySlot:
    return KeySlot(holder=holder, name="", use="erased: the housing was opened", cipher="", bits=0, check="")


def _slot(
    holder: str, name: str, usage: str, algorithm: KeyAlgorithm, key: Secret[bytes], note: str = ""
) -> KeySlot:
    return KeySlot(
        holder=holder,
        name=name,
        use=f"{usage} {USAGES[usage]}",
        cipher=algorithm.name,
        bits=8 * len(key),
        check=check_value(key, algorithm).hex().upper(),
        note=note,
    )


def _schemes(model: Profile) -> Iterator[KeySlot]:
    for key in kernel_config(model, model.id).ca_keys:
        yield _scheme(key)


def _scheme(one: CaKey) -> KeySlot:
    """A public key has no check value but its checksum, of which the first bytes are shown (EMV Book 2, 11.2.2)."""
    key = PublicKey(one.modulus, one.exponent)
    year, month, day = (one.expires[at : at + 2] for at in (0, 2, 4))
    return KeySlot(
        holder=f"scheme {one.rid.hex().upper()}",
        name=f"{one.index:02X}",
        use="certification authority" + (", test" if one.test else ""),
        cipher="RSA",
        bits=8 * key.size,
        check=ca.checksum(one.rid, one.index, key)[:5].hex().upper(),
        note=f"expires 20{year}-{month}-{day}",
    )
