"""A seeded random tester: presses, touches, presents and tears cards, breaks links, paper and power, and lets time pass.

What it does depends on its seed alone, so `python -m tests.contracts.walker SEED [ACTS]` shows a history again, act by act.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Literal

from terminal_sim.bench import BenchMisuse, Trace
from terminal_sim.core.screen import Button, Choice, Pad
from tests.contracts.drive import MOTO_CARD, NAMES, Drive, full, prompting
from tests.engine.kit import plug

_AMOUNTS = ("1", "500", "1000", "2000", "12345", "9999999", "2500", "0")
TYPED = {
    "amount": _AMOUNTS,
    "passcode": ("0856", "0856", "0856", "1111", "2468"),
    "new-passcode": ("2468", "13579", "0856", "12"),
    "repeat-passcode": ("2468", "13579"),
    "card-number": (MOTO_CARD["number"], "5555444433331111", "370000000000002", "4111111111111112"),
    "expiry": ("0330", "1230", "0101", "1399"),
    "cvc": ("737", "7373", "12"),
    "postal-code": ("12345", "214", ""),
    "street-number": ("1234", "56"),
    "enter-pin": ("1234", "4321", "0000", "12"),
    "shortcut": ("8", "9", "89"),
}
PRESENT = {
    "insert": ("visa-credit", "visa-credit-fr", "visa-online-pin", "mastercard-pin", "interac-debit", "amex-credit",
               "visa-declined", "mute", "two-applications"),
    "tap": ("visa-credit", "visa-credit-fr", "interac-debit", "phone"),
    "swipe": ("visa-stripe", "visa-credit", "gift-card", "mute", "interac-debit"),
}  # fmt: skip
_ENTRIES: tuple[Literal["insert", "tap", "swipe"], ...] = ("insert", "tap", "swipe")
ANSWERS = ("approved", "approved", "declined", "declined:51", "declined:11", "timeout", "timeout", "garbage",
            "late:30s", "late:119s", "late:4min", "partial:300")  # fmt: skip
STEPS = ("select", "gpo", "read", "genac1", "online", "genac2", "apdu 1", "apdu 4", "apdu 9")
WAITS = ("0.1", "0.3", "1", "1", "2", "5", "6", "10", "20", "31", "61", "121", "1000")
_CLOCKS = ("-10000d", "-1d", "-1h", "-1s", "1s", "1h", "1d", "400d")


class Walk:
    """One history. `look` is called after each act."""

    def __init__(self, seed: int, *, trace: Trace | None = None) -> None:
        self.random = Random(seed)
        self.rough = self.random.random()
        kind = self.random.choice((full, full, prompting))
        self.drive = Drive(kind(self.random.choice(NAMES)), trace=trace, seed=seed)
        self.said: list[str] = []
        calm: list[tuple[int, Callable[[], None]]] = [
            (18, self.sensible),
            (6, self.touch),
            (3, self.key),
            (9, self.present),
            (3, self.take_card),
            (9, self.wait),
            (9, self.errand),
        ]
        rough: list[tuple[int, Callable[[], None]]] = [
            (3, self.answer),
            (2, self.network),
            (1, self.service),
            (1, self.slow),
            (1, self.paper),
            (2, self.plug),
            (1, self.battery),
            (1, self.clock),
            (1, self.tear),
            (2, self.cut),
            (2, self.blow),
            (1, self.unknown_commit),
            (1, self.off),
        ]
        acts = calm + (rough if self.rough > 0.15 else [])
        self._acts = [act for weight, act in acts for _ in range(weight)]

    def go(self, acts: int, look: Callable[[], None] = lambda: None) -> Drive:
        for _ in range(acts):
            self.random.choice(self._acts)()
            look()
            if not self.drive.on and self.random.random() < 0.6:
                self._say("power on")
                self.drive.revive()
                look()
        return self.drive

    def heal(self) -> None:
        """Everything works again and there is time for all that is in doubt."""
        plug(self.drive.terminal, into=True)
        self.drive.heal()

    def astray(self) -> list[str]:
        """What the firmware has wrong about its readers now."""
        drive = self.drive
        there = drive.terminal.board.readers.in_reach
        if not drive.on:
            return []
        found = (
            [] if drive.terminal.firmware.environment.reader == there else [f"its readers are there: {there}"]
        )
        return found if there or drive.at[1] not in ("present", "remove-card") else [*found, f"at {drive.at}"]

    def _say(self, what: str) -> None:
        self.said.append(what)

    # Hands.

    def sensible(self) -> None:
        """What somebody would do who reads the screen."""
        drive = self.drive
        shown = drive.terminal.firmware.screen().input if drive.on else None
        if shown is None:
            self.errand() if drive.at_home else self.touch()
            return
        digits = self.random.choice(TYPED.get(shown.id, ("1",)))
        self._say(f"type {digits} OK")
        drive.type(digits)

    def errand(self) -> None:
        """What a shop does: a flow is opened, or gone through up to where others must act."""
        drive, pick = self.drive, self.random.choice
        if not drive.at_home:
            return
        errand = pick(("open", "sale", "sale", "refund", "moto", "address", "history", "void", "void"))
        self._say(errand)
        how = pick(tuple(PRESENT))
        if errand == "open":
            drive.open(pick(tuple(drive.way)))
        elif errand in ("sale", "refund"):
            if errand not in drive.way:
                return
            drive.open(errand)
            if errand == "refund":
                drive.type("0856")
            drive.type(pick(_AMOUNTS))
            self.present(how)
        elif errand in ("moto", "address") and drive.profile.moto.enabled:
            drive.moto() if errand == "moto" else drive.moto_with_address()
        elif "history" in drive.way:
            row = self.random.randrange(1, 5)
            drive.pick(row)
            if errand == "void":
                drive.terminal.touch("void")

    def key(self) -> None:
        keys = [key for row in self.drive.profile.keypad.layout for key in row]
        key = self.random.choice([*keys, "OK", "OK", "CANCEL", "CLEAR"])
        self._say(f"press {key}")
        self.drive.terminal.press(key)

    def touch(self) -> None:
        if not self.drive.on:
            return
        elements = self.drive.terminal.firmware.screen().elements
        found = [e.id for e in elements if isinstance(e, Choice | Button)]
        if any(isinstance(e, Pad) for e in elements):
            found += found
        if found:
            target = self.random.choice(found)
            self._say(f"touch {target}")
            self.drive.terminal.touch(target)

    def present(self, how: str = "") -> None:
        wanted = [each for each in _ENTRIES if self.drive.terminal.wants_card(each)]
        if not how and not wanted and self.random.random() < 0.8:
            return
        how = how or self.random.choice(wanted or list(PRESENT))
        card = self.random.choice(PRESENT[how])
        self._say(f"{how} {card}")
        try:
            self.drive.present(how, card)
        except BenchMisuse as refused:
            self._say(f"  ({refused})")

    def take_card(self) -> None:
        if self.drive.terminal.board.readers.card_in:
            self._say("remove card")
            self.drive.terminal.remove_card()

    def tear(self) -> None:
        step = self.random.choice(STEPS)
        self._say(f"tear card after {step}")
        self.drive.terminal.tear_after(step)

    # The world.

    def wait(self) -> None:
        seconds = self.random.choice(WAITS)
        self._say(f"wait {seconds} s")
        self.drive.pass_time(float(seconds))

    def answer(self) -> None:
        answer = self.random.choice(ANSWERS)
        self._say(f"host answers {answer}")
        self.drive.bench.host_answers([answer])

    def network(self) -> None:
        up = self.random.random() < 0.6
        self._say(f"network {'up' if up else 'down'}")
        self.drive.terminal.network(up)

    def service(self) -> None:
        up = self.random.random() < 0.7
        self._say(f"service {'up' if up else 'down'}")
        self.drive.terminal.service(up)

    def slow(self) -> None:
        by = self.random.choice((0, 0, 1, 50, 130))
        self._say(f"network slow {by} s")
        self.drive.terminal.network_slow(by * 1_000_000)

    def paper(self) -> None:
        state = self.random.choice(("in", "in", "low", "out"))
        self._say(f"paper {state}")
        self.drive.terminal.paper(state)

    def plug(self) -> None:
        into = self.random.random() < 0.6
        self._say(f"the readers are {'plugged in' if into else 'unplugged'}")
        plug(self.drive.terminal, into=into)

    def battery(self) -> None:
        percent = self.random.choice((100, 100, 19, 7, 3))
        self._say(f"battery {percent}")
        self.drive.terminal.battery(percent)

    def clock(self) -> None:
        by = self.random.choice(_CLOCKS)
        self._say(f"clock {by}")
        count, unit = int(by[:-1]), by[-1]
        days = timedelta(**{{"s": "seconds", "h": "hours", "d": "days"}[unit]: count})
        moment = self.drive.bench.now.civil + days
        if 2000 <= moment.year < 2099:
            self.drive.bench.set_clock(moment)

    # Power.

    def cut(self) -> None:
        self._say("power cut")
        self.drive.cut()

    def blow(self) -> None:
        effects = self.random.randrange(1, 12)
        self._say(f"fault power-cut-after {effects}")
        self.drive.blow(effects)

    def unknown_commit(self) -> None:
        self._say("fault commit-unknown")
        self.drive.terminal.fault("commit-unknown")

    def off(self) -> None:
        if self.drive.on:
            self._say("power off")
            self.drive.terminal.power_off()


def _show(seed: int, acts: int) -> None:
    walk = Walk(seed, trace=Trace(keep=100_000))
    seen = shown = 0

    def look() -> None:
        nonlocal seen, shown
        for said in walk.said[seen:]:
            print("#", said)
        seen = len(walk.said)
        for entry in walk.drive.bench.trace.entries:
            if entry.number > shown:
                print("   ", entry.line())
        shown = walk.drive.bench.trace.number

    walk.go(acts, look)
    walk.heal()
    look()
    print(*walk.drive.faults(), sep="\n")


if __name__ == "__main__":
    _show(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 60)
