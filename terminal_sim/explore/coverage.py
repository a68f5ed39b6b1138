"""What was covered of the terminals of a bench, by the models of the terminals.

| key                                             | what was seen                                                                |
|-------------------------------------------------|------------------------------------------------------------------------------|
| `state FLOW STATE`                              | the flow came to the state                                                   |
| `change FLOW STATE STATE`                       | it went from one state to another, `done` where it ended                     |
| `move FLOW STATE TRIGGER STATE GUARD`           | this move of the table was made; `-` for no other state, and for no guard    |
| `guard FLOW STATE TRIGGER STATE GUARD yes`      | the guard of this move was asked and held; `no` where it did not             |
| `screen ID`, `text LANGUAGE ID`                 | a screen, and a wording in a language                                        |
| `request KIND MTI`, `answer MTI CODE`           | a message to the acquirer, and one of its answers                            |
| `unanswered WHY`                                | what became of a request without an answer                                   |
| `fault WORDS FLOW STATE`                        | a fault, or its cure, while this flow was on top in this state               |
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from terminal_sim.bench import STAY, AnyFlow, Bench, TerminalUnderTest, TraceEntry, View, contents

Change = tuple[str, str]
"""The states that a move leads from and to; a state that a flow ends in is `done`."""

FAULTS = ("network", "service", "paper", "battery", "power", "fault", "host", "tear", "account")
"""The first words of acts that change what surrounds a terminal."""

_FIRST_LINE = "terminal-sim coverage 1"


@lru_cache(maxsize=4096)
def _texts(wordings: frozenset[tuple[str, str]]) -> frozenset[str]:
    """The keys of what stands on a screen, by language and id: screens have the same words again and again."""
    return frozenset(f"text {language} {wording}" for language, wording in wordings)


class CoverageError(Exception):
    """A file that holds no coverage; the text names it."""


@dataclass(slots=True)
class Coverage:
    """The keys that were seen, by the id of the model; "" where none is known. It is a subscriber of a trace and an observer of flows."""

    keys: dict[str, set[str]] = field(default_factory=dict)
    wants_frames: bool = False
    wants_bytes: bool = False
    _bench: Bench | None = None

    def follow(self, bench: Bench) -> None:
        """See all that happens on the bench from now on."""
        self._bench = bench
        bench.trace.subscribe(self)
        bench.observe(self)

    # What is seen.

    def take(self, entry: TraceEntry) -> None:
        content = entry.content
        match content:
            case contents.StateChanged(flow=flow, source=source, dest=dest):
                self.change(self._model(entry.terminal), flow, source, dest)
            case contents.ScreenShown(screen=screen, text=drawn):
                seen = self._of(self._model(entry.terminal))
                seen.add(f"screen {screen}")
                if isinstance(drawn, View):
                    seen |= _texts(drawn.wordings)
            case contents.MessageSent(out=kind, mti=mti):
                self._of(self._model(entry.terminal)).add(f"request {kind} {mti}")
            case contents.MessageReceived(into=mti, code=code):
                self._of(self._model(entry.terminal)).add(f"answer {mti} {code}")
            case contents.MessageFailed(problem=problem):
                self._of(self._model(entry.terminal)).add(f"unanswered {problem}")
            case contents.Act(line=line) if line.partition(" ")[0] in FAULTS:
                self._struck(entry.terminal, line)
            case _:
                return

    def asked(self, model: str, move: str, *, held: bool) -> None:
        self._of(model).add(f"guard {move} {'yes' if held else 'no'}")

    def moved(self, model: str, move: str) -> None:
        self._of(model).add(f"move {move}")

    def change(self, model: str, flow: str, source: str, dest: str) -> None:
        """The flow went from one state to another; `source` is empty where it began."""
        seen = self._of(model)
        seen.add(f"change {flow} {source or '-'} {dest}")
        seen.add(f"state {flow} {dest}")

    def _struck(self, terminal: str, line: str) -> None:
        place = next((one.running_flows for one in self._terminals() if one.name == terminal), [])
        if place:
            self._of(self._model(terminal)).add(f"fault {fault_words(line)} {' '.join(place[-1])}")

    def _model(self, terminal: str) -> str:
        for one in self._terminals():
            if one.name == terminal:
                return one.profile.id
        return ""

    def _terminals(self) -> Iterable[TerminalUnderTest]:
        return () if self._bench is None else self._bench.terminals

    def _of(self, model: str) -> set[str]:
        found = self.keys.get(model)
        return self.keys.setdefault(model, set()) if found is None else found

    # Together and apart.

    def add(self, other: Coverage) -> None:
        """See all that the other one has seen."""
        for model, seen in other.keys.items():
            self._of(model).update(seen)

    def without(self, other: Coverage) -> Coverage:
        """What this one has seen and the other one has not."""
        return Coverage(
            {model: new for model, seen in self.keys.items() if (new := seen - other.keys.get(model, set()))}
        )

    @property
    def lines(self) -> list[str]:
        """A line for each key behind its model, sorted."""
        return sorted(f"{model or '-'} {key}" for model, seen in self.keys.items() for key in seen)

    @classmethod
    def of_lines(cls, lines: Iterable[str]) -> Coverage:
        """What `lines` gave."""
        made = cls()
        for line in lines:
            model, _, key = line.partition(" ")
            made._of("" if model == "-" else model).add(key)
        return made

    def write(self, file: Path) -> None:
        """Write the keys, sorted: the same coverage gives the same bytes. Raises `OSError`."""
        file.write_text("\n".join((_FIRST_LINE, *self.lines, "")), encoding="utf-8", newline="\n")

    @classmethod
    def read(cls, file: Path) -> Coverage:
        """What `write` wrote. Raises `CoverageError`."""
        try:
            first, *lines = file.read_text(encoding="utf-8").split("\n")
        except OSError as error:
            raise CoverageError(f"{file}: {error.strerror}") from None
        except UnicodeDecodeError:
            first, lines = "", []
        if first != _FIRST_LINE:
            raise CoverageError(f"{file}: this is no coverage: its first line is not {_FIRST_LINE!r}")
        wrong = next((n for n, line in enumerate(lines[:-1], 2) if line.count(" ") < 2), 0)
        if wrong:
            raise CoverageError(f"{file}:{wrong}: a line has a model, a kind and what was seen")
        return cls.of_lines(line for line in lines if line)

    def of(self, flow: AnyFlow, model: str | None = None) -> FlowCoverage:
        """What was seen of one flow, on terminals of one model or of all."""
        chosen = self.keys.values() if model is None else [self.keys.get(model, set())]
        change, move = f"change {flow.name} ", f"move {flow.name} "
        words = (key.split() for seen in chosen for key in seen if key.startswith(change))
        moves = (key.removeprefix("move ") for seen in chosen for key in seen if key.startswith(move))
        return FlowCoverage(flow, frozenset((source, dest) for _, _, source, dest in words), frozenset(moves))


@dataclass(frozen=True, slots=True)
class FlowCoverage:
    """How much of a flow was seen. A move that stays in its state is no change; `moves` has the names of all that were made (`Flow.called`)."""

    flow: AnyFlow
    seen: frozenset[Change]
    moves: frozenset[str]

    @property
    def states(self) -> frozenset[str]:
        """The states that were come to."""
        came_to = {state for change in self.seen for state in change}
        return frozenset(state.name for state in self.flow.states if state.name in came_to)

    @property
    def changes(self) -> frozenset[Change]:
        """The changes of state that the table has and that were taken."""
        return frozenset(change for change in changes_of(self.flow) if change in self.seen)

    @property
    def missing_states(self) -> tuple[str, ...]:
        return tuple(state.name for state in self.flow.states if state.name not in self.states)

    @property
    def missing_changes(self) -> tuple[Change, ...]:
        return tuple(change for change in changes_of(self.flow) if change not in self.seen)


def fault_words(line: str) -> str:
    """The words of a fault's line, joined: without numbers, and one that is said again counts once."""
    return "-".join(dict.fromkeys(word for word in line.split() if not any(map(str.isdigit, word))))


def changes_of(flow: AnyFlow) -> tuple[Change, ...]:
    """Every change of state that the table of a flow has, once, in its order."""
    return tuple(
        dict.fromkeys(
            (source, move.dest)
            for move in flow.moves
            for source in move.sources
            if move.dest is not STAY and move.dest != source
        )
    )
