"""The driver layer: a block to the card and back over loopback and pty, and the CCID codec against `struct`."""

from __future__ import annotations

import os
import struct
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench_rig import Figure, contest

from terminal_drivers.readers.built_in.reader import CONTACT
from terminal_drivers.readers.ccid.both_ends import virtual_ccid
from terminal_drivers.readers.ccid.codec import decode, encode
from terminal_drivers.readers.ccid.messages import DataBlock, XfrBlock

PTY_AIM, CODEC_AIM = 3.0, 8.0  # times the raw bytes
_READ_BINARY = bytes.fromhex("00B000000B")
_ANSWER = bytes(11) + b"\x90\x00"
_FRAME = 23  # bytes: ten of the header and thirteen of data
_HEADER = struct.Struct("<BIBBBBB")
_XFR_BLOCK = struct.Struct("<BIBBBH")


@dataclass(frozen=True, slots=True)
class _Card:
    """Answers every command with the same eleven bytes."""

    atr: bytes = bytes.fromhex("3B00")

    def reset(self) -> bytes:
        return self.atr

    def transmit(self, apdu: bytes) -> bytes:  # noqa: ARG002 - every command
        return _ANSWER


def round_trips(quick: bool) -> list[Figure]:
    """One XfrBlock: wall time, since a pty has a thread at its other end."""
    loopback, pty = virtual_ccid("loopback"), virtual_ccid("pty")
    try:
        with _raw_pty() as raw:
            runs: dict[str, Callable[[], object]] = {"raw pty": raw}
            for name, reader in (("loopback", loopback), ("pty", pty)):
                reader.device.insert(CONTACT, _Card())
                slot = reader.host.slots[CONTACT]
                slot.power_on()
                if slot.transmit(_READ_BINARY) != _ANSWER:
                    raise RuntimeError(f"the card behind the {name} gave another answer")
                runs[name] = lambda slot=slot: slot.transmit(_READ_BINARY)  # type: ignore[misc]
            found = contest(runs, rounds=5 if quick else 21, calls=100, clock=time.perf_counter)
    finally:
        loopback.close()
        pty.close()
    ratio = found.ratio("pty", "raw pty")
    return [
        Figure("XfrBlock on loopback", f"{found.micros('loopback'):.0f} us wall"),
        Figure(
            "XfrBlock on pty",
            f"{found.micros('pty'):.0f} us wall, {ratio:.1f} times raw",
            f"<= {PTY_AIM:.0f} times raw",
            ratio <= PTY_AIM,
            (
                f"raw: {_FRAME} bytes there and back with os.write and os.read, {found.micros('raw pty'):.0f} us",
                f"the work of both ends alone, on loopback, is {found.ratio('loopback', 'raw pty'):.1f} times raw",
            ),
        ),
    ]


@contextmanager
def _raw_pty() -> Iterator[Callable[[], object]]:
    """A call that writes a frame to a pty and reads its echo, which a thread behind it writes."""
    near, far = os.openpty()
    tty.setraw(far)
    frame, end = b"\x01" * _FRAME, b"\x00" * _FRAME

    def echo() -> None:
        while (data := os.read(near, _FRAME)) != end:
            os.write(near, data)

    def there_and_back() -> None:
        os.write(far, frame)
        left = _FRAME
        while left:
            left -= len(os.read(far, left))

    thread = threading.Thread(target=echo, name="echo")
    thread.start()
    try:
        yield there_and_back
    finally:
        os.write(far, end)
        thread.join()
        os.close(near)
        os.close(far)


def codec(quick: bool) -> list[Figure]:
    """One XfrBlock built and one DataBlock parsed, against a `struct.Struct` that does as little as can be done."""
    command = XfrBlock(0, 7, 0, 0, bytes(13))
    answer = encode(DataBlock(0, 7, 0, 0, 0, bytes(13)))
    if encode(command) != _struct_build() or decode(answer) != DataBlock(*_struct_parse(answer)):
        raise RuntimeError("the codec and struct do not agree")
    figures = []
    for name, ours, theirs in (
        ("CCID parse", lambda: decode(answer), lambda: _struct_parse(answer)),
        ("CCID build", lambda: encode(command), _struct_build),
    ):
        found = contest({"ours": ours, "struct": theirs}, rounds=7 if quick else 21, calls=2_000)
        ratio = found.ratio("ours", "struct")
        figures.append(
            Figure(
                name,
                f"{found.micros('ours'):.1f} us, {ratio:.1f} times struct",
                f"<= {CODEC_AIM:.0f} times struct",
                ratio <= CODEC_AIM,
            )
        )
    return figures


def _struct_parse(data: bytes) -> tuple[int, int, int, int, int, bytes]:
    _, length, slot, seq, status, error, chain = _HEADER.unpack_from(data)
    return slot, seq, status, error, chain, data[10 : 10 + length]


def _struct_build() -> bytes:
    data = bytes(13)
    return _XFR_BLOCK.pack(0x6F, len(data), 0, 7, 0, 0) + data
