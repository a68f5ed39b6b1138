"""What may stand between a host end and its line: somebody who records it, or a recording in its place."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from terminal_drivers.base import Transport
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor
from terminal_drivers.readers.ccid.reader import Link


@dataclass(frozen=True, slots=True)
class CcidLine:
    """A link and what is known of the reader behind it: dwFeatures of each slot, its descriptor, and why its PIN pad must not be
    used, if so.
    """

    link: Link
    features: tuple[int, ...]
    descriptor: ClassDescriptor
    pin_ban: str = ""


class LineInterceptor(Protocol):
    """`address` tells lines apart; `open` opens the real one, which a recording does not do."""

    def ccid(self, address: str, open_line: Callable[[], CcidLine]) -> CcidLine: ...
    def line(self, address: str, open_line: Callable[[], Transport]) -> Transport: ...


class NoInterceptor:
    """Nobody."""

    def ccid(self, _: str, open_line: Callable[[], CcidLine]) -> CcidLine:
        return open_line()

    def line(self, _: str, open_line: Callable[[], Transport]) -> Transport:
        return open_line()


NO_INTERCEPTOR = NoInterceptor()
