"""A user's own rules: a Python file that makes them with `oracle`, as the simulator's own files do.

The file is run as it is, with all that Python can do: it is named on the command line alone, and never by a script, a bundle or a page.
"""

from __future__ import annotations

import re
import runpy
import traceback
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from terminal_sim.oracles.oracle import Oracle

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*", re.ASCII)


class OracleFileError(ValueError):
    """What is wrong with a file of rules or with a choice of rules: the file, its line where one is known, and the cure."""


class NamedOracleFile(Struct, frozen=True, array_like=True):
    """A file of rules as a value that another process can be given: its absolute path, and the SHA-256 of what stands in it, in hexadecimal."""

    path: str
    digest: str

    @classmethod
    def of(cls, file: Path) -> NamedOracleFile:
        """Raises `OracleFileError` for a file that cannot be read."""
        return cls(str(file.absolute()), sha256(_bytes(file)).hexdigest())

    def rules(self) -> list[Oracle]:
        """Its rules. Raises `OracleFileError`, also where the file here is another than the one that was named."""
        if sha256(_bytes(Path(self.path))).hexdigest() != self.digest:
            raise OracleFileError(f"{self.path}: the file is another one here than where it was named")
        return read(Path(self.path))


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise OracleFileError(f"{file}: there is no such file") from None
    except OSError as error:
        raise OracleFileError(f"{file}: {error.strerror or error}") from None


def read(file: Path) -> list[Oracle]:
    """The rules of a file, in the order in which it names them. Raises `OracleFileError`."""
    try:
        names = runpy.run_path(str(file))
    except FileNotFoundError:
        raise OracleFileError(f"{file}: there is no such file") from None
    except OSError as error:
        raise OracleFileError(f"{file}: {error.strerror or error}") from None
    except SyntaxError as error:
        raise OracleFileError(f"{error.filename or file}:{error.lineno or 1}: {error.msg}") from None
    except Exception as error:  # noqa: BLE001 - whatever the file of a user raises is told with its line
        raise OracleFileError(f"{file}:{_line(file, error)}: {type(error).__name__}: {error}") from None
    found = [one for one in names.values() if isinstance(one, Oracle)]
    if not found:
        raise OracleFileError(
            f"{file}: it has no rule: make one with @oracle(CODE, SENTENCE) (docs/oracles.md)"
        )
    for one in found:
        if not _CODE.fullmatch(one.code):
            raise OracleFileError(
                f"{file}: {one.code!r} is no code of a rule: letters, digits and hyphens, such as X-tip-1"
            )
    return list(dict.fromkeys(found))


def _line(file: Path, error: BaseException) -> int:
    """The line of the file in which an error was raised, 1 where it was raised elsewhere."""
    steps = [one for one in traceback.extract_tb(error.__traceback__) if Path(one.filename) == file]
    return (steps[-1].lineno or 1) if steps else 1
