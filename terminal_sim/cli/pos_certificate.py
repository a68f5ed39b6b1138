"""`terminal-sim pos certificate STATE`: the authority that points of sale trust when they speak to the terminals of a state folder."""

from __future__ import annotations

from argparse import Namespace

from terminal_sim.bench import BenchMisuse
from terminal_sim.cli import UserError
from terminal_sim.cli.console import as_user_errors, print_json
from terminal_sim.cli.sdk_lines import authority_lines
from terminal_sim.script.exit_code import ExitCode


def run(given: Namespace) -> int:
    try:
        from terminal_sim.bench.kept_certificates import authority_of
    except ImportError as missing:
        raise UserError(
            f'pos needs the extra pos ({missing.name}): pip install "terminal-sim[pos]"'
        ) from None
    with as_user_errors(BenchMisuse):
        kept = authority_of(given.state)
    lines = authority_lines(str(kept.file))
    if given.format == "json":
        said = {"name": kept.common_name, "until": kept.until.isoformat(), "file": str(kept.file)}
        print_json({**said, "problem": kept.problem, "sdk": lines})
    else:
        print(f"CN      {kept.common_name}\nuntil   {kept.until:%Y-%m-%d %H:%M} UTC\nfile    {kept.file}")
        for library, line in lines.items():
            print(f"{library:<7} {line}")
        if kept.problem:
            print(f"problem {kept.problem}")
    return ExitCode.UNMET if kept.problem else ExitCode.HELD
