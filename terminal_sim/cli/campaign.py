"""`terminal-sim campaign`: explorations of many terminals by a file, in many processes or on a cluster, that go on after a stop."""

from __future__ import annotations

import os
import subprocess
from argparse import Namespace

from terminal_sim.bench import ProfileError
from terminal_sim.cli.campaigns import held_to, run_campaign, workers_of
from terminal_sim.cli.console import as_user_errors
from terminal_sim.datafiles.toml import read
from terminal_sim.errors import Unsafe
from terminal_sim.explore.bundle import BundleError
from terminal_sim.explore.campaigns.campaign import Campaign
from terminal_sim.explore.campaigns.store import NAME
from terminal_sim.explore.campaigns.workers import Workers, WorkersLost
from terminal_sim.explore.firmware import SELF, firmware_at
from terminal_sim.oracles.own_file import OracleFileError


def run(given: Namespace) -> int:
    with as_user_errors(ProfileError, OracleFileError):
        campaign, own = held_to(read(given.file, Campaign), given.oracles)
    firmware = given.firmware or campaign.firmware
    if firmware != SELF:
        return _elsewhere(given, firmware)
    return run_campaign(
        campaign,
        _workers(given),
        given.out,
        own=own,
        store=given.out / NAME,
        resume=given.resume,
    )


def _workers(given: Namespace) -> Workers:
    if not given.cluster:
        return workers_of(given.jobs)[0]
    # Imported here: Dask takes a second, and is not installed everywhere.
    from terminal_sim.explore.campaigns.cluster import ClusterWorkers

    with as_user_errors(WorkersLost, Unsafe):
        return ClusterWorkers(given.cluster)


def _elsewhere(given: Namespace, firmware: str) -> int:
    """The same command, carried out by the terminal-sim at that place."""
    where = ["--cluster", given.cluster] if given.cluster else ["--jobs", str(given.jobs)]
    words = ["campaign", str(given.file), *where, "--out", str(given.out), "--firmware", SELF]
    words += [f"--oracles={one}" for one in given.oracles]
    with as_user_errors(BundleError), firmware_at(firmware) as tree:
        command = [*tree.command("terminal_sim"), *words]
        ran = subprocess.run(
            [*command, "--resume"] if given.resume else command,
            env=tree.environment(os.environ),
            check=False,
        )
    return ran.returncode
