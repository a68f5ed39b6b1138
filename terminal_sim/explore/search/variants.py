"""The variants of a profile: it as it is, and with those switches turned behind which flows lie that it does not show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from terminal_sim.bench import Profile
from terminal_sim.explore.search.act import PRESS, TAP, Act, is_digits

_SMALL = {
    "limits.moto_max_amount": "50000",
    "limits.refund_max_amount": "50000",
    "limits.max_amount": "200000",
    "limits.history": "3",
}
# Time-outs of which no two are the same: one in the place of another is seen, beside a checkout that withholds a way and beside one that has it.
_OWN_TIMES = {
    "timeouts.menu": "50s",
    "timeouts.entry": "70s",
    "timeouts.card": "110s",
    "timeouts.pin": "100s",
    "timeouts.issuer": "90s",
    "timeouts.result": "12s",
    "timeouts.notice": "6s",
    "timeouts.avs": "7s",
    "timeouts.reversal": "55s",
}
_WITHHELD = {
    "checkout.gift_card": "false",
    "checkout.digital_receipt": "false",
}
_CARD_DECIDES = {"kernel": "offline-capable"}
_BY_ITSELF = {"settlement.at": "23:30"}
_ON_REQUEST = {"receipts.merchant": "prompt", "receipts.customer": "prompt"}
_FEW_PRINTED = {"receipts.declined": "false"}
_NOTHING_OFFLINE = {"offline.enabled": "false"}
_FEW_OFFLINE = {
    "offline.allowed": "true",
    "offline.permission": "false",
    "offline.entries.contactless": "true",
    "offline.queue_count": "2",
    "offline.queue_sum": "12000",
}
_TAKES_OFFLINE = {
    "offline.enabled": "true",
    "offline.allowed": "true",
    "offline.limit": "5000",
    "offline.limit_max": "5000",
    "offline.queue_count": "3",
}

_ALLOW: Act = (TAP, "allow")
_LIMIT: Act = (TAP, "offline-limit")


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
    unreferenced = _offers(profile, "refund") and profile.refunds.passcode
    refunds = {"refunds.unreferenced": "true"} if unreferenced else {}
    keyed = profile.moto.enabled or (profile.checkout is not None and profile.checkout.manual_entry)
    no_code = {"moto.ask_cvc": "false"} if keyed else {}
    few_printed = _FEW_PRINTED if profile.printer is not None else {}
    by_itself = _BY_ITSELF if profile.settlement.enabled else {}
    withheld = _WITHHELD if profile.checkout is not None else {}
    refused = _NOTHING_OFFLINE if profile.offline.enabled else {}
    small = {**_SMALL, **_OWN_TIMES, **_CARD_DECIDES, **refunds}
    yield {**small, **no_code, **few_printed, **by_itself, **withheld, **refused}
    if profile.printer is not None:
        yield {**_ON_REQUEST, **refunds}
    if profile.offline.enabled and not profile.offline.allowed:
        yield {**_FEW_OFFLINE, **_OWN_TIMES}
    elif not profile.offline.enabled and "standalone" in profile.features:
        yield {**_TAKES_OFFLINE, **refunds}


def _offers(profile: Profile, flow: str) -> bool:
    entries = [*profile.home.entries, *(entry for menu in profile.menus.values() for entry in menu.entries)]
    return any(entry.flow == flow for entry in entries)


def set_by(acts: Sequence[Act], profile: Profile) -> Iterator[dict[str, str]]:
    """The options of the profile that say at once what somebody went to the settings for: that offline payments are allowed, and up to which amount."""
    if _ALLOW in acts:
        yield {"offline.allowed": "true"}
    for touched, typed in pairwise(acts):
        if touched == _LIMIT and typed[0] == PRESS and typed[2:] == ("OK",) and is_digits(typed[1]):
            limit = int(typed[1])
            if 0 < limit <= profile.offline.limit_max:
                yield {"offline.limit": str(limit)}
