"""What a campaign is: a firmware, terminals with their variants, a seed, how many sessions, and how they are parted into jobs and rounds."""

from __future__ import annotations

from dataclasses import dataclass, replace

from terminal_sim.explore.firmware import SELF
from terminal_sim.explore.search.exploration import turn_of, varied
from terminal_sim.explore.search.ground import Ground
from terminal_sim.oracles.choice import ALL_LETTERS, OracleClass, classes_of
from terminal_sim.oracles.oracle import Oracle
from terminal_sim.readers.opening import VIRTUAL

WITHOUT_END = 0
"""As a number of sessions: until somebody stops it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignTerminal:
    """A terminal to explore. `options` are written KEY=VALUE; with `variants` the profile's switches are turned, too. `reader` is the address of its readers: those of a pool, or its own virtual ones."""

    profile: str
    options: tuple[str, ...] = ()
    locale: str = ""
    variants: bool = True
    reader: str = VIRTUAL

    def __post_init__(self) -> None:
        for one in self.options:
            if not all(one.partition("=")):
                raise ValueError(
                    f"options: {one!r} is no option: write KEY=VALUE, such as offline.allowed=true"
                )

    def grounds(self, oracles: tuple[Oracle, ...], classes: frozenset[OracleClass]) -> tuple[Ground, ...]:
        """The profile as it is first, and its variants, judged by `oracles` and rules of the `classes`. Raises `ProfileError`."""
        options = dict(one.split("=", 1) for one in self.options)
        plain = Ground.of(self.profile, options, oracles, locale=self.locale, classes=classes)
        found = varied(plain) if self.variants else (plain,)
        return tuple(replace(one, reader=self.reader) for one in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """`campaign` is its name, `oracles` are the letters of the classes of rules that its sessions are held to. A job is `job_sessions` sessions of one variant, about a second of work; after each round of `round_jobs` jobs all that they have learned is put together.

    What is found depends on these values alone, and on no number of processes or machines.
    """

    campaign: str
    sessions: int
    terminals: tuple[CampaignTerminal, ...]
    seed: int = 1
    firmware: str = SELF
    oracles: str = ALL_LETTERS
    job_sessions: int = 25
    round_jobs: int = 8

    def __post_init__(self) -> None:
        if not self.campaign.strip():
            raise ValueError("campaign: a campaign has a name")
        if self.sessions < 0:
            raise ValueError(f"sessions: {self.sessions} is no number of sessions: write 1 or more")
        if not self.terminals:
            raise ValueError(
                "terminals: a campaign has a terminal at least: [[terminals]] with profile = ..."
            )
        try:
            classes_of(self.oracles)
        except ValueError as wrong:
            raise ValueError(f"oracles: {wrong}") from None
        for name, value in (("job_sessions", self.job_sessions), ("round_jobs", self.round_jobs)):
            if not 1 <= value <= 1000:
                raise ValueError(f"{name}: {value} is not from 1 to 1000")


@dataclass(frozen=True, slots=True)
class JobTurn:
    """Which sessions the job `number` has, on which terminal of the campaign and which of its variants."""

    number: int
    terminal: int
    variant: int
    first: int
    sessions: int


def turns(campaign: Campaign, variants: tuple[int, ...], begins: int) -> tuple[JobTurn, ...]:
    """The jobs of a round that begins with the job `begins`; none when all sessions are given out. `variants` counts those of each terminal, it itself among them."""
    found = []
    for number in range(begins, begins + campaign.round_jobs):
        first = number * campaign.job_sessions + 1
        left = campaign.sessions - first + 1 if campaign.sessions else campaign.job_sessions
        if left > 0:
            terminal = number % len(variants)
            variant = turn_of(number // len(variants), variants[terminal])
            found.append(JobTurn(number, terminal, variant, first, min(left, campaign.job_sessions)))
    return tuple(found)
