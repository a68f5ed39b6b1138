"""The power cuts of a recorded run: every image is opened, recovered and verified, and what was acknowledged is looked for."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

from tests.crash.images import Image, images
from tests.crash.shop import Found, Recording


class Cuts:
    """The power cuts of a recording. Images of the same files are recovered once; `count` is how many there were."""

    def __init__(self, recording: Recording, place: Path, random: Random) -> None:
        self.recording = recording
        self.count = 0
        self.recovered = 0
        self._place = place
        self._random = random
        self._known: dict[bytes, Found] = {}
        self._numbers = itertools.count()

    def images(self, start: Image | None = None) -> Iterator[Image]:
        disk = self.recording.disk
        return images(disk.log, self._random, start, disk.began)

    def lost(self, image: Image) -> list[str]:
        """What is lost or wrong after this cut."""
        self.count += 1
        digest = image.digest
        if digest not in self._known:
            self.recovered += 1
            state = self._place / f"image-{next(self._numbers)}"
            self._known[digest] = self.recording.found(image, state)
            shutil.rmtree(state)
        return self._known[digest].lacks(self.recording.acknowledged.at(image.done))


def cut(
    recording: Recording, place: Path, random: Random, start: Image | None = None
) -> tuple[Cuts, list[str]]:
    """Every cut of the recording, and what the first of them that loses something has lost."""
    cuts = Cuts(recording, place, random)
    for image in cuts.images(start):
        if lost := cuts.lost(image):
            return cuts, [f"after operation {image.done}", *lost]
    return cuts, []


def cut_again(
    recording: Recording, place: Path, random: Random, depths: tuple[int, ...]
) -> tuple[int, list[str]]:
    """Cuts the recovery from some images of the recording everywhere, and that of some of these images, and so on: images, and what is lost."""
    count, start = 0, None
    for depth, taken in enumerate(depths, 1):
        chosen = random.sample(list(Cuts(recording, place, random).images(start)), taken)
        for number, image in enumerate(chosen):
            again = recording.again(image, place / f"depth-{depth}-{number}")
            cuts, lost = cut(again, place, random, image)
            count += cuts.count
            if lost:
                return count, [f"in a recovery at depth {depth}", *lost]
        recording, start = again, image
    return count, []
