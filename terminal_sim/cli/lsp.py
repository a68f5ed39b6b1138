"""`terminal-sim lsp`: the language server of scripts, for editors."""

from __future__ import annotations

from argparse import Namespace

from terminal_sim.cli import UserError
from terminal_sim.script.exit_code import ExitCode


def run(_: Namespace) -> int:
    try:
        from terminal_sim.language_server.serving import serve  # pygls comes with an extra
    except ModuleNotFoundError:
        raise UserError("the language server needs pygls: pip install 'terminal-sim[lsp]'") from None
    serve()
    return ExitCode.HELD
