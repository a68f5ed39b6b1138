"""`terminal-sim fmt`: lays scripts out in one way, or says which are not. A script that cannot be read is left as it is."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from tempfile import NamedTemporaryFile

from terminal_sim.cli import UserError
from terminal_sim.cli.scripts import files_of
from terminal_sim.datafiles.printable import printable
from terminal_sim.datafiles.text_file import UnreadableFile, decoded, text_of
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.script.format import formatted
from terminal_sim.script.tree import ScriptError

_STANDARD = Path("-")  # the standard input, whose layout goes to the standard output


def run(given: Namespace) -> int:
    if _STANDARD in given.files:
        if len(given.files) > 1:
            raise UserError("- is the standard input and stands alone; name files in a call of their own")
        return _one(_STANDARD, given)
    files = files_of(given.files)
    if not files:
        print("nothing to format")
        return ExitCode.NOTHING
    return max(_one(file, given) for file in files)


def _one(file: Path, given: Namespace) -> ExitCode:
    try:
        text = decoded(sys.stdin.buffer.read()) if file == _STANDARD else text_of(file)
        laid_out = formatted(text, file)
    except UnreadableFile as wrong:
        print(f"{file}:{max(wrong.line, 1)}: cannot be read: {wrong}", file=sys.stderr)
        return ExitCode.WRONG
    except ScriptError as wrong:
        print(f"{wrong}\n{printable(str(file))}: left as it is", file=sys.stderr)
        return ExitCode.WRONG
    same = laid_out == text
    if given.diff:
        sys.stdout.writelines(_difference(file, text, laid_out))
    elif given.check:
        print(f"{printable(str(file))}: {'formatted' if same else 'not formatted; terminal-sim fmt does it'}")
    elif file == _STANDARD:
        sys.stdout.flush()
        sys.stdout.buffer.write(laid_out.encode())
        return ExitCode.HELD
    else:
        if not same:
            _write(file, laid_out)
        print(f"{printable(str(file))}: {'unchanged' if same else 'formatted'}")
        return ExitCode.HELD
    return ExitCode.HELD if same else ExitCode.UNMET


def _difference(file: Path, text: str, laid_out: str) -> Iterator[str]:
    before, after = (one.splitlines(keepends=True) for one in (text, laid_out))
    for line in unified_diff(before, after, str(file), f"{file}, formatted"):
        yield f"{printable(line.rstrip())}\n"


def _write(file: Path, text: str) -> None:
    """Put the text in the place of the file, or of what a link names, whole or not at all, with the rights that it has."""
    place = file.resolve()
    with NamedTemporaryFile("wb", dir=place.parent, prefix=f".{place.name}.", delete=False) as unfinished:
        try:
            unfinished.write(text.encode())
            unfinished.flush()
            os.chmod(unfinished.name, place.stat().st_mode & 0o7777)
        except BaseException:
            os.unlink(unfinished.name)
            raise
    os.replace(unfinished.name, place)
