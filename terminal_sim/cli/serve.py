"""`terminal-sim serve`: a bench with its API and page on this machine, until Ctrl-C."""

from __future__ import annotations

import asyncio
import json
from argparse import Namespace
from contextlib import suppress
from importlib.metadata import version

from terminal_sim.bench import BenchMisuse, JournalError, ProfileError
from terminal_sim.cli import UserError
from terminal_sim.cli.console import as_user_errors
from terminal_sim.cli.printing import printer_at


def run(given: Namespace) -> int:
    try:
        from terminal_sim.web.served import BenchOptions
    except ImportError as missing:
        raise UserError(
            f'serve needs the extra web ({missing.name}): pip install "terminal-sim[web]"'
        ) from None
    with (
        as_user_errors(BenchMisuse, JournalError, ProfileError),
        printer_at(given.printer) as printer,
        suppress(KeyboardInterrupt),
    ):
        options = BenchOptions(
            seed=given.seed,
            clock=given.clock,
            state=given.state,
            pack=given.pack,
            receipts=() if printer is None else (printer,),
        )
        asyncio.run(_serve(given, options))
    return 0


async def _serve(given: Namespace, options: object) -> None:
    from terminal_sim.web.listening import ListenAt
    from terminal_sim.web.served import BenchOptions
    from terminal_sim.web.serving import announced, serving

    assert isinstance(options, BenchOptions)
    profiles = given.profiles or ["v400m"]
    at = ListenAt(given.address, given.port, given.certificate, given.key)
    async with (
        serving(options, at=at, profiles=profiles, version=version("terminal-sim")) as service,
        announced(service.address) as file,
    ):
        address = service.address
        if given.run_clock:
            await service.bench.pace().run()
        if given.json:
            said = {
                "url": address.url,
                "api": f"{address.url}/api/v1",
                "openapi": f"{address.url}/api/v1/openapi.json",
                "link": address.link,
                "token": address.token,
                "file": str(file),
                "terminals": list(service.bench.branch().terminals),
            }
            print(json.dumps(said), flush=True)
        else:
            print(
                f"bench   {address.link}\nAPI     {address.url}/api/v1/openapi.json\nCtrl-C ends it.",
                flush=True,
            )
        await service.wait()
