"""The file of a bundle: a ZIP whose bytes depend on the bundle alone, written whole and read strictly.

Rules of reading:
1. Only the members of the table below are taken, each once, and each that `bundle.json` has the digest of; a name is never a path to write to.
2. A file has at most 64 MB packed and unpacked, unpacks to at most 200 times its size, and has at most 100,000 acts.
3. Each line of `acts.jsonl` and `trace.jsonl` has its schema; nothing is executed and nothing is unpickled.

| member               | what                                          |
|----------------------|-----------------------------------------------|
| `bundle.json`        | `BundleHead`                                  |
| `acts.jsonl`         | a `RecordedAct` a line                        |
| `trace.jsonl`        | the trace as `run --trace` writes it          |
| `script.keys`        | the same as a script                          |
| `state.json`         | the saved bench that the run began with       |
| `recording.pcapng`   | what a real reader said                       |
| `cards/NAME.toml`    | card files of the user                        |
| `screens/NNNNNN.svg` | the screen that event NNNNNN showed           |
"""

from __future__ import annotations

import io
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from terminal_sim.datafiles.printable import printable
from terminal_sim.explore.bundle import FORMAT, Bundle, BundleError, BundleHead
from terminal_sim.explore.data_files import digest
from terminal_sim.explore.recorded_act import RecordedAct, is_act
from terminal_sim.files import PLAIN, keep_private

SUFFIX = ".tsim"
MOST_BYTES = 64 * 1024 * 1024
MOST_ACTS = 100_000
HIGHEST_RATIO = 200
LATEST = 100 * 366 * 24 * 3600 * 1_000_000  # microseconds: the years that a bench's clock has

HEAD, ACTS, TRACE, SCRIPT = REQUIRED = "bundle.json", "acts.jsonl", "trace.jsonl", "script.keys"
STATE, RECORDING = "state.json", "recording.pcapng"
_CARD = re.compile(r"cards/([a-z0-9-]{1,64})\.toml", re.ASCII)
_SCREEN = re.compile(r"screens/(\d{6,9})\.svg", re.ASCII)
_STAMP = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP can say
_UNIX = 3
_MODE = 0o600 << 16
_KINDS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_NO_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_LONGEST_REASON = 200  # characters: a library may quote the whole file
_SLACK = 4096  # bytes: what is as small as this is no bomb
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError, LookupError, OverflowError,
)  # fmt: skip


class TraceLine(msgspec.Struct, frozen=True):
    """What every line of a trace has; a kind adds fields of its own."""

    n: int
    cause: int
    mono: int
    wall: str
    terminal: str
    kind: str
    text: str = ""


def members_of(bundle: Bundle) -> dict[str, bytes]:
    """Every member but `bundle.json`, by its name."""
    members = {
        ACTS: b"".join(msgspec.json.encode(act) + b"\n" for act in bundle.acts),
        TRACE: "".join(f"{line}\n" for line in bundle.trace).encode(),
        SCRIPT: bundle.script.encode(),
        **{f"cards/{name}.toml": data for name, data in bundle.cards.items()},
        **{f"screens/{number:06}.svg": svg.encode() for number, svg in bundle.screens.items()},
    }
    members |= {STATE: bundle.state.encode()} if bundle.state else {}
    members |= {RECORDING: bundle.recording} if bundle.recording else {}
    return members


def packed(bundle: Bundle) -> bytes:
    """The bytes of the file. Raises `BundleError` where it is larger than one that is read."""
    members = members_of(bundle)
    digests = {name: digest(data) for name, data in sorted(members.items())}
    head = msgspec.json.encode(msgspec.structs.replace(bundle.head, members=digests))
    members[HEAD] = msgspec.json.format(head, indent=2)
    if len(bundle.acts) > MOST_ACTS or sum(map(len, members.values())) > MOST_BYTES:
        raise BundleError(
            f"this run is too long for a bundle, which has at most {MOST_ACTS:,} acts and {MOST_BYTES >> 20} MB: bundle a shorter scenario"
        )
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as file:
        for name, data in sorted(members.items()):
            info = zipfile.ZipInfo(name, _STAMP)
            info.create_system, info.external_attr = _UNIX, _MODE
            info.compress_type = zipfile.ZIP_STORED if _is_bomb(data) else zipfile.ZIP_DEFLATED
            file.writestr(info, data, compresslevel=9)
    return sink.getvalue()


def _is_bomb(data: bytes) -> bool:
    return len(data) > _SLACK + HIGHEST_RATIO * len(zlib.compress(data, 9)) // 2


def write(bundle: Bundle, path: Path) -> None:
    """Write the file, which is for its owner alone. Raises `BundleError` where it cannot be written."""
    data = packed(bundle)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | PLAIN, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            keep_private(descriptor)
            file.write(data)
    except OSError as error:
        raise BundleError(f"{path}: the bundle cannot be written: {error.strerror}") from None


