"""A terminal that the command line serves tells a point of sale on this machine what happens to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.pos.adyen.test_notifications import Receiver, receiver  # noqa: F401 - a fixture

_WITHIN = 60.0  # seconds of the wall


def event(receiver: Receiver) -> str:  # noqa: F811
    """The next event that is told."""
    told = json.loads(receiver.bodies.get(timeout=_WITHIN))["SaleToPOIRequest"]["EventNotification"]
    return str(told["EventToNotify"])


def test_a_served_terminal_tells_of_its_menus_and_of_its_power(
    receiver: Receiver,  # noqa: F811
    tmp_path: Path,
) -> None:
    here = [sys.executable, "-m", "terminal_sim"]
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    url = f"http://127.0.0.1:{receiver.server_port}/events"
    serving = subprocess.Popen(
        [*here, "serve", "v400m", "--pos", "adyen:0", "--pos-events", url, "--json"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert serving.stdout is not None
        assert json.loads(serving.stdout.readline())["pos"]
        lines = ["press 8 OK", "press CANCEL", "power off", "power on"]
        subprocess.run([*here, "send", *lines], env=environment, check=True, timeout=_WITHIN)
        events = [event(receiver) for _ in range(4)]
        assert events == ["BeginMaintenance", "EndMaintenance", "Shutdown", "Initialised"]
    finally:
        serving.terminate()
        serving.wait(_WITHIN)
        assert serving.stdout is not None
        serving.stdout.close()
