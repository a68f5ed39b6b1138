"""The data files that a run depends on beside its profile: cards and the acquirer's file, with digests of their bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from terminal_sim.datafiles.bundled import bundled
from terminal_sim.datafiles.sources import ProfileError, load_table
from terminal_sim.explore.bundle import Bundle, NamedFile

ACQUIRER = "test-acquirer"


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return sha256(data).hexdigest()


def named(name: str, file: Path) -> NamedFile:
    """The file as a bundle names it."""
    return NamedFile(name, digest(file.read_bytes()))


def acquirer_file() -> Path:
    """The file of the acquirer that scripts have."""
    return bundled() / "hosts" / f"{ACQUIRER}.toml"


def card_files(card: str, decks: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """The file of a card, and those that it extends, by their names."""
    library = bundled() / "cards"
    for folder in (*decks, library):
        if (file := folder / f"{card}.toml").is_file():
            try:
                yield from ((source.file.stem, source.file) for source in load_table(file, library)[1])
            except ProfileError:
                return  # its file has a fault, so that it was presented nowhere
            return


def is_bundled(file: Path) -> bool:
    """Whether the file is one of the product's own."""
    return bundled() in file.resolve().parents


def other_files(bundle: Bundle) -> Iterator[str]:
    """The files of the product that are not as they were when the bundle was made, as words."""
    if named(ACQUIRER, acquirer_file()) != bundle.head.acquirer:
        yield f"the acquirer {bundle.head.acquirer.name}"
    for card in bundle.head.cards:
        file = bundled() / "cards" / f"{card.name}.toml"
        if card.name not in bundle.cards and (not file.is_file() or named(card.name, file) != card):
            yield f"the card {card.name}"
