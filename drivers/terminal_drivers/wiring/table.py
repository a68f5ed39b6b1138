"""The reader protocols that there are: each folder of `readers` with a module `protocol`."""

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterator

from terminal_drivers import readers
from terminal_drivers.base import Misuse
from terminal_drivers.readers.protocol import ReaderProtocol


def protocols() -> Iterator[ReaderProtocol]:
    """The protocols in the order of their folders' names; the modules are imported here and not before."""
    for module in sorted(pkgutil.iter_modules(readers.__path__), key=lambda each: each.name):
        name = f"{readers.__name__}.{module.name}.protocol"
        if module.ispkg and importlib.util.find_spec(name) is not None:
            protocol = importlib.import_module(name).PROTOCOL
            if not isinstance(protocol, ReaderProtocol):
                raise Misuse(f"{name}.PROTOCOL is no ReaderProtocol")
            yield protocol


def protocol_of(name: str) -> ReaderProtocol | None:
    """The protocol of that name; None where there is none."""
    return next((each for each in protocols() if each.name == name), None)


def known(name: str) -> ReaderProtocol:
    """The protocol of a parsed address; `Misuse` where there is none of that name."""
    protocol = protocol_of(name)
    if protocol is None:
        raise Misuse(
            f"there is no reader protocol {name!r}: there are {', '.join(each.name for each in protocols())}"
        )
    return protocol