def read(path: Path) -> Bundle:
    """The bundle of a file. Raises `BundleError` with one sentence for what is no bundle, or a damaged one."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise BundleError(f"{path}: {error.strerror}") from None
    try:
        return unpacked(data)
    except BundleError as wrong:
        raise BundleError(f"{path}: {wrong}") from None


def unpacked(data: bytes) -> Bundle:
    """The bundle of these bytes. Raises `BundleError`."""
    members = _members(data)
    head = _head(members.pop(HEAD))
    if head.members.keys() != members.keys():
        odd = sorted(head.members.keys() ^ members.keys())
        raise BundleError(f"this bundle is damaged: {printable(odd[0])} is not as its list of members says")
    for name, member in members.items():
        if digest(member) != head.members[name]:
            raise BundleError(f"this bundle is damaged: {name} is not what was written")
    return Bundle(
        head=head,
        acts=tuple(_acts(members[ACTS])),
        trace=tuple(_trace(members[TRACE])),
        script=_text(SCRIPT, members[SCRIPT]),
        cards={found[1]: data for name, data in members.items() if (found := _CARD.fullmatch(name))},
        state=_text(STATE, members.get(STATE, b"")),
        recording=members.get(RECORDING, b""),
        screens={
            int(found[1]): _text(name, data)
            for name, data in members.items()
            if (found := _SCREEN.fullmatch(name))
        },
    )


def _members(data: bytes) -> dict[str, bytes]:
    if len(data) > MOST_BYTES:
        raise BundleError(f"this is no bundle: it has more than {MOST_BYTES >> 20} MB")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            infos = file.infolist()
            _check(infos)
            members = {info.filename: _member(file, info) for info in infos}
    except _DAMAGE as wrong:
        reason = printable(str(wrong)).splitlines() or [type(wrong).__name__]
        raise BundleError(f"this is no bundle, or a damaged one: {reason[0][:_LONGEST_REASON]}") from None
    for name in REQUIRED:
        if name not in members:
            raise BundleError(f"this is no bundle: it has no {name}")
    return members


def _check(infos: list[zipfile.ZipInfo]) -> None:
    """Raises `BundleError` for a member that is not of the table, or larger than one may be."""
    seen: set[str] = set()
    for info in infos:
        name = info.filename
        if (
            name not in (*REQUIRED, STATE, RECORDING)
            and not _CARD.fullmatch(name)
            and not _SCREEN.fullmatch(name)
        ):
            raise BundleError(
                f"this is no bundle: it has a member {printable(name)[:80]!r}, which no bundle has"
            )
        if name in seen:
            raise BundleError(f"this is no bundle: it has {name} twice")
        seen.add(name)
        if info.compress_type not in _KINDS or info.flag_bits & 1:
            raise BundleError(f"this is no bundle: {name} is packed as no bundle is")
        if info.file_size > _SLACK + HIGHEST_RATIO * info.compress_size:
            raise BundleError(
                f"this is no bundle: {name} unpacks to more than {HIGHEST_RATIO} times its size"
            )
    if sum(info.file_size for info in infos) > MOST_BYTES:
        raise BundleError(f"this is no bundle: it unpacks to more than {MOST_BYTES >> 20} MB")


def _member(file: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with file.open(info) as member:
        data = member.read(info.file_size + 1)
    if len(data) != info.file_size:
        raise BundleError(f"this bundle is damaged: {info.filename} has not the size that it says")
    return data


def _head(data: bytes) -> BundleHead:
    try:
        found = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
        written = msgspec.json.decode(found.get("format", b"0"), type=int)
    except _NO_JSON:
        raise BundleError(f"this is no bundle: its {HEAD} is no JSON object with a format") from None
    if written != FORMAT:
        raise BundleError(
            f"this bundle has format {written}, and format {FORMAT} is read here: use the version of terminal-sim that wrote it"
        )
    try:
        head = msgspec.json.decode(data, type=BundleHead)
    except _NO_JSON as wrong:
        raise BundleError(
            f"{HEAD} of this bundle is wrong: {printable(str(wrong))[:_LONGEST_REASON]}"
        ) from None
    if len(head.terminals) != 1:
        raise BundleError(
            f"{HEAD} of this bundle is wrong: it has {len(head.terminals)} terminals, and one is replayed"
        )
    if not 0 <= head.end.mono <= LATEST:
        raise BundleError(f"{HEAD} of this bundle is wrong: its end is at {head.end.mono} microseconds")
    return head


def _acts(data: bytes) -> Iterator[RecordedAct]:
    lines = data.splitlines()
    if len(lines) > MOST_ACTS:
        raise BundleError(f"this bundle has {len(lines):,} acts, and at most {MOST_ACTS:,} are replayed")
    mono = 0
    for number, line in enumerate(lines, 1):
        try:
            act = msgspec.json.decode(line, type=RecordedAct)
        except _NO_JSON as wrong:
            raise BundleError(f"{ACTS}, line {number}: {printable(str(wrong))[:_LONGEST_REASON]}") from None
        if not act.act or not is_act(act.act):
            raise BundleError(
                f"{ACTS}, line {number}: {printable(' '.join(act.act))[:80]!r} is no act of a replay"
            )
        if not mono <= act.mono <= LATEST:
            raise BundleError(
                f"{ACTS}, line {number}: its moment is before that of the act before, or out of time"
            )
        mono = act.mono
        yield act


def _trace(data: bytes) -> Iterator[str]:
    for number, line in enumerate(_text(TRACE, data).split("\n")[:-1], 1):
        try:
            msgspec.json.decode(line, type=TraceLine)
        except _NO_JSON as wrong:
            raise BundleError(f"{TRACE}, line {number}: {printable(str(wrong))[:_LONGEST_REASON]}") from None
        yield line


def _text(name: str, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise BundleError(f"{name} of this bundle is not UTF-8") from None
