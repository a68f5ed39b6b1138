"""What points of sale call for a terminal, as faults see it."""

from __future__ import annotations

from terminal_sim.pos.adyen.terminal_api import TerminalApi
from terminal_sim.pos.adyen.wire.seal import SharedKey
from terminal_sim.pos.api_fault import CertificateState, ComingApiFault, SharedKeyState
from terminal_sim.pos.servers.api_line import ApiLine
from terminal_sim.pos.servers.certificates import ServerCertificate


class ServedInterface:
    """`certificate` is that of its server, once there is one; without it, it is spoken to without TLS, and without keys of `api` in clear."""

    def __init__(self, line: ApiLine, api: TerminalApi | None = None) -> None:
        self.line = line
        self.certificate: ServerCertificate | None = None
        self._api = api
        self._keys = () if api is None else api.keys

    @property
    def has_certificate(self) -> bool:
        return self.certificate is not None

    @property
    def has_shared_key(self) -> bool:
        return bool(self._keys)

    def fail(self, coming: ComingApiFault) -> None:
        """Let one of the next calls meet this."""
        self.line.fail(coming)

    def show(self, state: CertificateState) -> None:
        """Show such a certificate from the next connection on."""
        if self.certificate is not None:
            self.certificate.show(state)

    def take(self, state: SharedKeyState) -> None:
        """Take the shared key in this state, and nothing sealed with another version of it."""
        if self._api is not None:
            renewed = tuple(SharedKey(key.identifier, key.version + 1, key.passphrase) for key in self._keys)
            self._api.keys = renewed if state is SharedKeyState.RENEWED else self._keys
