"""The reader exchanges of a chip sale: on a line as slow as a real one, and through pcscd against our own path.

1. The commands and answers are those of one sale, recorded before: no card computes while time is taken.
2. A paced line lets every byte take its ten bits (8N1), in either direction, and hands bytes to the host in the
   portions in which a serial chip does. The reader behind it takes no time: what is measured is our host end.
3. The first bit leaves when the host writes, as it does from a serial chip, and not when the other process has
   noticed. The line spins for the end of its sleeps, which would be late by more than the host takes.
4. A sale's time is the sum of its exchanges, each the median of its rounds: one that another process interrupted
   counts for none. Bare reads and writes of the same bytes tell what the line itself adds.
"""

from __future__ import annotations

import ctypes
import os
import select
import subprocess
import sys
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from math import fsum
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench_rig import Figure

from terminal_drivers.base import LineDevice, Transport
from terminal_drivers.readers.built_in.reader import CONTACT
from terminal_drivers.readers.ccid.both_ends import virtual_ccid
from terminal_drivers.readers.ccid.gempc import BUILT_IN, GEMPC_TWIN, GemPcDevice, GemPcLink
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.ccid.serving import ServedSerialReader
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from terminal_drivers.transports.serial import SerialTransport

LINE_AIMS = {115_200: 1.02, 921_600: 1.10}  # times what the bytes take on the wire
BITS = 10  # of a byte in 8N1
PORTION = 14  # bytes; where the FIFO of a 16550A asks to be read
PR_SET_TIMERSLACK = 29  # prctl(2)
SPIN = 0.000_3  # seconds
CLIENT = Path(__file__).with_name("bench_pcsc_client.py")


@dataclass(slots=True)
class _Recorded:
    """A card that gives the answers of a sale in their order, whatever it is asked, from the first after a reset on."""

    commands: tuple[bytes, ...]
    answers: tuple[bytes, ...]
    atr: bytes
    at: int = 0

    def reset(self) -> bytes:
        self.at = 0
        return self.atr

    def transmit(self, apdu: bytes) -> bytes:  # noqa: ARG002 - the sale is always the same
        answer = self.answers[self.at % len(self.answers)]
        self.at += 1
        return answer


def _recorded_sale() -> _Recorded:
    """The exchanges of an approved online sale with the bundled Visa card."""
    from terminal_sim.cards import catalogue
    from terminal_sim.emv.keys.derivation import IssuerKeys
    from terminal_sim.emv.talk.outcome import Verdict
    from tests.emv.terminal import ISSUER_KEY, Terminal, configuration

    card = catalogue.load("visa-credit", (), IssuerKeys(ISSUER_KEY))
    if card.chip is None:
        raise RuntimeError("the measured card has no chip")
    terminal = Terminal(configuration())
    outcome = terminal.chip(card)
    if outcome.verdict is not Verdict.APPROVED:
        raise RuntimeError(f"the measured sale was {outcome.verdict.value}")
    return _Recorded(
        tuple(command.apdu for command in terminal.commands), tuple(terminal.answers), card.chip.atr
    )


