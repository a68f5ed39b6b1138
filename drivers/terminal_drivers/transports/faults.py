"""A faulty line: it wraps any transport and damages what passes, as a seeded generator decides.

1. A chunk is what one `read` or `write` carries. Each fault strikes a chunk with its own chance, in the order of
   `Fault`.
2. All chance comes from one `Random(seed)`: the same seed and the same calls give the same faults, which
   `happened` lists.
3. No clock is read: a silent line is silent for as long as the transport below waits. A delayed chunk comes after
   that wait, when the caller has given up.
4. A planned fault strikes one chunk that is written, whatever the chances.
5. A hung line is silent until `heal`. An unplugged one raises `ReaderLost` until `replug`, which discards what was on
   the way.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from random import Random
from typing import Any

from msgspec import Struct, structs

from terminal_drivers.base import Misuse, ReaderLost, Transport

EVERYTHING = 1 << 16
NOISE = 8  # bytes at most
CHATTER = 4096  # chunks that a silent line swallows in one read before it gives up listening


class Fault(Enum):
    """A fault that may strike a chunk."""

    __hash__ = object.__hash__
    """A member is one object, and hashed as one."""

    UNPLUG = "unplug"
    HANG = "hang"
    DELAY = "delay"
    DROP = "drop"
    FLIP = "flip"
    DUPLICATE = "duplicate"
    NOISE = "noise"
    CHOP = "chop"


class Way(Enum):
    """The direction, seen from the user of the wrapped transport."""

    __hash__ = object.__hash__
    """As of a `Fault`."""

    READ = "read"
    WRITE = "write"


class Chances(Struct, frozen=True):
    """The probability (0 to 1) that each fault strikes a chunk; `chop` passes every byte by itself.

    drop: one byte is lost. flip: one bit is inverted. duplicate: the chunk comes twice. noise: 1 to 8 bytes come between.
    delay: the chunk comes after the next silent read, or with the next write. hang, unplug: see the module.
    """

    unplug: float = 0.0
    hang: float = 0.0
    delay: float = 0.0
    drop: float = 0.0
    flip: float = 0.0
    duplicate: float = 0.0
    noise: float = 0.0
    chop: bool = False

    def __post_init__(self) -> None:
        if not all(0 <= getattr(self, each.name) <= 1 for each in structs.fields(self)):
            raise Misuse("the chance of a fault is a number from 0 to 1")

    @property
    def may_strike(self) -> bool:
        """Whether any fault may strike; to chop loses nothing."""
        return structs.replace(self, chop=False) != SOUND


SOUND = Chances()


@dataclass(frozen=True, slots=True)
class FaultyLineState:
    """A faulty line at one moment, by value: what of it waits, lasts or is still to come, and the state of its generator."""

    generator: tuple[Any, ...] = field(repr=False)
    left: int | None
    hung: frozenset[Way]
    late: tuple[tuple[Way, bytes], ...]
    arrived: bytes
    plugged: bool
    planned: tuple[Fault, int] | None
    happened: tuple[tuple[Way, Fault], ...]


class FaultyTransport:
    """A transport around another one that injects at most `most` faults; the line is sound afterwards."""

    def __init__(
        self,
        line: Transport,
        seed: int,
        *,
        reading: Chances = SOUND,
        writing: Chances = SOUND,
        most: int | None = None,
    ) -> None:
        self._line = line
        self._random = Random(seed)
        self._state: tuple[Any, ...] | None = None
        self._chances = {Way.READ: reading, Way.WRITE: writing}
        self._strikes = {way: chances.may_strike for way, chances in self._chances.items()}
        self._left = most
        self._hung: set[Way] = set()
        self._late = {Way.READ: b"", Way.WRITE: b""}
        self._arrived = b""
        self._plugged = True
        self._forced: Fault | None = None
        self.planned: tuple[Fault, int] | None = None
        self.happened: list[tuple[Way, Fault]] = []

    def read(self, n: int, timeout: float) -> bytes:
        self._check()
        for _ in range(CHATTER):
            if self._arrived:
                break
            data = self._line.read(n, timeout)
            if not data:
                self._arrived, self._late[Way.READ] = self._late[Way.READ], b""
                return b""
            self._arrived = self._pass(Way.READ, data)
        size = 1 if self._chances[Way.READ].chop else n
        data, self._arrived = self._arrived[:size], self._arrived[size:]
        return data

    def plan(self, fault: Fault, chunk: int) -> None:
        """Let `fault` strike the chunk that is written `chunk` writes from now, 1 for the next one; `planned` has it until then.

        A later plan takes the place of an earlier one.
        """
        self.planned = fault, chunk

    def write(self, data: bytes) -> None:
        self._check()
        self._forced = self._due()
        chop = self._chances[Way.WRITE].chop or self._forced is Fault.CHOP
        data = self._pass(Way.WRITE, data)
        if chop:
            for at in range(len(data)):
                self._line.write(data[at : at + 1])
        elif data:
            self._line.write(data)

    def close(self) -> None:
        self._line.close()

    def snapshot(self) -> FaultyLineState:
        if self._state is None:
            self._state = self._random.getstate()
        return FaultyLineState(
            generator=self._state,
            left=self._left,
            hung=frozenset(self._hung),
            late=tuple(self._late.items()),
            arrived=self._arrived,
            plugged=self._plugged,
            planned=self.planned,
            happened=tuple(self.happened),
        )

    def restore(self, state: FaultyLineState) -> None:
        """Be as at that moment; what is on the way in the line below stays as it is."""
        if state.generator is not self._state:
            self._random.setstate(state.generator)
            self._state = state.generator
        self._left, self._hung, self._late = state.left, set(state.hung), dict(state.late)
        self._arrived, self._plugged = state.arrived, state.plugged
        self.planned, self.happened = state.planned, [*state.happened]

    def hang(self, way: Way) -> None:
        """Let one direction pass nothing until `heal`."""
        self._hung.add(way)

    def heal(self) -> None:
        """Be a sound line from now on; delayed chunks still come."""
        self._hung.clear()
        self._left = 0

    def unplug(self) -> None:
        """Unplug the reader: reading and writing raise `ReaderLost`."""
        self._plugged = False

    def replug(self, line: Transport | None = None) -> None:
        """Plug the same device in again, or another one; bytes on the way are lost."""
        if line is not None:
            self._line.close()
            self._line = line
        else:
            for _ in range(CHATTER):
                if not self._line.read(EVERYTHING, 0):
                    break
        self._late = {Way.READ: b"", Way.WRITE: b""}
        self._arrived = b""
        self._hung.clear()
        self._plugged = True

    def _due(self) -> Fault | None:
        """The planned fault, where this write is the one that it strikes."""
        if self.planned is None:
            return None
        fault, left = self.planned
        self.planned = (fault, left - 1) if left > 1 else None
        return fault if left == 1 else None

    def _check(self) -> None:
        if not self._plugged:
            raise ReaderLost("the reader is unplugged: plug it in")

    def _pass(self, way: Way, data: bytes) -> bytes:
        """Return the part of a chunk that comes through now."""
        if way in self._hung:
            return b""
        data = self._strike(way, data)
        if way is Way.WRITE and data:
            # A late write goes out with the next one that passes.
            data, self._late[way] = self._late[way] + data, b""
        return data

    @property
    def _drawn_from(self) -> Random:
        """The generator, which is another one afterwards."""
        self._state = None
        return self._random

    def _strike(self, way: Way, data: bytes) -> bytes:
        if not (self._strikes[way] or self._late[way] or (way is Way.WRITE and self._forced)):
            return data  # nothing can happen on a line that is sound
        if self._struck(way, Fault.UNPLUG):
            self.unplug()
            self._check()
        if self._struck(way, Fault.HANG):
            self.hang(way)
            return b""
        # A chunk behind a delayed one is delayed too: a line keeps the order.
        behind = way is Way.READ and self._late[way]
        if behind or self._struck(way, Fault.DELAY):
            self._late[way] += data
            return b""
        damages: dict[Fault, Callable[[bytes], bytes]] = {
            Fault.DROP: self._drop,
            Fault.FLIP: self._flip,
            Fault.DUPLICATE: lambda chunk: chunk + chunk,
            Fault.NOISE: self._noise,
        }
        for fault, damage in damages.items():
            if data and self._struck(way, fault):
                data = damage(data)
        return data

    def _struck(self, way: Way, fault: Fault) -> bool:
        if way is Way.WRITE and fault is self._forced:
            self.happened.append((way, fault))
            return True
        chance = getattr(self._chances[way], fault.value)
        if not chance or self._left == 0 or self._drawn_from.random() >= chance:
            return False
        if self._left is not None:
            self._left -= 1
        self.happened.append((way, fault))
        return True

    def _drop(self, data: bytes) -> bytes:
        at = self._drawn_from.randrange(len(data))
        return data[:at] + data[at + 1 :]

    def _flip(self, data: bytes) -> bytes:
        at = self._drawn_from.randrange(len(data))
        return data[:at] + bytes((data[at] ^ 1 << self._drawn_from.randrange(8),)) + data[at + 1 :]

    def _noise(self, data: bytes) -> bytes:
        at = self._drawn_from.randrange(len(data) + 1)
        return data[:at] + self._drawn_from.randbytes(self._drawn_from.randint(1, NOISE)) + data[at:]
