"""A terminal's readers while they are recorded, and a recording in their place.

1. The operator's acts are recorded before they are done, so that nothing the reader says of it can come first.
2. A recording is gone through by the terminal's own calls: no thread looks at it, and no person is asked.
3. Where the terminal or a script does something else than was recorded, the first call that notices raises `BenchMisuse`, and the
   reader is lost from then on. Only that a card is switched off may be missing: that is how a run ends that ends early.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import TYPE_CHECKING, TypeVar

from terminal_drivers.base import (
    Card,
    ContactlessField,
    ContactSlot,
    DriverError,
    Presence,
    ReaderLost,
    StripeHead,
    Tracks,
)
from terminal_drivers.captures.capture import failing
from terminal_drivers.readers.parted import ForwardingSlot
from terminal_sim.errors import BenchMisuse

if TYPE_CHECKING:
    from terminal_drivers.captures.recording import Recorder, Recording
    from terminal_sim.readers.monitored import PolledReader
    from terminal_sim.readers.operator import Operator
    from terminal_sim.readers.parts import Reader

OPERATOR = "hands"  # its name in recordings

T = TypeVar("T")


class RecordedLog:
    """Reports the looks at one reader to a recorder."""

    def __init__(self, recorder: Recorder, address: str) -> None:
        self._recorder = recorder
        self._address = address

    def using(self) -> AbstractContextManager[object]:
        return self._recorder.using(self._address)

    def looking(self, *, ask: bool) -> AbstractContextManager[object]:
        return self._recorder.looking(self._address, ask=ask)

    def noticed(self) -> None:
        self._recorder.noticed()


class Looks:
    """The looks of a recording, which are looked again when they are due; `attended` are the readers that take them, by line."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.attended: dict[str, PolledReader] = {}

    def catch_up(self) -> None:
        """Look again where the recorded reader was looked at."""
        while (look := self.recording.look()) is not None:
            line, ask, times = look
            if line not in self.attended:
                raise BenchMisuse(f"the recording has looks at a reader that it does not have: {line}")
            for _ in range(times):
                self.attended[line].look(ask=ask)


class ReplayedLog:
    """Has one reader used only after the looks that came before."""

    def __init__(self, looks: Looks, address: str) -> None:
        self._looks = looks
        self._address = address

    def using(self) -> AbstractContextManager[object]:
        self._looks.catch_up()
        self._looks.recording.use(self._address)
        return nullcontext()

    def looking(self, *, ask: bool) -> AbstractContextManager[object]:  # noqa: ARG002 - the recording has it look
        return nullcontext()

    def noticed(self) -> None:
        """The recording has it already."""


class RecordedOperator:
    """An operator whose acts are recorded."""

    def __init__(self, operator: Operator, recorder: Recorder) -> None:
        self._operator = operator
        self._recorder = recorder
        self.is_human, self.reports_late = operator.is_human, operator.reports_late
        self.timeout = operator.timeout

    @property
    def asked(self) -> str:
        return self._operator.asked

    def insert(self, name: str, chip: Card) -> None:
        self._do(f"insert {name}", lambda: self._operator.insert(name, chip))

    def tap(self, name: str, face: Card) -> None:
        self._do(f"tap {name}", lambda: self._operator.tap(name, face))

    def leave(self) -> None:
        self._do("leave", self._operator.leave)

    def swipe(self, name: str, stripe: Mapping[int, str]) -> None:
        self._do(f"swipe {name}", lambda: self._operator.swipe(name, stripe))

    def remove(self) -> None:
        self._do("remove", self._operator.remove)

    def _do(self, what: str, act: Callable[[], None]) -> None:
        self._recorder.happened(what)
        with failing(self._recorder, OPERATOR):
            act()


class ReplayedOperator:
    """The recorded operator: it does what was recorded, and nothing waits for it. It is human where that one was."""

    timeout = 0.0

    def __init__(self, looks: Looks, *, is_human: bool) -> None:
        self.is_human = self.reports_late = is_human
        self.asked = ""
        self._looks = looks
        self._dialogue = looks.recording.dialogue

    def insert(self, name: str, _: Card) -> None:
        self._do(f"insert {name}")

    def tap(self, name: str, _: Card) -> None:
        self._do(f"tap {name}")

    def leave(self) -> None:
        self._do("leave")

    def swipe(self, name: str, _: Mapping[int, str]) -> None:
        self._do(f"swipe {name}")

    def remove(self) -> None:
        self._do("remove")

    def _do(self, what: str) -> None:
        self.asked = f"{what}, as recorded"
        self._looks.catch_up()
        self._dialogue.repeat(what)
        self._dialogue.fail(OPERATOR)


class ReplayReader:
    """A recorded reader in the place of the one that was recorded."""

    def __init__(self, reader: Reader, looks: Looks) -> None:
        self._reader = reader
        self._looks = looks
        self._dialogue = looks.recording.dialogue
        self._left = False
        self.contact: ContactSlot = _ReplayedSlot(self, lambda: reader.contact)
        self.stripe: StripeHead = _ReplayedHead(self)

    @property
    def contactless(self) -> ContactlessField:
        there = self._reader.contactless
        return _ReplayedSlot(self, lambda: there)

    def poll(self, timeout: float = 0.0) -> list[Presence]:  # noqa: ARG002 - nothing is waited for
        return self.exactly(self._reader.poll)

    def swipes(self) -> list[Tracks]:
        return self.exactly(self._reader.stripe.poll)

    def exactly(self, what: Callable[[], T]) -> T:
        """Do what was recorded; `BenchMisuse` at the first thing that was not."""
        self._check()
        try:
            self._looks.catch_up()
            return what()
        finally:
            self._check()

    def at_the_end(self, what: Callable[[], None]) -> None:
        """Do what was recorded, if it was."""
        if not (self._left or self._dialogue.strayed):
            self._looks.catch_up()
            with suppress(DriverError):
                what()

    def _check(self) -> None:
        if self._left:
            raise ReaderLost("the recording has been left")
        if self._dialogue.strayed:
            self._left = True
            raise BenchMisuse(self._dialogue.strayed)


class _ReplayedSlot(ForwardingSlot):
    """A slot or field of a replayed reader."""

    def __init__(self, reader: ReplayReader, of: Callable[[], ContactSlot]) -> None:
        self._reader = reader
        self._of = of

    def _on_slot(self, what: Callable[[ContactSlot], T]) -> T:
        return self._reader.exactly(lambda: what(self._of()))

    def power_off(self) -> None:
        self._reader.at_the_end(lambda: self._of().power_off())


class _ReplayedHead:
    """The stripe head of a replayed reader."""

    def __init__(self, reader: ReplayReader) -> None:
        self._reader = reader

    def poll(self, timeout: float = 0.0) -> list[Tracks]:  # noqa: ARG002
        return self._reader.swipes()