class _PacedLine:
    """A pseudo-terminal on which bytes take their time, with a device behind it in a process of its own.

    A thread instead would keep the host's thread from running, as no reader does.
    """

    def __init__(self, device: LineDevice, baud: int) -> None:
        self._byte = BITS / baud
        near, self._far = os.openpty()
        tty.setraw(self._far)
        self.path = os.ttyname(self._far)
        fork = get_context("fork")
        self._wire, self._began = fork.RawValue("d", 0.0), fork.RawValue("d", 0.0)
        self._process = fork.Process(target=self._serve, args=(device, near), daemon=True)
        self._process.start()
        os.close(near)

    @property
    def wire(self) -> float:
        """Seconds that all bytes so far have taken."""
        return float(self._wire.value)

    def begin(self) -> float:
        """Note that the host writes now, and return that moment."""
        self._began.value = now = time.perf_counter()
        return now

    def close(self) -> None:
        self._process.terminate()
        self._process.join()
        os.close(self._far)

    def _serve(self, device: LineDevice, near: int) -> None:
        os.close(self._far)  # or this process would outlive a host that was killed
        # A sleep ends 50 us late unless one asks for better.
        ctypes.CDLL(None).prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0)
        free = 0.0  # the moment from which the line can carry the next byte
        while True:
            select.select((near,), (), ())
            data = os.read(near, 4096)
            device.feed(data)
            answer = device.take()
            free = self._pass(max(free, self._began.value), data)
            for at in range(0, len(answer), PORTION):
                portion = answer[at : at + PORTION]
                free = self._pass(free, portion)
                os.write(near, portion)

    def _pass(self, began: float, data: bytes) -> float:
        """Wait until the last bit of `data`, whose first bit left at `began`, is there, and return that moment."""
        taken = len(data) * self._byte
        self._wire.value += taken
        end = began + taken
        if (left := end - SPIN - time.perf_counter()) > 0:
            time.sleep(left)
        while time.perf_counter() < end:
            pass
        return end


