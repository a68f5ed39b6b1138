"""Random histories at each device, recorded: a script replays green with the same trace, and a recording of its replay is the same script."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from terminal_sim.bench import Bench, BenchMisuse, ProfileError, Trace, TraceEntry, View, contents
from terminal_sim.script.bind import VerbCall
from terminal_sim.script.check import check
from terminal_sim.script.parse import parse_text
from terminal_sim.script.perform import Performer
from terminal_sim.script.plan import plan
from terminal_sim.script.recorder import Expected, Naming, RecordedScript, ScriptHead, ScriptRecorder
from terminal_sim.script.vocabulary import vocabulary
from terminal_sim.verbs import BadScript, ExpectationFailed, Tester
from tests.contracts.drive import MOTO_CARD
from tests.contracts.walker import ANSWERS, PRESENT, STEPS, TYPED, WAITS

DEVICES = ("s1f2", "v400m", "square-reader", "square-stand", "square-register", "square-terminal")
LOCALES = ("en-CA", "fr-CA")
OPTIONS = {
    "standalone": {"refunds.unreferenced": "true"},
    "square": {"offline.allowed": "true"},
}
ACTS = 60
SECRETS = (MOTO_CARD["number"], "5555444433331111", "4321", "0856")
DARK = ("off", "out-of-service")
ASKED = (contents.Act, contents.ActRefused, contents.InputIgnored, contents.Touch)


class VerbWalk:
    """A tester who does something at random, each by a verb."""

    def __init__(self, tester: Tester, seed: int) -> None:
        self.tester = tester
        self.random = Random(seed)
        self.acts: list[Callable[[], None]] = [
            *[self.read_and_type] * 12,
            *[self.touch] * 12,
            *[self.present] * 9,
            *[self.wait] * 6,
            self.press,
            self.press,
            self.hold,
            self.take_card,
            self.take_card,
            self.trouble,
            self.trouble,
            self.trouble,
            self.power,
            self.till,
            self.look,
        ]

    def go(self) -> None:
        for _ in range(ACTS):
            with suppress(ExpectationFailed, BenchMisuse, BadScript, ProfileError):
                self.random.choice(self.acts)()
            if not self.tester.terminal.is_on and self.random.random() < 0.7:
                self.tester.power("on")

    def read_and_type(self) -> None:
        shown = self.tester.terminal.view().screen
        field = shown.input.id if shown.input is not None else shown.id
        card = self.tester.terminal.card
        digits = self.random.choice(TYPED.get(field, ("1250",)))
        if field == "enter-pin" and card is not None and card.pin is not None and self.random.random() < 0.7:
            digits = card.pin.reveal()
        self.tester.press_blindly(*filter(None, (digits, "OK")))

    def touch(self) -> None:
        # A touch that is ignored is left out, and would count as an effect.
        if any("power-cut-after" in condition for condition in self.tester.terminal.conditions()):
            return
        items = [item for item in self.tester.terminal.view().items if item.touchable]
        if items:
            self.tester.tap(f"id:{self.random.choice(items).id}")

    def press(self) -> None:
        keys = [key for row in self.tester.terminal.profile.keypad.layout for key in row]
        self.tester.press_blindly(self.random.choice([*keys, "OK", "CANCEL", "CLEAR"]))

    def hold(self) -> None:
        self.tester.hold(self.random.choice(("OK", "CANCEL", "5")), for_=self.random.choice(("1s", "4s")))

    def present(self) -> None:
        ways = {"insert": self.tester.insert, "tap": self.tester.tap_card, "swipe": self.tester.swipe}
        wanted = [how for how in ("insert", "tap", "swipe") if self.tester.terminal.wants_card(how)]
        if wanted:
            how = self.random.choice(wanted)
            ways[how](self.random.choice(("unknown-card", *PRESENT[how])))

    def take_card(self) -> None:
        self.tester.remove_card()

    def wait(self) -> None:
        self.tester.wait(f"{int(float(self.random.choice(WAITS)) * 1000)}ms")

    def trouble(self) -> None:
        pick, tester = self.random.choice, self.tester
        pick(
            (
                lambda: tester.host_answers(pick(ANSWERS), pick(ANSWERS)),
                lambda: tester.network(pick(("up", "down"))),
                lambda: tester.network_slow(pick(("0s", "3s", "40s"))),
                lambda: tester.service(pick(("up", "down"))),
                lambda: tester.paper(pick(("in", "in", "low", "out"))),
                lambda: tester.battery(pick(("100%", "7%", "3%"))),
                lambda: tester.tear_card(*pick(STEPS).split()),
                lambda: tester.fault(pick(("power-cut-after 4", "power-cut-after 9")).split()[0], "4"),
                lambda: tester.fault("commit-unknown"),
                lambda: tester.order(f'Two "{MOTO_CARD["number"]}" \\ teas', 1250),
                lambda: tester.account_standalone(pick(("on", "off"))),
                lambda: tester.host_pack("none"),
            )
        )()

    def power(self) -> None:
        self.tester.power(self.random.choice(("off", "cut")))

    def till(self) -> None:
        ticket = f"T{self.random.randrange(3)}"
        self.random.choice(
            (
                lambda: self.tester.pos_sale(ticket, 900, server='Anne "the" \\ first'),
                lambda: self.tester.pos_cancel(ticket),
                lambda: self.tester.pos_refund(ticket),
            )
        )()

    def look(self) -> None:
        self.tester.save_state("here")


class Entries:
    """What the device and all around it did, each entry as a line; what was asked of them, and was refused or ignored, is left out."""

    wants_frames = wants_bytes = False

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._screen = ""

    def take(self, entry: TraceEntry) -> None:
        content = entry.content
        if isinstance(content, ASKED):
            return
        said = f"{entry.kind} {_shown(entry)}"
        if isinstance(content, contents.ScreenShown):
            # A device without power enters that it is off only when something is tried at it.
            if content.screen in DARK or said == self._screen:
                return
            self._screen = said
        self.lines.append(f"{entry.at.mono} {said}")


def _shown(entry: TraceEntry) -> dict[str, str]:
    return {
        name: value.text if isinstance(value, View) else str(value) for name, value in entry.fields.items()
    }


def recorded(
    device: str, locale: str, seed: int, act: Callable[[Bench, ScriptRecorder], None]
) -> tuple[RecordedScript, list[str]]:
    """What was recorded of `act` at a fresh device, and its trace."""
    options = OPTIONS[vocabulary().load(device).family]
    head = ScriptHead(profile=device, locale=locale, options=options, seed=seed)
    entries = Entries()
    with Bench(trace=Trace(entries), seed=seed) as bench:
        terminal = bench.add_terminal(device, options=options, locale=locale)
        naming = Naming.TEXT if seed % 2 else Naming.ID
        recorder = ScriptRecorder(bench, terminal, head, expected=frozenset(Expected), naming=naming)
        act(bench, recorder)
        return recorder.recording(f"Walk {seed}"), entries.lines


def walked(device: str, locale: str, seed: int) -> tuple[RecordedScript, list[str]]:
    return recorded(
        device, locale, seed, lambda bench, _: VerbWalk(Tester(bench, bench.terminals[0]), seed).go()
    )


def replayed(device: str, locale: str, seed: int, script: RecordedScript) -> tuple[RecordedScript, list[str]]:
    """The same of a replay of its script."""
    environ = {name: secret.reveal() for name, secret in script.secrets.items()}
    program = check(parse_text(script.keys(), Path("walk.keys")), vocabulary(), environ=environ)
    (case,) = plan(program)

    def act(bench: Bench, recorder: ScriptRecorder) -> None:
        tester = Tester(bench, bench.terminals[0], variables=environ)
        for call in case.play.calls:
            Performer(tester, {}, case.play.scope).perform([call])
            if isinstance(call, VerbCall) and not call.step.source.startswith("expect "):
                recorder.said(call)

    return recorded(device, locale, seed, act)


def replays(device: str, locale: str, seed: int) -> None:
    first, before = walked(device, locale, seed)
    second, after = replayed(device, locale, seed, first)
    assert after == before
    assert second == first
    for text in (first.keys(), first.pytest()):
        assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize("device", DEVICES)
def test_a_replay_of_a_walk_holds_and_records_to_the_same_script(device: str) -> None:
    at = DEVICES.index(device)
    replays(device, LOCALES[at % 2], seed=at)


@pytest.mark.soak
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("device", DEVICES)
def test_a_replay_of_every_walk_holds_and_records_to_the_same_script(device: str, locale: str) -> None:
    for seed in range(1_000, 1_050):
        replays(device, locale, seed)
