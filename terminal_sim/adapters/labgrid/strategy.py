"""The strategy of a terminal: `off`, `home`, and the saved states that the environment file names."""

from __future__ import annotations

from collections.abc import Mapping

import attr
from labgrid import step, target_factory
from labgrid.strategy import Strategy, StrategyError, never_retry

from terminal_sim.adapters.labgrid.driver import PaymentTerminalDriver
from terminal_sim.datafiles.suggest import suggest

OFF, HOME = "off", "home"


@target_factory.reg_driver
@attr.s(eq=False)
class PaymentTerminalStrategy(Strategy):
    """Brings a terminal to a state, each time from the beginning: what a test did before leaves nothing behind.

    `off`: there is no terminal, and its reader is given back. `home`: a fresh terminal at its home screen. `states` names more, and the file of `save state`
    where each goes on. `status` is the state that was reached last.
    """

    bindings = {"driver": PaymentTerminalDriver}  # noqa: RUF012 (labgrid declares it of an instance)
    states: Mapping[str, str] = attr.ib(
        factory=dict,
        validator=attr.validators.deep_mapping(
            attr.validators.instance_of(str), attr.validators.instance_of(str)
        ),
    )
    status: str = attr.ib(default=OFF, init=False)

    def transition(self, status: str) -> None:
        """Brings the terminal to a state. Raises `StrategyError` for one that is not there, and where the bench cannot bring it there; after that the strategy is broken."""
        known = (OFF, HOME, *self.states)
        if status not in known:
            raise StrategyError(
                f"there is no state {status!r}{suggest(status, known)}; there is {', '.join(known)}"
            )
        self._reach(status)

    def force(self, status: str) -> None:
        """The same as `transition`: a terminal is there no longer than its process, so there is no state that it could be in already."""
        self.transition(status)

    @never_retry
    @step(title="transition", args=["status"])
    def _reach(self, status: str) -> None:
        self.target.deactivate(self.driver)
        if status != OFF:
            self.driver.begin_with = self.states.get(status, "")
            self.target.activate(self.driver)
        self.status = status
