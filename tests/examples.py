"""How many examples a property is tried with: `ALWAYS` in `make test` and `LONG` in `make soak`, where it says nothing itself.

No property is timed: on a machine whose cores are all busy any example, and any draw of one, may take long.
"""

from __future__ import annotations

from collections.abc import Collection

from hypothesis import HealthCheck, settings

ALWAYS, LONG = 40, 1_000
UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def register() -> None:
    """Makes the two profiles known to hypothesis, and the short one the default; `--hypothesis-profile=long` chooses the other."""
    settings.register_profile("always", UNTIMED, max_examples=ALWAYS)
    settings.register_profile("long", UNTIMED, max_examples=LONG)
    settings.load_profile("always")


def examples(always: int, *, suppress: Collection[HealthCheck] = ()) -> settings:
    """`always` examples in `make test`, and in `make soak` as many times more as there of any property.

    The checks of `suppress` are left out beside those that no property has.
    """
    profile = settings()
    return settings(
        max_examples=always * profile.max_examples // ALWAYS,
        suppress_health_check=[*profile.suppress_health_check, *suppress],
    )
