"""Where the vendor's interfaces of a bench are reached, and what a point of sale needs to speak to them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from terminal_sim.pos.adyen.wire.seal import SharedKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedTerminalApi:
    """Where the Terminal API of a terminal is reached, and what a point of sale needs to speak to it; without `key` it speaks in clear."""

    terminal: str
    poiid: str
    url: str
    key: SharedKey | None
    key_file: Path | None
    ca_file: Path

    def about(self) -> dict[str, str | int]:
        """The same as plain values; the passphrase is in its file, and nowhere else."""
        told: dict[str, str | int] = {"terminal": self.terminal, "poiid": self.poiid, "url": self.url}
        if self.key is not None:
            told |= {
                "key": self.key.identifier,
                "version": self.key.version,
                "passphrase": str(self.key_file),
            }
        return {**told, "ca": str(self.ca_file)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedPlatform:
    """Where the platform is reached: `/sync` and `/async`, with the key of `key_file` in the header X-API-Key."""

    url: str
    key_file: Path
    ca_file: Path

    def about(self) -> dict[str, str | int]:
        """The same as plain values."""
        return {"cloud": self.url, "key": str(self.key_file), "ca": str(self.ca_file)}


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifiedUrls:
    """Where points of sale are told of `events` of terminals, and of the progress of dialogues (`displays`); empty: nowhere."""

    events: str = ""
    displays: str = ""
