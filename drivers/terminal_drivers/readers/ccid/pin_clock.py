"""The clock of a served PIN pad, which answers its host with PIN_TIMEOUT when bTimeOut has passed in real time.

Without it a PIN that is never typed keeps the slot busy for good: hosts give up after a while and cannot abort on a
serial line.
"""

from collections.abc import Callable
from threading import Timer

from terminal_drivers.readers.pin_prompt import Person, Prompt

LIKED = 30.0
"""How many seconds this reader likes to wait where its host leaves that to it (bTimeOut 0)."""


class PinClock:
    """`person` is shown each prompt; `ring` is called, in a thread of the clock's own, when the time of one is over.

    The call may come late, when a newer prompt is shown already: `is_last` says so.
    """

    def __init__(self, person: Person, ring: Callable[[Prompt], None]) -> None:
        self._person = person
        self._ring = ring
        self._last: Prompt | None = None
        self._timer: Timer | None = None

    def show(self, prompt: Prompt) -> None:
        self.stop()
        self._last = prompt
        self._timer = Timer(prompt.timeout or LIKED, self._ring, (prompt,))
        self._timer.daemon = True
        self._timer.start()
        self._person(prompt)

    def is_last(self, prompt: Prompt) -> bool:
        return prompt is self._last

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def close(self) -> None:
        """Leave no thread behind."""
        self.stop()
        if self._timer is not None:
            self._timer.join()
