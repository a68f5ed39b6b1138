"""The variants of a profile: it as it is, and with those switches turned behind which flows lie that it does not show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from terminal_sim.bench import Profile

SMALL = {
    "limits.moto_max_amount": "50000",
    "limits.refund_max_amount": "50000",
    "limits.max_amount": "200000",
    "limits.history": "3",
}


def variants(profile: Profile, given: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Options for each variant, what was `given` among them; the profile as it is comes first."""
    seen: set[tuple[tuple[str, str], ...]] = set()
    for switched in _switched(profile):
        options = {**switched, **given}
        key = tuple(sorted(options.items()))
        if key not in seen:
            seen.add(key)
            yield options


def _switched(profile: Profile) -> Iterator[dict[str, str]]:
    yield {}
    refunds = (
        {"refunds.unreferenced": "true"} if _offers(profile, "refund") and profile.refunds.passcode else {}
    )
    if refunds:
        yield {**refunds, **SMALL}
    elif profile.printer is None or not profile.offline.enabled:
        yield dict(SMALL)
    if profile.printer is not None:
        yield {
            "receipts.merchant": "prompt",
            "receipts.customer": "prompt",
            "receipts.declined": "false",
            **refunds,
        }
    if profile.offline.enabled and not profile.offline.allowed:
        yield {"offline.allowed": "true", "offline.queue_count": "2", "offline.queue_sum": "12000"}
    elif not profile.offline.enabled and "standalone" in profile.features:
        yield {
            "offline.enabled": "true",
            "offline.allowed": "true",
            "offline.limit": "5000",
            "offline.limit_max": "5000",
            "offline.queue_count": "3",
        }


def _offers(profile: Profile, flow: str) -> bool:
    entries = [*profile.home.entries, *(entry for menu in profile.menus.values() for entry in menu.entries)]
    return any(entry.flow == flow for entry in entries)
