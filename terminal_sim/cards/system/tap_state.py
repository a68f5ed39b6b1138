"""What an application at the antenna leaves outside of the field."""

from __future__ import annotations

from msgspec import Struct

from terminal_sim.cards.system.scripts import ScriptProgress


class TapState(Struct, frozen=True):
    """The ARQC that the issuer answers at a second tap, the terminal's number that it covers, and how far the issuer's scripts came."""

    arqc: bytes = b""
    unpredictable: bytes = b""
    progress: ScriptProgress = ScriptProgress()
