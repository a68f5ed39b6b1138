"""Variables of Robot Framework: those that a test reads, and those that the library gives it."""

from __future__ import annotations

from collections.abc import Callable

from robot.api.types import Secret
from robot.libraries.BuiltIn import BuiltIn, RobotNotRunningError

from terminal_sim.adapters.robot.session import RobotSession
from terminal_sim.verbs import BadScript

GROUPS = ("card", "passcode")
_SHOWN = "last4"


def of_robot(name: str) -> object:
    """The value of a variable; None where it has none, or where only the documents of the library are made."""
    try:
        return BuiltIn().get_variable_value(f"${{{name}}}")
    except RobotNotRunningError:
        return None


class BuiltIns:
    """`${card.pin}` and its like, or `${passcode.admin}`: what the terminal has of one `group` of the variables that scripts may name.

    All but the last four digits of a card are secrets.
    """

    def __init__(self, group: str, session: Callable[[], RobotSession]) -> None:
        self._group = group
        self._session = session

    def __getattr__(self, name: str) -> str | Secret:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            found = self._session().variable(f"{self._group}.{name}")
        except BadScript as wrong:
            raise AttributeError(str(wrong)) from None
        return found if name == _SHOWN else Secret(found)

    def __str__(self) -> str:
        return f"the {self._group} of the terminal"
