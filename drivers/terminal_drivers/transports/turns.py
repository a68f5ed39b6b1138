"""A thread that serves a device and takes turns with callers that act on it; `close` leaves no thread."""

import os
import select
import threading
from collections.abc import Callable, Collection

from terminal_drivers.base import Misuse

CHUNK = 4096


def check_platform() -> None:
    """Raises `Misuse` where nothing can be served, since the system has no poll(2): Windows, for one."""
    if not hasattr(select, "poll"):
        raise Misuse(
            "this system has no poll(2), by which readers are served: virtual readers work without it"
        )


class Turns:
    """`serve` runs in a thread from `start` to `close`.

    It waits (`wait`) for the descriptors that it watches, works under `lock`, and returns when `is_over` says so.
    """

    def __init__(self, name: str, serve: Callable[[], None]) -> None:
        self.lock = threading.RLock()
        self._bell, self._rope = os.pipe()
        # Not select(2): it knows no descriptor from 1024 on, and a hundred terminals have more.
        self._poll = select.poll()
        self.watch(self._bell)
        self._closing = False
        self._thread = threading.Thread(target=serve, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def watch(self, descriptor: int, *, writes: bool = False) -> None:
        """Let `wait` end when there is something to read or, with `writes`, room to write."""
        self._poll.register(descriptor, select.POLLIN | select.POLLOUT if writes else select.POLLIN)

    def forget(self, descriptor: int) -> None:
        """Watch it no more; to be called before it is closed."""
        self._poll.unregister(descriptor)

    def wait(self) -> Collection[int]:
        """The descriptors that have something to read, their end included; none where only room to write came."""
        return {descriptor for descriptor, events in self._poll.poll() if events & ~select.POLLOUT}

    def is_over(self, readable: Collection[int]) -> bool:
        """Whether to return, for `serve` to ask under the lock after each `wait`; silences the bell."""
        if self._bell in readable:
            os.read(self._bell, CHUNK)
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
        os.close(self._bell)
        os.close(self._rope)
        return True
