"""`terminal-sim readers lease`: what readers a pool has, and a command that has one of them while it runs."""

from __future__ import annotations

import os
import subprocess
from argparse import Namespace
from collections.abc import Sequence

from msgspec import structs

from terminal_sim.bench import ProfileError
from terminal_sim.cli.console import as_user_errors, print_json, print_table
from terminal_sim.cli.labgrid_environment import environment_file
from terminal_sim.readers.opening import DriverError
from terminal_sim.readers.pool import PoolConnection, PooledReader
from terminal_sim.script.exit_code import ExitCode


def run(given: Namespace) -> int:
    """Run a command while a reader is leased; without one, list the pool."""
    with as_user_errors(DriverError), PoolConnection(str(given.at)) as connection:
        if not given.words:
            print_pool(given, connection.readers())
            return ExitCode.HELD
        leased = connection.lease(given.name)
        if given.card:
            connection.act(f"insert {given.card}")
        return subprocess.run(given.words, env={**os.environ, **environment(leased)}, check=False).returncode


def environment(reader: PooledReader) -> dict[str, str]:
    """What a command that has leased a reader finds in its environment."""
    return {
        "TERMINAL_SIM_READER": reader.address,
        "TERMINAL_SIM_READER_NAME": reader.name,
        "TERMINAL_SIM_READER_PATH": reader.path,
    }


def print_pool(given: Namespace, readers: Sequence[PooledReader]) -> None:
    """The readers as a table, as JSON, or as an environment file of labgrid. Raises `UserError` for a profile that there is not."""
    if given.format == "json":
        print_json([structs.asdict(one) for one in readers])
    elif given.format == "labgrid":
        with as_user_errors(ProfileError):
            print(environment_file(given.at, readers, given.profile), end="")
    else:
        rows = [(one.name, one.address, "leased" if one.leased else "free") for one in readers]
        print_table("Pool", ("Name", "Address", "State"), rows)
