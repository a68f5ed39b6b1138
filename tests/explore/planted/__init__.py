"""Bugs as they occur in terminal firmware, each planted in the sound one by a small patch, and found by the explorer."""

from tests.explore.planted.bugs import BUGS
from tests.explore.planted.planting import PlantedBug, planted

__all__ = ["BUGS", "PlantedBug", "planted"]
