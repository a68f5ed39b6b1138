"""Card readers over their wire protocols: host drivers, the virtual devices at the far end, and the lines between.

`open_reader(address)` opens a reader; `wiring.opening` says what it gives and raises.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from terminal_drivers.wiring.opening import open_reader

__all__ = ["open_reader"]


def __getattr__(name: str) -> object:
    """Import `open_reader` at its first use: a caller that needs one module of a protocol does not load the table of them all."""
    if name == "open_reader":
        from terminal_drivers.wiring.opening import open_reader

        return open_reader
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
