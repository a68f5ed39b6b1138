"""Writes down what the steps of one try do: a subscriber of the bench's trace that is told where each step begins.

A try that nobody wants a record of has no log, and pays nothing for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from time import perf_counter

from terminal_sim.bench import BenchMisuse, TerminalUnderTest, TraceEntry, contents
from terminal_sim.bench.decoded import Part, decoded
from terminal_sim.bench.timeline import marks_of
from terminal_sim.display.appearance import Appearance
from terminal_sim.display.picture import Picture
from terminal_sim.script.tree import ScriptStep
from terminal_sim.script.try_record import (
    BytesRecord,
    EntryRecord,
    PartRecord,
    PictureRecord,
    SourceLine,
    StepPart,
    StepRecord,
    StepVerdict,
    TryRecord,
)
from terminal_sim.verbs import BadScript, ExpectationFailed, Tester
from terminal_sim.verbs.mask import Mask

_DIGEST = 16  # hexadecimal digits
_WORDS_OF_SVG = re.compile(r'(?<=>)[^<\n]+(?=<)|(?<=aria-label=")[^"]+')


class StepLog:
    """The log of one try. `part` is the part of the script whose steps come now; without `draws` it keeps neither pictures nor a timeline."""

    wants_frames = False

    def __init__(self, mask: Mask, *, draws: bool = True) -> None:
        self.wants_bytes = draws
        self.part = StepPart.SETUP
        self._mask = mask
        self._draws = draws
        self._entries: list[TraceEntry] = []
        self._steps: list[StepRecord] = []
        self._pictures: dict[str, PictureRecord] = {}
        self._papers = 0
        self._shown: tuple[Appearance, str] | None = None

    def take(self, entry: TraceEntry) -> None:
        """An entry of the trace; one of a frame may come because another subscriber wants it."""
        if self._draws and not isinstance(entry.content, contents.ReaderFrame):
            self._entries.append(entry)

    def begin(self, tester: Tester) -> None:
        """The terminal is there; its receipts of earlier scenarios belong to no step."""
        self._papers = len(tester.terminal.receipts)

    @contextmanager
    def step(self, tester: Tester, step: ScriptStep, callers: Iterable[ScriptStep]) -> Iterator[None]:
        """What happens within is done by this step."""
        bench = tester.bench
        at, first, began = bench.now.mono, bench.trace.number + 1, perf_counter()
        verdict, why = StepVerdict.BROKEN, ""
        try:
            yield
            verdict = StepVerdict.HELD
        except (ExpectationFailed, BadScript, BenchMisuse) as wrong:
            verdict, why = StepVerdict.FAILED, _why(wrong)
            raise
        finally:
            # A bench that broke is asked for nothing more.
            looks = self._draws and verdict is not StepVerdict.BROKEN
            record = StepRecord(
                line=self._line(step),
                verdict=verdict,
                part=self.part,
                callers=tuple(map(self._line, callers)),
                at=at,
                took=bench.now.mono - at,
                seconds=perf_counter() - began,
                first=first,
                last=bench.trace.number,
                picture=self._look(tester.terminal) if looks else "",
                receipts=self._new_papers(tester.terminal) if looks else (),
                why=self._mask(why),
            )
            self._steps.append(record)

    def leave_out(self, steps: Iterable[ScriptStep]) -> None:
        """These steps are not run."""
        for step in steps:
            self._steps.append(StepRecord(line=self._line(step), verdict=StepVerdict.NOT_RUN, part=self.part))

    def record(self) -> TryRecord:
        """All that was written down so far."""
        labels = {mark.number: mark for mark in marks_of(self._entries)}
        timeline = []
        for entry in self._entries:
            mark = labels.get(entry.number)
            timeline.append(
                EntryRecord(
                    number=entry.number,
                    cause=entry.cause,
                    at=entry.at.mono,
                    terminal=entry.terminal,
                    kind=entry.kind,
                    label=self._mask(mark.label if mark is not None else _said(entry)),
                    lane=mark.lane.value if mark is not None else "",
                    detail=self._mask(mark.detail) if mark is not None else "",
                    is_wrong=mark is not None and mark.is_wrong,
                    fields={
                        name: self._mask(value) if isinstance(value, str) else value
                        for name, value in entry.fields.items()
                        if isinstance(value, str | int)
                    },
                    bytes=tuple(
                        BytesRecord(one.name, one.bytes.hex(), tuple(map(self._part, one.parts)))
                        for one in decoded(entry)
                    ),
                )
            )
        return TryRecord(steps=tuple(self._steps), pictures=self._pictures, timeline=tuple(timeline))

    def _line(self, step: ScriptStep) -> SourceLine:
        return SourceLine(str(step.place.path), step.place.line, self._mask(step.source))

    def _part(self, part: Part) -> PartRecord:
        inner = tuple(map(self._part, part.parts))
        return PartRecord(part.name, part.first, part.end, self._mask(part.value), part.tag, inner)

    def _look(self, terminal: TerminalUnderTest) -> str:
        """The digest of what all displays and lights show now, as a trace keeps it."""
        now = replace(terminal.appearance().recorded(), beeps=0)
        if self._shown is None or self._shown[0] != now:
            self._shown = now, self._kept(now.text, Picture(now, terminal.profile).svg)
        return self._shown[1]

    def _new_papers(self, terminal: TerminalUnderTest) -> tuple[str, ...]:
        new = terminal.receipts[self._papers :]
        self._papers += len(new)
        return tuple(self._kept(paper.text, paper.svg()) for paper in new)

    def _kept(self, text: str, svg: str) -> str:
        drawing = _WORDS_OF_SVG.sub(lambda words: self._mask(words[0]), svg)
        digest = sha256(drawing.encode()).hexdigest()[:_DIGEST]
        self._pictures.setdefault(digest, PictureRecord(self._mask(text), drawing))
        return digest


def _why(wrong: Exception) -> str:
    if isinstance(wrong, ExpectationFailed):
        return f"expected {wrong.expected}\nthere was {wrong.nearest}"
    return str(wrong)


def _said(entry: TraceEntry) -> str:
    """An entry that no timeline shows, in one line."""
    return " ".join(str(value) for value in entry.fields.values() if isinstance(value, str | int))
