"""What is said of a case that did not hold: where it stopped, what is kept of it, and how it is run again."""

from __future__ import annotations

import traceback

from terminal_sim.script.failure import command, report
from terminal_sim.script.options import Options
from terminal_sim.script.perform import Stopped
from terminal_sim.script.plan import Case
from terminal_sim.script.selection import exactly
from terminal_sim.verbs.mask import Mask


class CaseText:
    """The texts of a `case` that is run as the `options` say, each without the secrets of `mask`."""

    def __init__(self, options: Options, case: Case, mask: Mask) -> None:
        self._options = options
        self._case = case
        self._mask = mask

    def stopped(self, stopped: Stopped, picture: str, bundle: str) -> str:
        """A step did not hold; `picture` and `bundle` are where its screens and the run are kept, "" where they are not."""
        kept = [*_line("picture", picture), *_line("bundle", bundle)]
        return report(stopped, [self._scenario, *kept], self._again(), self._mask)

    def refused(self, refused: Exception) -> str:
        """There is no terminal to act on: a reader that does not open, for one."""
        lines = [
            f"{self._case.play.scenario.place}: the terminal cannot be set up",
            *(f"  {line}" for line in (self._scenario, str(refused))),
            f"  again: {self._again()}",
        ]
        return self._mask("\n".join(lines))

    def broken(self, broken: Exception, bundle: str) -> str:
        """The bench itself: its own words, and where in it."""
        place = traceback.extract_tb(broken.__traceback__)[-1]
        lines = [
            f"{self._case.play.scenario.place}: the bench broke: {type(broken).__name__}: {broken}",
            f"  at {place.filename}:{place.lineno} in {place.name}",
            *(f"  {line}" for line in (self._scenario, *_line("bundle", bundle))),
            f"  again: {self._again()}",
        ]
        return self._mask("\n".join(lines))

    @property
    def _scenario(self) -> str:
        chosen = self._case.program.settings
        locale = f", {chosen.locale}" if chosen.locale else ""
        reader = " and ".join(self._options.addresses)
        return f'scenario   "{self._case.title}" on {self._case.profile}{locale}, reader {reader}'

    def _again(self) -> str:
        options, program = self._options, self._case.program
        chosen = ["--profile", self._case.profile]
        chosen += ["--locale", program.settings.locale] if program.settings.locale else []
        for key, value in program.settings.overruling.items():
            chosen += ["--with", f"{key}={value}"]
        chosen += ["--seed", str(options.seed)] if options.seed else []
        chosen += ["--pack", options.pack] if options.pack is not None else []
        for address in self._options.addresses:
            chosen += ["--reader", address] if address != "virtual" else []
        return command(str(program.script.path), exactly(self._case.title), chosen)


def _line(name: str, what: str) -> list[str]:
    return [f"{name:<11}{what}"] if what else []
