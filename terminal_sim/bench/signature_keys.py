"""The keys that sign webhooks, each in a file of its own for its owner alone."""

from __future__ import annotations

import secrets
from pathlib import Path

from terminal_sim.bench.kept_secret import kept_secret
from terminal_sim.errors import BenchMisuse
from terminal_sim.files import remove_durably
from terminal_sim.secret import Secret

_LENGTH = 16


class SignatureKeyFiles:
    """The keys in `folder`. Its methods raise `BenchMisuse` where a file cannot be read or written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Secret[str]] = {}

    def of(self, subscription: str) -> Secret[str]:
        """The key of a subscription, made where it has none yet."""
        known = self._known.get(subscription)
        if known is None:
            known = kept_secret(
                self._file(subscription), "the signature key", lambda: secrets.token_urlsafe(_LENGTH)
            )
            self._known[subscription] = known
        return known

    def renew(self, subscription: str) -> Secret[str]:
        """A new key in the place of the old one."""
        self.remove(subscription)
        return self.of(subscription)

    def remove(self, subscription: str) -> None:
        """Forget the key."""
        self._known.pop(subscription, None)
        file = self._file(subscription)
        try:
            remove_durably(file)
        except OSError as error:
            raise BenchMisuse(f"{file}: the signature key cannot be removed: {error.strerror}") from None

    def _file(self, subscription: str) -> Path:
        return self._folder / f"{subscription}.key"
