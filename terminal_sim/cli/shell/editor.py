"""The shell at a window: what the device shows stands above the line that is typed, and is drawn anew in its place."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterable, Iterator
from functools import partial

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app, run_in_terminal
from prompt_toolkit.auto_suggest import AutoSuggest, Suggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, get_common_complete_suffix
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import History as Recalled
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.styles import Style

from terminal_sim.cli import UserError
from terminal_sim.cli.shell.history import HIDDEN, History
from terminal_sim.cli.shell.live import DeviceLines, device_lines
from terminal_sim.cli.shell.offered import offered
from terminal_sim.cli.shell.pace import WallPace
from terminal_sim.cli.shell.plain import GREETING
from terminal_sim.cli.shell.session import ShellSession, paper
from terminal_sim.cli.shell.toolbar import form_of, status
from terminal_sim.datafiles.printable import printable

_TICK = 0.2  # seconds between two looks at a clock that runs
_BELOW = 4  # rows below the device: the line, the two of the toolbar, and one to spare
_MENU = 6  # rows of the menu of completions
_NEWEST = 2  # receipts: both copies of a payment
_STYLE = Style.from_dict(
    {"device": "", "ready": "bold", "bottom-toolbar": "noreverse", "form": "italic", "status": "reverse"}
)


class EditedLines:
    """Lines from an editor with completion, hints, history and a toolbar; `pace` passes time while a line is typed."""

    is_interactive = True

    def __init__(self, session: ShellSession, prompt: str, history: History, pace: WallPace) -> None:
        self._session = session
        self._prompt = prompt
        self._history = history
        self._pace = pace
        self._receipts = 0  # how many were shown or printed
        self._editor: PromptSession[str] = PromptSession(
            message=self._message,
            completer=_Candidates(session),
            complete_while_typing=False,
            key_bindings=_completing(),
            auto_suggest=_Hints(session, history),
            history=_Recalled(history),
            bottom_toolbar=self._toolbar,
            erase_when_done=True,
            reserve_space_for_menu=_MENU,
            enable_suspend=True,
            style=_STYLE,
        )
        print(GREETING)

    def read(self) -> str | None:
        """The next line; None where the person leaves. Raises `KeyboardInterrupt` where the line is given up."""
        try:
            line = self._editor.prompt(pre_run=self._begin_to_tick)
        except EOFError:
            return None
        print(f"{self._prompt}{printable(line)}")
        return line

    def show(self, texts: Iterable[str]) -> None:
        """Print the texts, and what has no place in the window: notes, receipts, or all of a device that is too large for it."""
        for text in [*texts, *self._beside()]:
            print(text, flush=True)

    def remember(self, line: str) -> None:
        """Offer a line, in which nothing is secret, again: now, and in later sessions."""
        self._history.remember(line)

    def leave(self) -> None:
        """What the device shows last stays in the window."""
        there = self._region()
        if there is not None:
            print("\n".join(there.lines))

    # The device above the line.

    def _region(self) -> DeviceLines | None:
        terminal = self._session.terminal
        papers = [paper(receipt.text) for receipt in terminal.receipts[-_NEWEST:]]
        size = shutil.get_terminal_size()
        return device_lines(terminal.appearance(), papers, size.columns, size.lines - _BELOW)

    def _beside(self) -> list[str]:
        there = self._region()
        if there is None:
            return self._session.news()
        self._session.changes()
        papers = self._session.papers()
        return papers[: max(len(papers) - there.receipts, 0)] + self._session.remarks()

    def _message(self) -> StyleAndTextTuples:
        there = self._region()
        lines = "".join(f"{printable(line)}\n" for line in there.lines) if there is not None else ""
        return [("class:device", lines), ("class:ready", self._prompt)]

    def _toolbar(self) -> StyleAndTextTuples:
        columns = shutil.get_terminal_size().columns
        form = form_of(get_app().current_buffer.text)[:columns]
        below = status(self._session, columns, runs=self._pace.is_running)
        return [("class:form", f"{form}\n"), ("class:status", printable(below).ljust(columns))]

    # The clock.

    def _begin_to_tick(self) -> None:
        get_app().create_background_task(self._tick())

    async def _tick(self) -> None:
        """Let virtual time pass as the wall clock does, while the person types."""
        while True:
            await asyncio.sleep(_TICK)
            if due := self._pace.due():
                texts = self._passed(due)
                if texts:
                    await run_in_terminal(partial(print, "\n".join(texts), flush=True))
                get_app().invalidate()

    def _passed(self, due: int) -> list[str]:
        try:
            self._session.pass_time(due)
        except UserError as error:
            self._pace.pause()
            return [f"the clock stands: {error}", *self._beside()]
        return self._beside()


def _completing() -> KeyBindings:
    """The key that completes: what the candidates have in common stands in the line before the next key is read.

    The editor's own would look for candidates beside the keys, so a line that is typed fast would leave without its end.
    """
    keys = KeyBindings()

    @keys.add("tab")
    def complete(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.complete_state:
            buffer.complete_next()
            return
        document = buffer.document
        found = list(buffer.completer.get_completions(document, CompleteEvent(completion_requested=True)))
        common = get_common_complete_suffix(document, found)
        if common:
            buffer.insert_text(common)
        elif len(found) == 1:
            buffer.apply_completion(found[0])
        if len(found) > 1:
            buffer.start_completion()

    return keys


class _Candidates(Completer):
    """What the line may go on with, each with its meaning."""

    def __init__(self, session: ShellSession) -> None:
        self._session = session

    def get_completions(
        self,
        document: Document,
        complete_event: CompleteEvent,  # noqa: ARG002 - the editor gives it
    ) -> Iterator[Completion]:
        before = document.text_before_cursor
        found = offered(before, self._session)
        for one in found.candidates:
            whole = len(found.candidates) == 1 and not one.text.endswith("=")
            meaning = printable(one.meaning.partition("\n")[0])
            yield Completion(
                f"{one.text} " if whole else one.text, found.start - len(before), one.text, meaning
            )


class _Hints(AutoSuggest):
    """The newest line of the history that goes on from what is typed, else the one word that it can go on with."""

    def __init__(self, session: ShellSession, history: History) -> None:
        self._session = session
        self._history = history

    def get_suggestion(
        self,
        buffer: Buffer,  # noqa: ARG002 - the editor gives it
        document: Document,
    ) -> Suggestion | None:
        typed = document.text
        if not typed.strip():
            return None
        for line in reversed(self._history.lines):
            if line.startswith(typed) and line != typed and HIDDEN not in line:
                return Suggestion(line[len(typed) :])
        found = offered(typed, self._session)
        word = typed[found.start :]
        if len(found.candidates) == 1 and word and found.candidates[0].text.startswith(word):
            return Suggestion(found.candidates[0].text[len(word) :])
        return None


class _Recalled(Recalled):
    """The history that the arrow keys go through. What is typed is kept by `remember`, once it is known what of it is secret."""

    def __init__(self, history: History) -> None:
        super().__init__()
        self._history = history

    def load_history_strings(self) -> Iterator[str]:
        return reversed(self._history.lines)

    def append_string(self, string: str) -> None:
        """Not before the line is done."""

    def store_string(self, string: str) -> None:
        """Not before the line is done."""
