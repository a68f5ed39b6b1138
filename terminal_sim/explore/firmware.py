"""Another firmware: the tree or the wheel of a terminal-sim, whose replays run in a process of their own and answer in lines of JSON.

1. A folder is a checkout, or a folder that a wheel was unpacked into. A wheel is unpacked into a temporary folder; `self` is this product.
2. What the process says is read strictly: one line with one answer, of a bounded length, within a bounded time.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import msgspec
from msgspec import Struct

from terminal_sim.explore.bundle import BundleError
from terminal_sim.explore.comparison import TraceDifference

SELF = "self"
_MODULE = "terminal_sim.explore.firmware_process"
_PATIENCE = 600  # seconds for one replay
_LONGEST = 16 << 20  # bytes of an answer: it has at most two lines of a trace and two screens
_MOST = 256 << 20  # bytes of an unpacked wheel


class FirmwareAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    """What a replay came to: nothing that differs, the first difference, or an `error`. `version` is that of the other product."""

    version: str
    error: str = ""
    event: int = 0
    wanted: str = ""
    got: str = ""
    wanted_screen: str = ""
    got_screen: str = ""

    @property
    def difference(self) -> TraceDifference | None:
        if not self.event:
            return None
        return TraceDifference(self.event, self.wanted, self.got, self.wanted_screen, self.got_screen)


@dataclass(frozen=True, slots=True)
class FirmwareTree:
    """A product to run: `paths` go before all others where Python looks for modules; none for this product."""

    name: str
    paths: tuple[Path, ...] = ()

    def command(self, module: str) -> list[str]:
        """The command line of a process that runs `module` of the product."""
        return [sys.executable, "-P", "-m", module]

    def environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        """The environment of such a process."""
        paths = {"PYTHONPATH": os.pathsep.join(map(str, self.paths))} if self.paths else {}
        return {**environ, **paths}

    def replay(self, bundle: Path, environ: Mapping[str, str]) -> FirmwareAnswer:
        """Does the run of the bundle there. Raises `BundleError` where the product cannot, or does not answer as it should."""
        try:
            ran = subprocess.run(
                [*self.command(_MODULE), str(bundle.resolve())],
                env=self.environment(environ),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise BundleError(f"{self.name} did not end the replay within {_PATIENCE} s") from None
        line = ran.stdout.removesuffix(b"\n")
        try:
            if ran.returncode or not line or b"\n" in line or len(line) > _LONGEST:
                raise msgspec.DecodeError(last_line(ran.stderr) or "it says nothing")
            answer = msgspec.json.decode(line, type=FirmwareAnswer)
        except msgspec.DecodeError as wrong:
            raise BundleError(
                f"{self.name} is no firmware that replays bundles in lines of JSON: {wrong}"
            ) from None
        if answer.error:
            raise BundleError(f"{self.name}: {answer.error}")
        return answer


@contextmanager
def firmware_at(place: str) -> Iterator[FirmwareTree]:
    """The firmware at a place: `self`, a folder, or a wheel, for as long as the context lasts. Raises `BundleError` for another one."""
    if place == SELF:
        yield FirmwareTree(SELF)
        return
    path = Path(place)
    if path.is_dir():
        yield _in_folder(place, path)
        return
    if not path.is_file():
        raise BundleError(f"{place}: there is no such wheel or folder; write {SELF} for this product")
    with TemporaryDirectory(prefix="terminal-sim-") as folder:
        _unpack(path, Path(folder))
        yield _in_folder(place, Path(folder))


def _in_folder(name: str, folder: Path) -> FirmwareTree:
    if not (folder / "terminal_sim" / "__init__.py").is_file():
        raise BundleError(
            f"{name}: no firmware is in it: a checkout or a wheel of terminal-sim has a folder terminal_sim"
        )
    roots = (folder, folder / "drivers") if (folder / "drivers").is_dir() else (folder,)
    return FirmwareTree(name, tuple(root.resolve() for root in roots))


def _unpack(wheel: Path, folder: Path) -> None:
    """Files alone, below the folder, of a bounded size. Raises `BundleError`."""
    try:
        with zipfile.ZipFile(wheel) as packed:
            if sum(one.file_size for one in packed.infolist()) > _MOST:
                raise BundleError(f"{wheel}: it unpacks to more than {_MOST >> 20} MB")
            for one in packed.infolist():
                parts = PurePosixPath(one.filename).parts
                if one.filename.startswith("/") or ".." in parts or "\\" in one.filename:
                    raise BundleError(f"{wheel}: it has a file that leads out of it")
                packed.extract(one, folder)
    except (zipfile.BadZipFile, OSError, NotImplementedError) as wrong:
        raise BundleError(f"{wheel}: this is no wheel: {wrong}") from None


def last_line(text: bytes) -> str:
    """The last line of what a process said on its error output; "" for nothing."""
    lines = text.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else ""
