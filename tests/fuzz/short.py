"""The campaigns of `make test`.

1. Each protocol of the drivers has 2 s, which the targets of `SHARED` that have its parser in common share; one that is in no
   row has them for itself. So has each of `ENTRIES`. What else is not of the drivers, and each parser that a reader protocol
   names, has a second for each target.
2. That is about 76 s of CPU: 23 times 2 s, 17 times 1 s, and 13 s until everything is instrumented. They run as many at a time
   as there are cores, in a session of their own: beside the other tests they would make the timed ones slow.
"""

from __future__ import annotations

from tests.fuzz.table import FAMILIES, TARGETS
from tests.fuzz.target import Campaign, Plan, Target, join

SECONDS, BRIEF = 2, 1
BRIEFLY = ("protocols", "emv", "files")

ENTRIES = (
    "kernel with a random card",
    "kernel with a damaged card",
    "kernel with a damaged tap",
    "FCI and records",
    "issuer's DE 55",
    "ISO 8583 request",
    "ISO 8583 reply",
    "card file",
    "profile file",
)
"""Where bytes of a card, of the host and of a user's file enter: these have the whole time, whatever their family."""

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
    return tuple(Campaign(each, SECONDS if each.name in ENTRIES else BRIEF) for each in targets)


PLAN: Plan = {
    family: _alone(targets) if family in BRIEFLY else _sharing(family) for family, targets in FAMILIES.items()
}
