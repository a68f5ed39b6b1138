"""The catalogue of virtual cards by name, from the bundled files and from folders of the user's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from terminal_sim.cards.profile import card_file
from terminal_sim.cards.profile.personality import Personality
from terminal_sim.cards.system.chip import ChipCard, MuteCard
from terminal_sim.cards.system.contact import ChipState
from terminal_sim.cards.system.contactless import ContactlessCard, ContactlessState
from terminal_sim.cards.system.memory import AccountState, CardMemory, Memory
from terminal_sim.datafiles.bundled import bundled
from terminal_sim.datafiles.sources import ProfileError
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.emv.keys.derivation import IssuerKeys
from terminal_sim.errors import BenchMisuse

_NAME = re.compile(r"[a-z0-9-]+", re.ASCII)  # a name is no path: it must not lead out of the folders


class CardFace(Protocol):
    """One face as a reader needs it: an ATR, a reset that answers with it, and whole APDUs. An empty answer is silence."""

    @property
    def atr(self) -> bytes: ...

    def reset(self) -> bytes: ...

    def transmit(self, apdu: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class CardState:
    """What each account of a card remembers, its chip as long as it has power, and what its antenna face leaves outside of the field.

    `commands` is how many the chip was given.
    """

    accounts: tuple[AccountState, ...]
    commands: int
    chip: ChipState | None
    contactless: ContactlessState | None = None


@dataclass(frozen=True, slots=True)
class VirtualCard:
    """A card with the faces it has. `chip` and `contactless` share one `memory`; `stripe` is ASCII by track number."""

    memory: CardMemory
    personality: Personality
    chip: CardFace | None
    contactless: CardFace | None
    stripe: dict[int, str] | None = field(repr=False)

    def snapshot(self) -> CardState:
        chip = self.chip.snapshot() if isinstance(self.chip, ChipCard) else None
        face = self.contactless.snapshot() if isinstance(self.contactless, ContactlessCard) else None
        return CardState(accounts=self.memory.now, commands=self.memory.commands, chip=chip, contactless=face)

    def keep_by(self, keep: Callable[[CardState], None]) -> None:
        """Let `keep` make durable what the card remembers without power, before an answer that follows from it leaves the card."""
        self.memory.keep_by(lambda: keep(replace(self.snapshot(), chip=None, contactless=None)))

    def resume(self, state: CardState) -> None:
        """Remember what another card of this personality remembered. Raises `BenchMisuse` where the card has other accounts by now."""
        if len(state.accounts) != len(self.memory.accounts):
            raise BenchMisuse(
                f"the card {self.personality.id!r} has {len(self.memory.accounts)} accounts, and what it remembers is of {len(state.accounts)}:"
                " its file was changed; begin with a new state"
            )
        self.memory.resume(state.accounts)
        self.memory.commands = state.commands
        if isinstance(self.chip, ChipCard) and state.chip is not None:
            self.chip.resume(state.chip)
        if isinstance(self.contactless, ContactlessCard) and state.contactless is not None:
            self.contactless.resume(state.contactless)


def names(directories: Sequence[Path] = ()) -> list[str]:
    """The cards of `directories` and the bundled ones, in alphabetical order; a file whose name is no card's name is none."""
    found = {file.stem for folder in _folders(directories) for file in folder.glob("*.toml")}
    return sorted(name for name in found if _NAME.fullmatch(name))


def load(name: str, directories: Sequence[Path], issuer_keys: IssuerKeys) -> VirtualCard:
    """The card `name`, fresh from the factory; `directories` are searched before the bundled cards.

    Raises `ProfileError` for an unknown name and for every fault in the file.
    """
    return make(card_file.load(_file(name, directories), bundled() / "cards"), issuer_keys)


def make(personality: Personality, issuer_keys: IssuerKeys) -> VirtualCard:
    """A new card of this personality, personalised with its key."""
    face, antenna = personality.chip, personality.contactless
    state = AccountState(
        tries_left=face.pin_tries if face else 0, blocked=(face.blocked or "") if face else ""
    )
    memory = CardMemory(
        tuple(
            Memory(issuer_keys.of_card(one.pan, one.sequence), state, state.tries_left, personality.pin)
            for one in personality.accounts
        )
    )
    chip: CardFace | None = None
    if face is not None:
        chip = MuteCard() if face.mute else ChipCard(personality, face, memory)
    return VirtualCard(
        memory=memory,
        personality=personality,
        chip=chip,
        contactless=ContactlessCard(personality, antenna, memory) if antenna else None,
        stripe=personality.tracks(),
    )


def _file(name: str, directories: Sequence[Path]) -> Path:
    if _NAME.fullmatch(name):
        for folder in _folders(directories):
            if (file := folder / f"{name}.toml").is_file():
                return file
    known = names(directories)
    cure = suggest(name, known) or f"; there are {', '.join(known)}"
    raise ProfileError(f"there is no card {name!r}{cure}")


def _folders(directories: Sequence[Path]) -> tuple[Path, ...]:
    return (*directories, bundled() / "cards")
