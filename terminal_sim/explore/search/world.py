"""What can go wrong around a terminal, and what makes it right again."""

from __future__ import annotations

from terminal_sim.bench import Profile, TerminalUnderTest
from terminal_sim.explore.search.act import Act


def faults(profile: Profile) -> tuple[Act, ...]:
    """Everything that can be made to go wrong with a terminal of this profile."""
    found: list[Act] = [
        ("network", "down"), ("network", "slow", "5s"), ("service", "down"), ("power", "cut"), ("power", "off"),
        ("host", "answers", "timeout"), ("host", "answers", "declined:51"), ("host", "answers", "late:130s"), ("host", "answers", "garbage"),
        ("host", "answers", "partial:300"), ("host", "answers", "declined:55"),
        ("fault", "host-duplicate"), ("fault", "host-wrong-amount"), ("fault", "host-wrong-trace"),
        ("fault", "host-wrong-type"),
        ("fault", "stripe-unreadable"), ("host", "sends", "unblock-pin"),
        ("fault", "card-torn"), ("fault", "card-mute"), ("fault", "card-garbage"), ("fault", "card-answer-lost", "4"),
        ("fault", "commit-unknown"), ("fault", "commit-answer-lost"), ("fault", "disk-full"), ("fault", "wire", "drop"), ("fault", "wire", "unplug"),
        *((("fault", "power-cut-after", str(n))) for n in (1, 2, 3, 5, 8)),
        ("tear", "card", "after", "genac1"), ("tear", "card", "after", "online"),
        ("fault", "tamper"),
    ]  # fmt: skip
    if profile.printer is not None:
        found += [("paper", "out"), ("fault", "printer-jam")]
    if profile.battery is not None:
        found += [
            ("battery", f"{profile.battery.low - 1}%"),
            ("battery", f"{max(profile.battery.critical - 1, 0)}%"),
        ]
        found += [("battery", f"{profile.battery.low}%"), ("battery", f"{profile.battery.critical}%")]
    if profile.app:
        found += [("fault", "app", "closed"), ("fault", "reader-link", "down")]
    if "standalone" in profile.features:
        found.append(("account", "standalone", "off"))
    if profile.checkout is not None and profile.checkout.orders:
        found.append(("order", '"Table 4"', "2350"))
    found += [("network", link) for link in profile.links[1:]]
    return tuple(found)


_CURES: tuple[tuple[str, Act], ...] = (
    ("network down", ("network", "up")),
    ("network slow", ("network", "slow", "0s")),
    ("service down", ("service", "up")),
    ("paper", ("paper", "in")),
    ("fault printer-jam", ("paper", "in")),
    ("battery", ("battery", "100%")),
    ("fault reader-link", ("fault", "reader-link", "up")),
    ("fault app", ("fault", "app", "open")),
    ("fault wire", ("fault", "wire-mend")),
)


def cures(terminal: TerminalUnderTest) -> list[Act]:
    """What makes right what is wrong around the terminal now."""
    found: list[Act] = [("power", "on")] if not terminal.is_on else []
    for said in terminal.conditions():
        found += [cure for begins, cure in _CURES if said.startswith(begins)]
    if terminal.is_on and not terminal.takes_standalone:
        found.append(("account", "standalone", "on"))
    return list(dict.fromkeys(found))
