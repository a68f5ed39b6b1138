"""`terminal-sim keys list [STATE|PROFILE]`: the keys of acquirer, PIN pads and schemes by their check values."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from terminal_sim import profile as profiles
from terminal_sim.bench import BenchMisuse, JournalError
from terminal_sim.bench.key_slots import KeySlot, slots_of_profile, slots_of_state
from terminal_sim.cli.console import as_user_errors, print_table

_COLUMNS = ("Held by", "Key", "For", "Cipher", "Bits", "Check value", "Note")


def run(given: Namespace) -> int:
    host = Path(given.host) if given.host.endswith(".toml") else given.host
    with as_user_errors(BenchMisuse, JournalError, profiles.ProfileError):
        is_state = Path(given.target).is_dir()
        found = slots_of_state(Path(given.target), host) if is_state else slots_of_profile(given.target, host)
    print_table(f"Keys of {given.target}", _COLUMNS, [_row(one) for one in found])
    return 0


def _row(slot: KeySlot) -> tuple[str, ...]:
    return (
        slot.holder,
        slot.name,
        slot.use,
        slot.cipher,
        str(slot.bits) if slot.bits else "",
        slot.check,
        slot.note,
    )
