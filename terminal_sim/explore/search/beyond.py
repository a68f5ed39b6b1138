"""What no line of a script does, and so no act of the explorer: the flows that nothing else begins, each with who does."""

from __future__ import annotations

from collections.abc import Mapping

_NETWORK = "a point of sale on a network"
BEYOND_A_SCRIPT: Mapping[str, str] = dict.fromkeys(
    (
        "requested-moto",
        "requested-refund",
        "part-refund",
        "acquisition",
        "pos-confirmation",
        "pos-typed",
        "pos-menu",
        "pos-display",
        "pos-print",
    ),
    _NETWORK,
)
"""They are missing in no exploration: a point of sale that a line of a script asks has payments made with the card that is presented, and refunded as a whole."""
