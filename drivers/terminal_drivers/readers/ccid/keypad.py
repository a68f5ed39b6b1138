"""The keypad of a virtual reader: one PIN operation, key by key; it has no clock, its person says when time is
up.

1. ENTER below the shortest PIN and digits beyond the longest have no effect.
2. What ends an entry is the structure's to say: the key, the longest PIN, or the time-out.
3. Digits are in no `repr` and go nowhere but into the command for the card.
"""

from collections.abc import Callable
from enum import Enum

from terminal_drivers.base import Misuse
from terminal_drivers.readers.ccid.pin import Confirm, PinModify, PinOperation, Validation
from terminal_drivers.readers.pin_prompt import Key, PinStep, Prompt


class PinOutcome(Enum):
    """How an operation ended."""

    TYPED = "typed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed out"
    MISMATCH = "the new PINs differ"


class PinEntry:
    """One operation from the first prompt to its outcome."""

    def __init__(self, slot: int, operation: PinOperation, show: Callable[[Prompt], None]) -> None:
        self._slot = slot
        self._operation = operation
        self._show = show
        self._steps = _steps(operation)
        self._typed: dict[PinStep, str] = {}
        self._digits = ""
        self.outcome: PinOutcome | None = None

    def begin(self) -> None:
        """Show the first prompt."""
        self._show(Prompt(self._slot, self._steps[0], self._operation.timeout))

    def press(self, key: str | Key) -> None:
        """Press one key: a digit 0 to 9, or a `Key`."""
        if self.outcome is not None:
            return
        if key is Key.CANCEL:
            self.outcome = PinOutcome.CANCELLED
        elif key is Key.CLEAR:
            self._digits = ""
        elif key is Key.ENTER:
            if self._operation.validation & Validation.KEY and self._enough():
                self._next()
        elif isinstance(key, str) and len(key) == 1 and key in "0123456789":
            self._digit(key)
        else:
            raise Misuse("a PIN pad has the keys 0 to 9, ENTER, CLEAR and CANCEL")

    def time_out(self) -> None:
        """Let the time of the entry pass."""
        if self.outcome is not None:
            return
        if self._operation.validation & Validation.TIMEOUT and self._enough():
            self._next()
        else:
            self.outcome = PinOutcome.TIMED_OUT

    def command(self) -> bytes:
        """The APDU with the PINs in their places; `FrameError` where they do not fit."""
        operation, typed = self._operation, self._typed
        if not isinstance(operation, PinModify):
            return operation.format.place(operation.apdu, typed[PinStep.PIN])
        apdu = operation.apdu
        if PinStep.OLD in typed:
            apdu = operation.format.place(apdu, typed[PinStep.OLD], operation.old_offset)
        return operation.format.place(apdu, typed[PinStep.NEW], operation.new_offset)

    def _enough(self) -> bool:
        return len(self._digits) >= max(1, self._operation.shortest)

    def _digit(self, digit: str) -> None:
        if len(self._digits) < self._operation.longest:
            self._digits += digit
            full = len(self._digits) == self._operation.longest
            if full and self._operation.validation & Validation.MAX_SIZE:
                self._next()

    def _next(self) -> None:
        step = self._steps.pop(0)
        self._typed[step], self._digits = self._digits, ""
        if step is PinStep.AGAIN and self._typed[PinStep.NEW] != self._typed[step]:
            self.outcome = PinOutcome.MISMATCH
        elif self._steps:
            self.begin()
        else:
            self.outcome = PinOutcome.TYPED


def _steps(operation: PinOperation) -> list[PinStep]:
    if not isinstance(operation, PinModify):
        return [PinStep.PIN]
    old = [PinStep.OLD] if operation.confirm & Confirm.OLD else []
    again = [PinStep.AGAIN] if operation.confirm & Confirm.NEW_TWICE else []
    return [*old, PinStep.NEW, *again]
