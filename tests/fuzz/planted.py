"""A plan with a finding in it, which a campaign must tell."""

from __future__ import annotations

from tests.fuzz.target import Campaign, Plan, Target

FAMILY = "planted"


def falls(data: bytes) -> None:
    if data[:1] == b"!":
        raise LookupError("planted")


def stands(data: bytes) -> None:
    falls(data.replace(b"!", b"?"))


PLAN: Plan = {
    FAMILY: (Campaign(Target("falls", falls, seeds=("20",)), 10), Campaign(Target("stands", stands), 1))
}
