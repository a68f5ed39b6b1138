"""The platform's paths, without a socket: what is served where, and to whom."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from terminal_sim.pos.servers.adyen_cloud import CloudTerminalApi, Connected
from terminal_sim.pos.servers.http import HttpRequest, HttpResponse
from terminal_sim.secret import Secret
from tests.pos.adyen.kit import Spoken, spoken

KEY = "key-of-the-platform"
DEVICE = "/v1/merchants/M/devices"


class Platform:
    """The platform in front of one terminal."""

    def __init__(self, shop: Spoken) -> None:
        self.shop, self.poiid = shop, shop.api.poiid
        terminals = {self.poiid: Connected(shop.api, lambda: shop.terminal.is_on)}
        now = datetime(2026, 1, 15, tzinfo=UTC)
        self._door = CloudTerminalApi(terminals, Secret(KEY), lambda: now, lambda call: call())

    def call(self, method: str, path: str, body: Any = None, key: str = KEY) -> tuple[int, Any]:
        """Status and answer."""
        text = b"" if body is None else json.dumps(body).encode()
        request = HttpRequest(method=method, path=path, query="", headers={"x-api-key": key}, body=text)

        async def served() -> HttpResponse | None:
            return await self._door.serve(request)

        said = asyncio.run(served())
        assert said is not None
        return said.status, json.loads(said.body) if said.media == "application/json" and said.body else None

    def diagnosis(self) -> Any:
        header = {"MessageCategory": "Diagnosis", "MessageClass": "Service", "MessageType": "Request"}
        header |= {"POIID": self.poiid, "ProtocolVersion": "3.0", "SaleID": "Till1", "ServiceID": "1"}
        return {"SaleToPOIRequest": {"MessageHeader": header, "DiagnosisRequest": {}}}


@pytest.fixture
def platform() -> Iterator[Platform]:
    with spoken() as shop:
        yield Platform(shop)


def test_the_terminals_in_reach_are_listed(platform: Platform) -> None:
    asked = {"merchantAccount": "M"}
    assert platform.call("POST", "/connectedTerminals", asked) == (
        200,
        {"uniqueTerminalIds": [platform.poiid]},
    )
    platform.shop.terminal.network(False)
    assert platform.call("POST", "/connectedTerminals", asked) == (200, {"uniqueTerminalIds": []})
    platform.shop.terminal.network(True)
    platform.shop.terminal.power_cut()
    assert platform.call("GET", "/v1/merchants/M/connectedDevices") == (200, {"uniqueDeviceIds": []})
    assert platform.call("GET", f"{DEVICE}/{platform.poiid}/status")[1]["status"] == "OFFLINE"


def test_a_message_comes_by_either_path(platform: Platform) -> None:
    for path in ("/sync", f"{DEVICE}/{platform.poiid}/sync"):
        status, said = platform.call("POST", path, platform.diagnosis())
        assert (status, said["SaleToPOIResponse"]["DiagnosisResponse"]["Response"]["Result"]) == (
            200,
            "Success",
        )


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", f"{DEVICE}/V400m-1/sync", 422),
        ("GET", f"{DEVICE}/V400m-1/status", 404),
        ("POST", f"{DEVICE}/V400m-1", 404),
        ("POST", "/v1/sync", 404),
        ("GET", "/connectedTerminals", 405),
        ("POST", "/v1/merchants/M/connectedDevices", 405),
    ],
)
def test_what_is_not_served_is_refused(platform: Platform, method: str, path: str, status: int) -> None:
    assert platform.call(method, path, platform.diagnosis())[0] == status


def test_without_the_key_nothing_is_told(platform: Platform) -> None:
    assert platform.call("POST", "/connectedTerminals", {}, key="another")[0] == 401
