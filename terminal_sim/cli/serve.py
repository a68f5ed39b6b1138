"""`terminal-sim serve`: a bench with its API and page on this machine, until Ctrl-C."""

from __future__ import annotations

import asyncio
import json
from argparse import Namespace
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from terminal_sim.bench import BenchMisuse, JournalError, ProfileError
from terminal_sim.cli import UserError
from terminal_sim.cli.console import as_user_errors, check_network_host
from terminal_sim.cli.printing import printer_at
from terminal_sim.cli.sdk_lines import sdk_lines

if TYPE_CHECKING:
    from terminal_sim.bench.served_apis import ServedPlatform, ServedTerminalApi
    from terminal_sim.bench.served_square import ServedSquare
    from terminal_sim.web.serving import BenchService


def run(given: Namespace) -> int:
    try:
        from terminal_sim.web.served import BenchOptions
    except ImportError as missing:
        raise UserError(
            f'serve needs the extra web ({missing.name}): pip install "terminal-sim[web]"'
        ) from None
    check_network_host(given.host, given.state)
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
            host_at=given.host,
            first_terminal=given.first_terminal,
            receipts=() if printer is None else (printer,),
        )
        asyncio.run(_serve(given, options))
    return 0


async def _serve(given: Namespace, options: object) -> None:
    from terminal_sim.web.announcement import announced
    from terminal_sim.web.listening import ListenAt
    from terminal_sim.web.served import BenchOptions
    from terminal_sim.web.serving import serving

    assert isinstance(options, BenchOptions)
    profiles = given.profiles or ["v400m"]
    at = ListenAt(given.address, given.port, given.certificate, given.key)
    async with (
        serving(
            options, at=at, profiles=profiles, version=version("terminal-sim"), page=not given.no_page
        ) as service,
        announced(service.address.url, service.address.token, at.certificate) as file,
        _interfaces(service, given) as interfaces,
    ):
        address = service.address
        if given.run_clock or given.host or interfaces:
            await service.bench.pace().run()
        if given.json:
            said = {
                "url": address.url,
                "api": f"{address.url}/api/v1",
                "openapi": f"{address.url}/api/v1/openapi.json",
                **({} if given.no_page else {"link": address.link}),
                "token": address.token,
                "file": str(file),
                "terminals": list(service.bench.branch().terminals),
                **(
                    {"pos": [{**one.about(), "sdk": sdk_lines(one.about())} for one in interfaces]}
                    if interfaces
                    else {}
                ),
            }
            print(json.dumps(said), flush=True)
        else:
            if given.no_page:
                print(
                    f"lines   terminal-sim send LINE, or POST {address.url}/api/v1/lines with the token in {file}"
                )
            else:
                print(f"bench   {address.link}")
            print(f"API     {address.url}/api/v1/openapi.json")
            for one in interfaces:
                print(told(one))
            print("Ctrl-C ends it.", flush=True)
        await service.wait()


@asynccontextmanager
async def _interfaces(
    service: BenchService, given: Namespace
) -> AsyncIterator[list[ServedTerminalApi | ServedPlatform | ServedSquare]]:
    """The interfaces for points of sale, where they are wanted."""
    if not given.pos:
        yield []
        return
    try:
        from terminal_sim.web.points_of_sale import points_of_sale
    except ImportError as missing:
        raise UserError(
            f'--pos needs the extra pos ({missing.name}): pip install "terminal-sim[web,pos]"'
        ) from None
    async with points_of_sale(
        service.bench,
        dict(given.pos),
        sealed=not given.pos_in_clear,
        events=given.pos_events,
        displays=given.pos_displays,
    ) as served:
        yield served


def told(api: ServedTerminalApi | ServedPlatform | ServedSquare) -> str:
    """Where an interface is, and the lines that point the vendor's library at it."""
    about: Mapping[str, Any] = api.about()
    if "square" in about:
        lines = [
            f"pos     Square  {about['square']}/v2",
            *(f"        device {device} ({name})" for name, device in about["devices"].items()),
            f"        access token in {about['token']}, location {about['location']}",
        ]
    elif "cloud" in about:
        lines = [
            f"pos     the platform  {about['cloud']}/sync and /async",
            f"        key for X-API-Key in {about['key']}, certificate authority {about['ca']}",
        ]
    else:
        lines = [f"pos     {about['poiid']} ({about['terminal']})  {about['url']}"]
        if "key" in about:
            lines.append(
                f"        shared key {about['key']}, version {about['version']}, passphrase in {about['passphrase']}"
            )
        lines.append(f"        certificate authority {about['ca']}")
    return "\n".join(
        (*lines, *(f"        {library:<7} {line}" for library, line in sdk_lines(about).items()))
    )
