"""What a shell takes beside the lines of the script language, each once: `help shell` lists them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from terminal_sim.bench import Duration
from terminal_sim.bench.decoding import DecodeError, decoded
from terminal_sim.cli import UserError
from terminal_sim.cli.console import naming
from terminal_sim.cli.emv import decoded_lines
from terminal_sim.cli.help import help_of
from terminal_sim.cli.recorded_file import RecordedFile
from terminal_sim.cli.shell.deadlines import described, due
from terminal_sim.cli.shell.pace import WallPace
from terminal_sim.cli.shell.recording import EXPECTED, ShellRecording, expected_of
from terminal_sim.cli.shell.session import ShellSession, paper
from terminal_sim.cli.shell.why import why
from terminal_sim.datafiles.printable import printable
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.display.png import png
from terminal_sim.script.recorder import ScriptHead

_WORD = re.compile(r'"([^"]*)"|(\S+)')
_TRACED = 10  # entries that `trace` shows where it is not said how many
_MOST = len("1000")  # digits of a number of lines or entries


class Shell(Protocol):
    """What a command of the shell works at."""

    session: ShellSession
    pace: WallPace
    recording: ShellRecording | None
    has_left: bool

    @property
    def head(self) -> Callable[[Path], ScriptHead] | None:
        """What a recorded script in a folder says before its steps."""


@dataclass(frozen=True, slots=True)
class ShellCommand:
    """`words` begin the line, `arguments` is how the rest is written, and `most` how many words that has at most, `least` at least.

    `do` gives the lines that it shows. It raises `UserError` for arguments that it cannot take.
    """

    words: tuple[str, ...]
    arguments: str
    least: int
    most: int
    meaning: str
    do: Callable[[Shell, Sequence[str]], list[str]]

    @property
    def form(self) -> str:
        return " ".join([*self.words, *([self.arguments] if self.arguments else [])])


def command_of(line: str) -> tuple[ShellCommand, list[str]] | None:
    """The command that a line is, and its arguments; None where it is none. Raises `UserError` for too few or too many of them."""
    words = [quoted or plain for quoted, plain in _WORD.findall(line)]
    found = max(
        (one for one in COMMANDS if tuple(words[: len(one.words)]) == one.words),
        key=lambda one: len(one.words),
        default=None,
    )
    if found is None:
        return None
    arguments = words[len(found.words) :]
    if not found.least <= len(arguments) <= found.most:
        raise UserError(f"it is written: {found.form}{_meant(found, arguments)}")
    return found, arguments


def help_of_shell() -> str:
    """All commands with their meanings, a line each."""
    width = max(len(command.form) for command in COMMANDS)
    return "\n".join(f"  {command.form:{width}}  {command.meaning}" for command in COMMANDS)


def _meant(command: ShellCommand, arguments: Sequence[str]) -> str:
    longer = [one.words[-1] for one in COMMANDS if one.words[:-1] == command.words]
    return suggest(arguments[0], longer) if arguments and longer else ""


def _help(_: Shell, words: Sequence[str]) -> list[str]:
    if list(words) == ["shell"]:
        return [help_of_shell()]
    begun = [command for command in COMMANDS if words and command.words[: len(words)] == tuple(words)]
    if begun:
        return [f"  {command.form}\n      {command.meaning}" for command in begun]
    more = [] if words else ["  the shell adds some of its own: help shell; and the language has:"]
    return [*more, help_of(list(words))]


def _quit(shell: Shell, _: Sequence[str]) -> list[str]:
    shell.has_left = True
    return []


def _clock(shell: Shell, _: Sequence[str]) -> list[str]:
    bench = shell.session.bench
    moves = "runs by the wall" if shell.pace.is_running else "stands"
    return [f"{bench.now.civil:%Y-%m-%d %H:%M:%S}, and the clock {moves}; next: {described(shell.session)}"]


def _clock_run(shell: Shell, _: Sequence[str]) -> list[str]:
    shell.pace.run()
    return _clock(shell, ())


def _clock_pause(shell: Shell, _: Sequence[str]) -> list[str]:
    shell.pace.pause()
    return _clock(shell, ())


def _clock_next(shell: Shell, _: Sequence[str]) -> list[str]:
    session = shell.session
    deadline = session.bench.next_deadline()
    if deadline is None:
        raise UserError("nothing is due: the terminal waits for a person")
    left = max(deadline.at - session.bench.now.mono, 0)
    what = due(deadline.name, session.terminal.view().screen.id)
    session.pass_time(left, "clock next")
    return [f"{session.bench.now.civil:%Y-%m-%d %H:%M:%S}, {Duration(left)} later: {what}"]


def _back(shell: Shell, words: Sequence[str]) -> list[str]:
    undone = shell.session.back(_count(words[0]) if words else 1)
    return [f"taken back: {shell.session.mask(line)}" for line in undone]


def _at(shell: Shell, words: Sequence[str]) -> list[str]:
    event, then = shell.session.stood_at(_event(words[0]))
    terminal = then.terminals[0]
    said = [f"# after event {event}, at {then.now.civil:%Y-%m-%d %H:%M:%S}"]
    if not terminal.is_on:
        return [*said, "# it was off"]
    return [*said, printable(terminal.appearance().recorded().text)]


def _why(shell: Shell, words: Sequence[str]) -> list[str]:
    session = shell.session
    if words:
        from terminal_sim.cli.shell.turning_points import turning_points  # few ask, and it needs the explorer

        return [session.mask(line) for line in turning_points(session, words[0])]
    return [session.mask(line) for line in why(session.bench, session.terminal, session.log.entries)]


def _decode(_: Shell, words: Sequence[str]) -> list[str]:
    kind = words[-1] if len(words) > 2 and words[-2] == "as" else ""
    try:
        return decoded_lines(decoded(" ".join(words[:-2] if kind else words), kind))
    except DecodeError as error:
        raise UserError(str(error)) from None


def _screen(shell: Shell, _: Sequence[str]) -> list[str]:
    return [printable(shell.session.terminal.appearance().text)]


def _picture(shell: Shell, words: Sequence[str]) -> list[str]:
    picture = shell.session.terminal.picture()
    return [_kept(words[0], {".png": lambda: picture.png, ".svg": lambda: picture.svg.encode()})]


def _receipt(shell: Shell, words: Sequence[str]) -> list[str]:
    printed = shell.session.terminal.receipts
    if not printed:
        raise UserError("nothing was printed yet")
    receipt = printed[-1]
    if not words:
        return [printable(paper(receipt.text))]
    forms: dict[str, Callable[[], bytes]] = {
        ".txt": lambda: receipt.text.encode(),
        ".svg": lambda: receipt.svg().encode(),
        ".png": lambda: png(receipt.svg()),
    }
    return [_kept(words[0], forms)]


def _trace(shell: Shell, words: Sequence[str]) -> list[str]:
    entries = shell.session.log.entries[-_count(words[0]) if words else -_TRACED :]
    return [printable(f"{entry.number:6} {entry.line()}") for entry in entries]


def _record(shell: Shell, words: Sequence[str]) -> list[str]:
    if shell.recording is not None:
        raise UserError(f"{shell.recording.file.path} is being recorded: `record stop` first")
    file, *expected = words
    recorded = RecordedFile.of(Path(file))
    recorded.check()
    shell.recording = ShellRecording(
        shell.session,
        recorded,
        expected_of(expected),
        shell.head,
        is_replayed=not shell.session.terminal.has_real_readers,
    )
    return [f"# what is done from now on goes into {file}; `record stop` writes it"]


def _record_stop(shell: Shell, _: Sequence[str]) -> list[str]:
    if shell.recording is None:
        raise UserError("nothing is being recorded: begin with record FILE.keys")
    said = shell.recording.finish()
    shell.recording = None
    return said


def _event(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) <= len("999999999")):
        raise UserError(f"{word!r} is no number of an event: `trace` shows them")
    return int(word)


def _count(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) <= _MOST and int(word)):
        raise UserError(f"{word!r} is no number of lines: write 1 or more")
    return int(word)


def _kept(name: str, forms: Mapping[str, Callable[[], bytes]]) -> str:
    """Writes a new file, in the form that its name ends with, and returns what is said of it."""
    file = Path(name)
    if file.suffix not in forms:
        raise UserError(f"{name}: a name ends with {' or '.join(forms)}")
    data = forms[file.suffix]()
    with naming(file):
        try:
            with file.open("xb") as written:
                written.write(data)
        except FileExistsError:
            raise UserError(f"{name} is there already: name another file, or take it away first") from None
    return f"# {file}"


COMMANDS: tuple[ShellCommand, ...] = (
    ShellCommand(("help",), "[WORD...]", 0, 99, "the lines of the script language, or what those do", _help),
    ShellCommand(("clock",), "", 0, 0, "the time, whether it runs, and what is due next", _clock),
    ShellCommand(("clock", "run"), "", 0, 0, "let virtual time pass as the wall clock does", _clock_run),
    ShellCommand(("clock", "pause"), "", 0, 0, "let it stand; only lines make it pass", _clock_pause),
    ShellCommand(("clock", "next"), "", 0, 0, "jump to what is due next, and say what it was", _clock_next),
    ShellCommand(("at",), "EVENT", 1, 1, "all that the device showed when an event had happened, by its number", _at),
    ShellCommand(("back",), "[N]", 0, 1, "take back the last line, or the last N, that changed something", _back),
    ShellCommand(
        ("why",), "[CODE]", 0, 1,
        "what led to the screen as it is now, event by event; or from where on nothing kept what was done here from breaking the rule CODE", _why,
    ),
    ShellCommand(("decode",), "HEX... [as KIND]", 1, 9_999, "what bytes of a card or a terminal mean, by name", _decode),
    ShellCommand(("screen",), "", 0, 0, "all that the device shows, once more", _screen),
    ShellCommand(("picture",), "FILE.png|svg", 1, 1, "all that the device shows, as a picture", _picture),
    ShellCommand(("receipt",), "[FILE.txt|svg|png]", 0, 1, "the newest receipt, here or as a file", _receipt),
    ShellCommand(
        ("record",), "FILE.keys|py [WHAT...]", 1, 1 + len(EXPECTED),
        f"write what is done from now on as a script or a test; WHAT it expects more: {' '.join(EXPECTED)}", _record,
    ),
    ShellCommand(("record", "stop"), "", 0, 0, "write it, and record no more", _record_stop),
    ShellCommand(("trace",), "[N]", 0, 1, "the last 10 events, or the last N, each with its number", _trace),
    ShellCommand(("quit",), "", 0, 0, "leave, as Ctrl-D and `exit` do", _quit),
    ShellCommand(("exit",), "", 0, 0, "leave", _quit),
)  # fmt: skip
