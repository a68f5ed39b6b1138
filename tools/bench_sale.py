"""Sales by swipe, chip and tap, in process and in memory; and from a key to the settled screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from bench_rig import PROBE, Figure, Samples, contest, probe

from terminal_sim.bench import Bench, TerminalUnderTest

PROFILE = "v400m"
# Sales a second of a machine whose probe takes `PROBE`; the other kinds are held to their floor (`bench_floor`).
_AIMS = {"swipe": 2_000}
KEY_AIM = 250.0  # microseconds
_HOME = "home"
_CARDS: dict[Literal["swipe", "insert", "tap"], str] = {
    "swipe": "visa-stripe",
    "insert": "visa-credit",
    "tap": "visa-credit",
}


def to_the_reader(terminal: TerminalUnderTest) -> None:
    """From home to the screen that asks for a card, for 20.00."""
    for key in ("OK", "2", "0", "0", "0", "OK"):
        if not terminal.press(key):
            raise RuntimeError(f"{terminal.name} ignored {key}; the screen was\n{terminal.view().text}")


def home_again(bench: Bench, terminal: TerminalUnderTest) -> None:
    """Let time pass until the first screen is back, and take the card out once the payment is over."""
    while terminal.view().screen.id != _HOME:
        due = bench.next_deadline()
        if due is None:
            raise RuntimeError(
                f"{terminal.name} waits for something that will not come:\n{terminal.view().text}"
            )
        bench.advance(due.at - bench.now.mono)
        if terminal.board.readers.card_in and terminal.view().screen.id == "approved":
            terminal.remove_card()


def sale(bench: Bench, terminal: TerminalUnderTest, how: Literal["swipe", "insert", "tap"]) -> None:
    to_the_reader(terminal)
    getattr(terminal, how)(_CARDS[how])
    home_again(bench, terminal)


def _approved(bench: Bench, terminal: TerminalUnderTest) -> None:
    """The measured sales are sales: the last is completed, and no invariant is broken."""
    state = terminal.journal()[-1].fields["state"]
    if state != "COMPLETED":
        raise RuntimeError(f"the measured sale was {state}")
    if broken := bench.violations():
        raise RuntimeError(broken[0])


def sales(quick: bool) -> list[Figure]:
    """CPU of one sale of each kind, with and without the trace, and its parts without."""
    figures, slower = [], probe() / PROBE
    for how, title in (("swipe", "swipe sale"), ("insert", "chip sale"), ("tap", "contactless sale")):
        with Bench() as told, Bench(trace=False) as quiet:
            told_terminal, quiet_terminal = told.add_terminal(PROFILE), quiet.add_terminal(PROFILE)
            runs: dict[str, Callable[[], object]] = {
                "quiet": lambda b=quiet, s=quiet_terminal, h=how: sale(b, s, h),  # type: ignore[misc]
                "told": lambda b=told, s=told_terminal, h=how: sale(b, s, h),  # type: ignore[misc]
            }
            found = contest(runs, rounds=5 if quick else 15, calls=10)
            _approved(quiet, quiet_terminal)
            samples = Samples()
            with samples.taken():
                for _ in range(100 if quick else 500):
                    runs["quiet"]()
        micros = found.micros("quiet")
        scaled = 1e6 / micros * slower
        aim = _AIMS.get(how)
        figures.append(
            Figure(
                title,
                f"{1e6 / micros:,.0f}/s, {micros:,.0f} us",
                f">= {aim:,}/s" if aim else "",
                scaled >= aim if aim else None,
                (
                    f"{scaled:,.0f}/s scaled to the probe",
                    *samples.told(micros),
                    f"with trace: {found.ratio('told', 'quiet'):.2f} times the CPU",
                ),
            )
        )
    return figures


def keys(quick: bool) -> list[Figure]:
    """A digit in the amount, until everything has settled and the screen is there as text."""
    figures = []
    with Bench() as told, Bench(trace=False) as quiet:
        runs = {}
        for name, bench in (("without trace", quiet), ("with trace", told)):
            terminal = bench.add_terminal(PROFILE)
            terminal.press("OK")
            runs[name] = _digit_and_back(terminal)
        found = contest(runs, rounds=5 if quick else 15, calls=200)
    for name in runs:
        micros = found.micros(name) / 2
        figures.append(
            Figure(f"key to screen, {name}", f"{micros:,.0f} us", f"< {KEY_AIM:.0f} us", micros < KEY_AIM)
        )
    return figures


def _digit_and_back(terminal: TerminalUnderTest) -> Callable[[], object]:
    def two_keys() -> None:
        for key in ("5", "CLEAR"):
            if not terminal.press(key) or not terminal.view().text:
                raise RuntimeError(f"the amount did not take {key}")

    return two_keys
