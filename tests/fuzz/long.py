"""The campaigns of `make soak`: each target a minute."""

from __future__ import annotations

from tests.fuzz.table import FAMILIES
from tests.fuzz.target import Campaign, Plan

SECONDS = 60

PLAN: Plan = {
    family: tuple(Campaign(target, SECONDS) for target in targets) for family, targets in FAMILIES.items()
}
