"""One thread serves a device, others act on the device meanwhile: they take turns, and `close` leaves no thread."""

import os
import threading
from collections.abc import Callable, Collection

from terminal_drivers.base import Misuse

CHUNK = 4096


class Turns:
    """`serve` runs in a thread from `start` to `close`.

    It selects `bell` beside its own descriptors, works under `lock`, and returns when `is_over` says so.
    """

    def __init__(self, name: str, serve: Callable[[], None]) -> None:
        self.lock = threading.RLock()
        self.bell, self._rope = os.pipe()
        self._closing = False
        self._thread = threading.Thread(target=serve, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def is_over(self, readable: Collection[object]) -> bool:
        """Whether to return, for `serve` to ask under the lock after each select; silences the bell."""
        if self.bell in readable:
            os.read(self.bell, CHUNK)
        return self._closing

    def act(self, what: Callable[[], None]) -> None:
        """Run `what` while `serve` does nothing, then let it look around. `Misuse` after `close`."""
        with self.lock:
            if self._closing:
                raise Misuse(f"the {self._thread.name} is closed")
            what()
            os.write(self._rope, b"\0")

    def close(self) -> bool:
        """End the thread and wait for its end; false, and nothing more, where it is not the first call."""
        with self.lock:
            if self._closing:
                return False
            self._closing = True
            os.write(self._rope, b"\0")
        self._thread.join()
        os.close(self.bell)
        os.close(self._rope)
        return True
