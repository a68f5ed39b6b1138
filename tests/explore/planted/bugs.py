"""All bugs that are planted, by what they are about."""

from __future__ import annotations

from tests.explore.planted.checkout import CHECKOUT
from tests.explore.planted.ends import ENDS
from tests.explore.planted.limits import LIMITS
from tests.explore.planted.money import MONEY
from tests.explore.planted.paper import PAPER
from tests.explore.planted.people import PEOPLE
from tests.explore.planted.planting import PlantedBug
from tests.explore.planted.screens import SCREENS
from tests.explore.planted.waiting import WAITING
from tests.explore.planted.wire import WIRE
from tests.explore.planted.words import WORDS

BUGS: tuple[PlantedBug, ...] = (
    *MONEY,
    *LIMITS,
    *PAPER,
    *PEOPLE,
    *SCREENS,
    *WAITING,
    *WIRE,
    *ENDS,
    *WORDS,
    *CHECKOUT,
)
