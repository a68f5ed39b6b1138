"""Square's service behind a port of this machine, with the token that points of sale need."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from terminal_sim.bench.kept_secret import kept_secret
from terminal_sim.bench.square_devices import SquareAtBench
from terminal_sim.loopback import LOOPBACK
from terminal_sim.pos.servers.api_line import ApiLine
from terminal_sim.pos.servers.http import HttpResponse, HttpServer
from terminal_sim.pos.servers.on_bench import OnBench
from terminal_sim.pos.servers.square import SquareDoor
from terminal_sim.pos.servers.webhooks import WebhookCourier
from terminal_sim.pos.square.objects.problems import unavailable
from terminal_sim.pos.square.service.service import LOCATION, VERSION

_LENGTH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedSquare:
    """Where the service is reached: `token_file` has the access token, `devices` are the ids of its devices by their names."""

    url: str
    token_file: Path
    location: str
    devices: dict[str, str]

    @property
    def token(self) -> str:
        """The access token."""
        return self.token_file.read_text("ascii").strip()

    def about(self) -> dict[str, object]:
        """The same as plain values; the token is in its file, and nowhere else."""
        return {
            "square": self.url,
            "token": str(self.token_file),
            "location": self.location,
            "devices": self.devices,
        }


class SquareServer:
    """The server of `service`, whose token is in a file of `folder`, made where there is none. Raises `BenchMisuse`."""

    def __init__(self, folder: Path, service: SquareAtBench, line: ApiLine, on_bench: OnBench) -> None:
        self._token_file = folder / "square.token"
        token = kept_secret(
            self._token_file, "the access token", lambda: f"EAAAl{secrets.token_urlsafe(_LENGTH)}"
        )
        self._service = service
        door = SquareDoor(lambda request: service.answer(request, token), on_bench)
        self._on_bench = on_bench
        self._courier = WebhookCourier(lambda: on_bench(service.webhooks.collect))
        down = unavailable()
        refusal = HttpResponse(status=down.status, body=down.body, headers={"square-version": VERSION})
        self._server = HttpServer(door.serve, line_of=lambda _: line, unavailable=refusal)

    async def listen(self, port: int) -> ServedSquare:
        """Serve at `port`, a free one where it is 0. Raises `OSError`."""
        found = await self._server.listen(LOOPBACK, port)
        await self._courier.begin()
        self._on_bench(self._deliver)
        return ServedSquare(
            url=f"http://{LOOPBACK}:{found}",
            token_file=self._token_file,
            location=LOCATION,
            devices={device.name: device.id for device in self._service.terminals.values()},
        )

    async def close(self) -> None:
        """Hang up everywhere."""
        await self._server.close()
        await self._courier.close()

    def _deliver(self) -> None:
        """Let what waited for a courier set out."""
        self._service.webhooks.courier = self._courier
        self._service.webhooks.start()
