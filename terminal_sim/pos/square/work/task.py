"""One thing that one device has to do."""

from __future__ import annotations

from msgspec import Struct

from terminal_sim.pos.square.service.book import StoredObject
from terminal_sim.pos.square.service.service import SquareService
from terminal_sim.pos.square.service.world import SquareDevice


class DeviceTask(Struct, frozen=True):
    """The object `stored` of the service, as it stands, and the device that works at it."""

    service: SquareService
    stored: StoredObject
    device: SquareDevice
