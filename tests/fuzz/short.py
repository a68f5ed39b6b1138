"""The campaigns of `make test`.

1. Each target has a second. Targets of the drivers that have a parser in common (`SHARED`) share theirs.
2. That is about 55 s of CPU, 13 of them until everything is instrumented. They run as many at a time as there are cores, in a session
   of their own: beside the other tests they would make the timed ones slow. `make soak` gives each target a minute.
"""

from __future__ import annotations

from tests.fuzz.table import FAMILIES, TARGETS
from tests.fuzz.target import Campaign, Plan, Target, join

SECONDS = 1
BY_THEMSELVES = ("protocols", "emv", "files")

SHARED: dict[str, tuple[str, ...]] = {
    "ATR, PPS, APDU": ("ATR", "PPS both ways", "PPS answer", "C-APDU"),
    "T=0": ("T=0 answers", "T=0 characters", "T=0 envelopes", "contacts", "card's characters"),
    "T=1": ("T=1 block", "T=1 terminal", "T=1 card"),
    "CCID structures": ("CCID message", "CCID parameters", "CCID class descriptor", "CCID PIN structure"),
    "GemPC": ("GemPC framing", "GemPC host", "GemPC reader"),
    "CCID over USB": ("CCID USB device", "CCID device at character level", "CCID host"),
    "ViVOtech2 frames": ("ViVOtech2 stream", "ViVOtech2 data objects", "ViVOtech2 HID reports"),
    "ViVOtech2 ends": ("ViVOtech2 reader", "ViVOtech2 reader over HID", "ViVOtech2 host"),
    "stripe heads": ("stripe bits", "stripe line", "stripe report"),
    "track texts": ("tracks", "track 2 in tag 57"),
    "vpcd and PC/SC": ("vpcd", "PC/SC features", "PC/SC properties", "PC/SC PIN structures", "PC/SC pseudo-APDU"),
    "captures": ("pcapng", "USB record", "recording", "damaged recording"),
}  # fmt: skip


def _sharing(family: str) -> tuple[Campaign, ...]:
    names = [target.name for target in FAMILIES[family]]
    rows = {row: shared for row, shared in SHARED.items() if shared[0] in names}
    joined = [join(row, *(TARGETS[name] for name in shared)) for row, shared in rows.items()]
    alone = [TARGETS[name] for name in names if not any(name in shared for shared in rows.values())]
    return tuple(Campaign(target, SECONDS) for target in (*joined, *alone))


def _alone(targets: tuple[Target, ...]) -> tuple[Campaign, ...]:
    return tuple(Campaign(target, SECONDS) for target in targets)


PLAN: Plan = {
    family: _alone(targets) if family in BY_THEMSELVES else _sharing(family)
    for family, targets in FAMILIES.items()
}