@dataclass(slots=True)
class _Noted:
    """A transport that notes what was written and when, and how many bytes came back to it."""

    line: Transport
    begin: Callable[[], float]
    writes: list[tuple[bytes, int]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def read(self, n: int, timeout: float) -> bytes:
        data = self.line.read(n, timeout)
        if data:
            written, came = self.writes[-1]
            self.writes[-1] = (written, came + len(data))
        return data

    def write(self, data: bytes) -> None:
        self.writes.append((data, 0))
        self.times.append(self.begin())
        self.line.write(data)

    def close(self) -> None:
        self.line.close()


def paced(quick: bool) -> list[Figure]:
    """A sale's exchanges, from power on to power off, at two speeds: wall time against wire time."""
    sale = _recorded_sale()
    figures = []
    for baud, aim in LINE_AIMS.items():
        rounds = 5 if quick else 25
        commands = sale.commands[:8] if quick else sale.commands
        device = VirtualCcid(BUILT_IN.features, descriptor=BUILT_IN.descriptor)
        device.insert(CONTACT, sale)
        line = _PacedLine(GemPcDevice(device, BUILT_IN), baud)
        try:
            noted = _Noted(SerialTransport(line.path, baud), line.begin)
            host = CcidReader(GemPcLink(noted, BUILT_IN), BUILT_IN.features, descriptor=BUILT_IN.descriptor)
            # The first exchange also brings the notification of the card.
            _sell(host, commands, sale.answers)
            noted.writes.clear()
            _sell(host, commands, sale.answers)
            exchanges, before = list(noted.writes), line.wire
            ours, bare = [], []
            for _ in range(rounds):
                noted.times.clear()
                began = time.perf_counter()
                _sell(host, commands, sale.answers)
                ours.append([began, *noted.times[1:], time.perf_counter()])
                bare.append(_again(line, exchanges))
            # Both send the same bytes but for bSeq, and get the same back.
            wire = (line.wire - before) / rounds / 2
            host.close()
        finally:
            line.close()
        wall, raw = _typical(ours), _typical(bare)
        ratio = wall / wire
        figures.append(
            Figure(
                f"chip sale at {baud} baud",
                f"{wall * 1e3:,.1f} ms wall, {ratio:.3f} times wire",
                f"<= {aim:.2f} times wire",
                ratio <= aim,
                (
                    f"{len(commands)} commands in {len(exchanges)} exchanges, {wire * 1e3:,.1f} ms on the wire",
                    f"raw read and write of the same bytes take {raw / wire:.3f} times wire here, ours {wall / raw:.3f} times raw",
                ),
            )
        )
    return figures


def _again(line: _PacedLine, exchanges: list[tuple[bytes, int]]) -> list[float]:
    """Write the same bytes with nothing of ours in between, read as many as came, and return when each was written."""
    times = []
    port = os.open(line.path, os.O_RDWR | os.O_NOCTTY)
    try:
        for written, left in exchanges:
            times.append(line.begin())
            os.write(port, written)
            while left:
                select.select((port,), (), ())  # the port is set up to read nothing sooner than to wait
                left -= len(os.read(port, left))
        return [*times, time.perf_counter()]
    finally:
        os.close(port)


def _typical(runs: list[list[float]]) -> float:
    """Seconds of a sale from the moments of its exchanges in each round (rule 4)."""
    lasted = [[after - before for before, after in pairwise(times)] for times in runs]
    return fsum(median(each) for each in zip(*lasted, strict=True))


def _sell(host: CcidReader, commands: tuple[bytes, ...], answers: tuple[bytes, ...]) -> None:
    slot = host.slots[CONTACT]
    slot.power_on()
    got = [slot.transmit(command) for command in commands]
    slot.power_off()
    if got != list(answers[: len(commands)]):
        raise RuntimeError("the slow line brought other answers than the sale had")


def pcscd(quick: bool) -> list[Figure]:
    """APDUs a second of a sale by a client of Debian's pcscd over our pty, and by our own host end over one."""
    import pytest

    from tests.interop.daemon import need, need_pyscard

    name = "APDU through pcscd"
    try:
        need("pcscd", "libccid")
        need_pyscard()
    except pytest.skip.Exception as reason:
        return [Figure(name, "not measured", notes=(str(reason),))]
    sale = _recorded_sale()
    rounds, sales = (3, 3) if quick else (9, 10)
    with ExitStack() as stack:
        ours = stack.enter_context(_direct(sale, sales))
        theirs = stack.enter_context(_through_pcscd(sale, sales))
        ours()
        theirs()
        found = [(ours(), theirs()) for _ in range(rounds)]
    count = sales * len(sale.commands)
    direct, through = (count / median(each) for each in zip(*found, strict=True))
    ratio = median(b / a for a, b in found)
    return [
        Figure(
            name,
            f"{through:,.0f}/s, ours on a pty {direct:,.0f}/s",
            "ours not slower",
            ratio >= 1,
            (f"pcscd, libccid and pyscard take {ratio:.2f} times as long; both drive our device",),
        )
    ]


@contextmanager
def _direct(sale: _Recorded, sales: int) -> Iterator[Callable[[], float]]:
    """A call that runs sales over our own host end, and returns seconds."""
    reader = virtual_ccid("pty", GEMPC_TWIN)
    try:
        reader.device.insert(CONTACT, _Recorded(sale.commands, sale.answers, sale.atr))
        slot = reader.host.slots[CONTACT]
        slot.power_on()

        def run() -> float:
            began = time.perf_counter()
            for _ in range(sales):
                for command in sale.commands:
                    slot.transmit(command)
            return time.perf_counter() - began

        yield run
    finally:
        reader.close()


@contextmanager
def _through_pcscd(sale: _Recorded, sales: int) -> Iterator[Callable[[], float]]:
    """The same by a client of pcscd in a process of its own, which takes the time itself."""
    from tests.interop.daemon import Pcscd

    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="bench-")))
        reader = ServedSerialReader("gempc-twin", folder / "tty")
        stack.callback(reader.close)
        reader.insert(_Recorded(sale.commands, sale.answers, sale.atr))
        daemon = stack.enter_context(Pcscd(folder, [reader.pcscd_entry]))
        pairs = [each.hex() for pair in zip(sale.commands, sale.answers, strict=True) for each in pair]
        client = stack.enter_context(
            subprocess.Popen(
                [sys.executable, str(CLIENT), str(sales), *pairs],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=daemon.environment,
                text=True,
            )
        )
        stack.callback(client.terminate)

        def run() -> float:
            if client.stdin is None or client.stdout is None:
                raise RuntimeError("the client of pcscd has no pipes")
            client.stdin.write("\n")
            client.stdin.flush()
            answer = client.stdout.readline()
            if not answer:
                raise RuntimeError(f"the client of pcscd failed:\n{''.join(daemon.log[-20:])}")
            return float(answer)

        yield run
