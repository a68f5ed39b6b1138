"""The guest's kernel and first file system, made of Debian's packages: nothing in them but the first process is ours.

1. The kernel's package is fetched by the machine's own apt and only read, never installed.
2. Programs and drivers are the ones that are installed here, with the libraries that their loader asks for.
3. Python is the one that runs the tests, with no more of its library than our drivers import.
4. The file system is a `cpio` archive of the new format (Linux, Documentation/driver-api/early-userspace/buffer-format.rst).
"""

from __future__ import annotations

import lzma
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import terminal_drivers

META_PACKAGE = "linux-image-amd64"
MODULES = (
    "e1000",
    "usb-common",
    "usbcore",
    "usbmon",
    "usbip-core",
    "vhci-hcd",
    "hid",
    "usbhid",
    "hid-generic",
)
"""In the order in which they depend on each other."""

PROGRAMS = (
    "/usr/sbin/pcscd",
    "/usr/bin/opensc-tool",
    "/usr/bin/pcsc_scan",
    "/usr/sbin/usbip",
    "/usr/bin/lsusb",
    "/usr/lib/pcsc/drivers/ifd-ccid.bundle/Contents/Linux/libccid.so",
)
LOADED_LATER = ("libpcsclite.so.1", "libgcc_s.so.1")
"""Libraries that no loader names: opensc-tool opens the one, and the C library needs the other to end a thread."""

STATIC = ("/bin/busybox", "/sbin/ldconfig")
DATA = ("/usr/lib/pcsc/drivers/ifd-ccid.bundle/Contents/Info.plist",)

OUR_DRIVERS = (
    "terminal_drivers.wiring.opening",
    *(
        f"terminal_drivers.readers.{folder}.protocol"
        for folder in ("ccid", "magstripe", "pcsc", "vivotech", "vpcd")
    ),
    "terminal_drivers.readers.ccid.opening",
    "terminal_drivers.readers.magstripe.opening",
    "terminal_drivers.readers.ccid.usb_pipes",
    "terminal_drivers.transports.hid",
    "usb.backend.libusb0",
    "usb.backend.libusb1",
    "usb.backend.openusb",
    "encodings.ascii",
    "terminal_drivers.wiring.discovery",
    "subprocess",
    "tempfile",
)
"""What opens a reader over USB, and what that imports only when it is called: ctypes looks for libusb by running ldconfig."""
LIST_IMPORTED = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
for module in list(sys.modules.values()):
    for attribute in ("__file__", "__cached__"):
        print(getattr(module, attribute, None) or "")
"""
INTERPRETER = os.path.realpath(sys.executable)
PYTHONPATH = os.pathsep.join(sys.path)

ELF = b"\x7fELF"
FILE, FOLDER = 0o100755, 0o040755


class NoKernel(Exception):
    """The kernel's package cannot be had; the text says what to do."""


def fetch_kernel(folder: Path) -> tuple[Path, list[Path]]:
    """Return the kernel and its modules in the order to load them; they stay in `folder` for the next time."""
    package = _newest()
    kept = folder / package
    if not kept.exists():
        with TemporaryDirectory(dir=folder) as scratch:
            _unpack(_download(package, Path(scratch)), new := Path(scratch) / "kernel")
            new.rename(kept)
    modules = [kept / f"{name}.ko" for name in MODULES]
    return kept / "vmlinuz", [each for each in modules if each.exists()]  # the others are built in


def _newest() -> str:
    """The package that the meta package stands for."""
    said = _apt("apt-cache", "depends", META_PACKAGE)
    found = re.search(r"Depends: (linux-image-[\w.+-]+)", said)
    if found is None:
        raise NoKernel(f"apt knows no {META_PACKAGE}: sudo apt-get update")
    return found[1]


def _download(package: str, folder: Path) -> Path:
    _apt("apt-get", "download", package, folder=folder)
    return next(folder.glob("*.deb"))


def _apt(*command: str, folder: Path | None = None) -> str:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise NoKernel(f"{command[0]} is missing: this is no Debian") from error
    if done.returncode:
        raise NoKernel(f"`{' '.join(command)}` fails; try: sudo apt-get update\n{done.stderr}")
    return done.stdout


def _unpack(package: Path, folder: Path) -> None:
    """Take the kernel and its modules out of a package."""
    folder.mkdir()
    with (
        subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as unpacking,
        tarfile.open(fileobj=unpacking.stdout, mode="r|") as archive,
    ):
        for member in archive:
            name, _, packing = Path(member.name).name.partition(".ko")
            content = archive.extractfile(member) if name in MODULES or name.startswith("vmlinuz-") else None
            if content is None:
                continue
            data = content.read()
            if name not in MODULES:
                (folder / "vmlinuz").write_bytes(data)
            else:
                (folder / f"{name}.ko").write_bytes(lzma.decompress(data) if packing == ".xz" else data)


def build(programs: dict[str, Path], modules: list[Path]) -> bytes:
    """Return the archive that the guest's kernel unpacks; `programs` of ours stand in it at the paths they are named by."""
    found = [*PROGRAMS, *_python()]
    files = {path: Path(path) for path in (*STATIC, *DATA, *found, *_libraries(found))}
    files |= {f"/modules/{number:02}-{each.name}": each for number, each in enumerate(modules)} | programs
    folders = {str(each) for name in files for each in Path(name).parents}
    entries = [_entry(name, FOLDER) for name in sorted(folders - {"/"})]
    # Python compares the time of a module with the one in its compiled form.
    entries += [
        _entry(name, FILE, int(path.stat().st_mtime), path.read_bytes()) for name, path in files.items()
    ]
    return b"".join((*entries, _entry("TRAILER!!!")))


def _python() -> list[str]:
    """The interpreter and every file of Python that our drivers need."""
    said = _said([INTERPRETER, "-c", LIST_IMPORTED, *OUR_DRIVERS], {**os.environ, "PYTHONPATH": PYTHONPATH})
    ours = Path(terminal_drivers.__file__).parent.rglob("*.toml")
    return [
        INTERPRETER,
        *map(str, ours),
        *(path for path in sorted(set(said.splitlines())) if os.path.isfile(path)),
    ]


def _libraries(programs: Iterable[str]) -> set[str]:
    dynamic = [path for path in programs if Path(path).read_bytes()[:4] == ELF]
    cached = _said(["/sbin/ldconfig", "-p"])
    later = [re.search(rf"\s{re.escape(name)} \(libc6,x86-64\S* => (\S+)", cached) for name in LOADED_LATER]
    return {*re.findall(r"\s(/\S+) \(0x", _said(["ldd", *dynamic])), *(found[1] for found in later if found)}


def _said(command: list[str], environment: dict[str, str] | None = None) -> str:
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def _entry(name: str, mode: int = 0, time: int = 0, content: bytes = b"") -> bytes:
    """A file or folder of root's; none is a link to another, so they need no inode numbers."""
    path = name.removeprefix("/").encode() + b"\0"
    fields = (0, mode, 0, 0, 1, time, len(content), 0, 0, 0, 0, len(path), 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + path
    return _whole_words(head) + _whole_words(content)


def _whole_words(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
