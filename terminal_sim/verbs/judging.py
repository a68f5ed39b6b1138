"""The verbs that have a session judged: from `watch` on everything is held to the rules of `oracles`, and `verify` fails where one was broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from terminal_sim.datafiles.suggest import suggest
from terminal_sim.verbs.signature import MinCount, ValueKind, verb
from terminal_sim.verbs.waiting import BadScript, ScreenSnapshot, Waiting

_FRESH_ROWS = 1  # that the terminal has booted

if TYPE_CHECKING:
    from terminal_sim.oracles.watch import OracleWatch


class Judging(Waiting):
    """`watch` first, then whatever is done, then `verify`."""

    _judge: OracleWatch | None = None
    _watched_from: ScreenSnapshot | None = None

    @verb("watch", "watch")
    def watch(self) -> None:
        """Holds everything from here on to the simulator's rules (`help oracles`); it is the first line of a scenario.

        A rule knows the profile, and what can be seen: screens, rows, messages and receipts since this line.
        """
        if self.terminal.rows_written > _FRESH_ROWS:
            raise BadScript(
                "watch stands first: the rules have to know all that was done, and rows were written before"
            )
        if self._judge is not None:
            raise BadScript("the session is watched already: watch stands once, as its first line")
        from terminal_sim.oracles.catalogue import ORACLES  # most sessions are not watched
        from terminal_sim.oracles.watch import OracleWatch

        self._watched_from = self._snapshot()
        with self._by_hand("watch"):
            self._judge = OracleWatch(self.bench, self.terminal, (*ORACLES, *self._own_oracles))

    @verb("verify", "watch", "press OK", "verify", "verify R-amount-4")
    def verify(self, *codes: Annotated[str, ValueKind.ORACLE, MinCount(0)]) -> None:
        """No rule was broken since `watch`, or none of these; the invariants of money hold now.

        Where everything around the terminal has been as it should be for 26 hours, no payment may be in doubt either.
        """
        from terminal_sim.oracles.catalogue import CODES

        known = {*CODES, *(one.code for one in self._own_oracles)}
        unknown = next((code for code in codes if code not in known), "")
        if unknown:
            raise BadScript(f"there is no rule {unknown!r}{suggest(unknown, known)}")
        if self._judge is None or self._watched_from is None:
            raise BadScript("nothing was watched: write `watch` as the first line of the scenario")
        for alarm in self._judge.verdict():
            if not codes or alarm.code in codes:
                expected = f"{alarm.code}: {alarm.sentence}"
                raise self._failure(expected, f"{alarm.detail}, at event {alarm.event}", self._watched_from)
