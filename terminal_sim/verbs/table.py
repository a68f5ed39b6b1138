"""Every verb once: what scripts, pytest, the command line and the page can do at a terminal and look for there."""

from __future__ import annotations

from terminal_sim.verbs.cards import CardVerbs
from terminal_sim.verbs.expectations import Expectations
from terminal_sim.verbs.judging import Judging
from terminal_sim.verbs.keys import KeyVerbs
from terminal_sim.verbs.point_of_sale import PointOfSaleVerbs
from terminal_sim.verbs.scenario import ScenarioVerbs
from terminal_sim.verbs.signature import Parameter, ValueKind, Verb, verbs_of
from terminal_sim.verbs.surroundings import SurroundingVerbs
from terminal_sim.verbs.waiting import BadScript, ExpectationFailed, ScreenSnapshot

__all__ = [
    "VERBS",
    "BadScript",
    "ExpectationFailed",
    "Parameter",
    "ScreenSnapshot",
    "Tester",
    "ValueKind",
    "Verb",
]


class Tester(KeyVerbs, CardVerbs, SurroundingVerbs, ScenarioVerbs, Expectations, Judging, PointOfSaleVerbs):
    """Everything that a test can do at one terminal and expect of it: its public methods are the verbs."""

    # pytest takes every class whose name begins with Test for tests.
    __test__ = False


VERBS = verbs_of(Tester)
