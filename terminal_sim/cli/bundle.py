"""`terminal-sim bundle`: runs one scenario and keeps the run in a file, which `terminal-sim replay` does again byte for byte."""

from __future__ import annotations

import os
from argparse import Namespace
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from terminal_sim.bench import BenchMisuse, JournalError, ProfileError
from terminal_sim.cli import UserError
from terminal_sim.cli.console import as_user_errors, options_of
from terminal_sim.cli.printed import name, printed
from terminal_sim.cli.scripts import files_of, one_case, programs_of
from terminal_sim.explore.bundle import BundleError
from terminal_sim.explore.bundle_file import read
from terminal_sim.explore.bundles import OneBundle
from terminal_sim.explore.replay import replayed
from terminal_sim.readers.opening import RECORDING, VIRTUAL, DriverError, check_address, is_for_many
from terminal_sim.script.case_run import CannotBegin
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.script.options import Options
from terminal_sim.script.plan import plan
from terminal_sim.script.run import Runner
from terminal_sim.script.selection import selection
from terminal_sim.script.vocabulary import vocabulary
from terminal_sim.verbs import BadScript


def run(given: Namespace) -> int:
    with as_user_errors(BadScript, DriverError, ProfileError):
        reader = tuple(given.reader) or (VIRTUAL,)
        check_address(reader)
        programs = programs_of(
            files_of(given.files),
            profiles={one: vocabulary().load(one) for one in given.profile} or None,
            locale=given.locale,
            options=options_of(given.options),
            wanted=selection(given.expression) if given.expression else None,
        )
    if programs is None:
        return ExitCode.WRONG
    case = one_case(
        [case for program in programs for case in plan(program, given.expression) if not case.skip],
        "a bundle holds one run",
    )
    with as_user_errors(BenchMisuse, JournalError, ProfileError), ExitStack() as folders:
        record = None
        if not is_for_many(reader) and not reader[0].startswith(RECORDING):
            record = Path(folders.enter_context(TemporaryDirectory(prefix="terminal-sim-")))
        options = Options(
            seed=given.seed, pack=given.pack, reader=reader, record=record, keeper=OneBundle(given.to)
        )
        try:
            result = Runner(options).run(case)
        except CannotBegin as cannot:
            raise cannot.refused from None
    printed(result, quiet=False)
    if result.bundle is None:
        raise UserError(f"{name(result)}: no bundle was written")
    with as_user_errors(BundleError):
        bundle = read(result.bundle)
        difference = replayed(bundle, os.environ)
    if difference is not None:
        print(f"bundle   {result.bundle}: its replay is another from event {difference.event} on")
        return ExitCode.BROKEN
    print(
        f"bundle   {result.bundle}: its replay is the same, byte for byte{'; it holds card data in clear' if bundle.is_private else ''}"
    )
    return ExitCode.HELD
