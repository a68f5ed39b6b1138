"""What is offered at every moment of a terminal, by its profile alone: made once for all moments."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import Struct

from terminal_sim.bench import Duration, Profile
from terminal_sim.explore.search.act import PRESS, PRESS_BLINDLY, WAIT, Act, is_digits
from terminal_sim.explore.search.world import faults

_DRAWN_KEYS = {"OK": 10, "CANCEL": 4}
_BLIND = ("MENU", "CLEAR", "5", "OK")
_SECOND = Duration.parse("1s")


class OfferedAct(Struct, frozen=True):
    """An act, and how much it is preferred to others."""

    act: Act
    weight: int = 10


@dataclass(frozen=True, slots=True)
class StandingOffers:
    """`presses` and `blind_presses` are offered by their key, where the screen takes it and where it does not; the others always."""

    presses: tuple[tuple[str, OfferedAct], ...]
    blind_presses: tuple[tuple[str, OfferedAct], ...]
    waits: tuple[OfferedAct, ...]
    faults: tuple[OfferedAct, ...]

    @classmethod
    def of(cls, profile: Profile) -> StandingOffers:
        """Those of a terminal of this profile."""
        lengths = ("2s", 4), *((str(one), 1) for one in durations(profile))
        return cls(
            presses=tuple((key, OfferedAct((PRESS, key), _DRAWN_KEYS.get(key, 2))) for key in keys(profile)),
            blind_presses=tuple((key, OfferedAct((PRESS_BLINDLY, key), 1)) for key in _BLIND),
            waits=tuple(OfferedAct((WAIT, length), weight) for length, weight in lengths),
            faults=tuple(OfferedAct(fault, 1) for fault in faults(profile)),
        )

    @property
    def looked_at(self) -> tuple[str, ...]:
        """The keys of which it counts whether the screen takes them."""
        return tuple(dict.fromkeys(key for key, _ in (*self.presses, *self.blind_presses)))


def keys(profile: Profile) -> tuple[str, ...]:
    """Every key of the keypad, one of its digits."""
    keypad = profile.keypad
    named = [key for row in keypad.layout for key in row if not is_digits(key)]
    return tuple(dict.fromkeys(("OK", "CANCEL", *named, *keypad.keys, "5")))


def durations(profile: Profile) -> tuple[Duration, ...]:
    """The long times of the profile, each with a second before and behind."""
    offline = profile.offline
    spoken = [code.lock for code in profile.passcodes.values()]
    if offline.enabled:
        spoken += [
            offline.session.network,
            offline.session.service,
            *([offline.upload] if offline.upload is not None else []),
        ]
    found = [Duration(one + more) for one in dict.fromkeys(spoken) for more in (-_SECOND, 0, _SECOND)]
    return tuple(found)
