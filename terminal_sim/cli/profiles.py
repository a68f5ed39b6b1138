"""`terminal-sim profiles`: what there is, what one says, what is wrong with it, and how its flows look."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from terminal_sim import profile as profiles
from terminal_sim.cli import UserError
from terminal_sim.cli.console import as_user_errors, options_of, print_table
from terminal_sim.datafiles.printable import printable
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.script.exit_code import ExitCode

if TYPE_CHECKING:
    from terminal_sim.bench import AnyFlow


_WIDEST = 40  # characters of a value in a table


def run(given: Namespace) -> int:
    actions = {
        "list": _list,
        "show": _show,
        "options": _options,
        "check": _check,
        "schema": _schema,
        "draw": _draw,
    }
    with as_user_errors(profiles.ProfileError):
        return actions[given.action](given)


def _list(_: Namespace) -> int:
    columns = ("Profile", "Model", "Languages", "Features")
    print_table("Terminals", columns, [_row(name) for name in profiles.names()])
    print_table("Variants, run where they are named", columns, [_row(name) for name in profiles.variants()])
    return 0


def _row(name: str) -> tuple[str, ...]:
    one = profiles.load(name)
    return name, f"{one.maker} {one.name}", " ".join(one.languages), " ".join(sorted(one.features))


def _show(given: Namespace) -> int:
    profile = profiles.load(given.profile)
    shown = (
        profiles.explain_kernel(profiles.kernel_file(profile.kernel))
        if given.kernel
        else profiles.explain(profile)
    )
    print(shown, end="")
    return 0


def _options(given: Namespace) -> int:
    profile = profiles.load(given.profile, options_of(given.options))
    rows = [(one.key, _short(printable(one.value)), one.meaning) for one in profiles.options(profile)]
    print_table(f"Options of {profile.id}", ("Option", "Value", "Meaning"), rows)
    return 0


def _short(value: str) -> str:
    """The beginning of a long list; `profiles show` has all of it."""
    return value if len(value) <= _WIDEST else f"{value[: _WIDEST - 3]}..."


def _check(given: Namespace) -> int:
    from terminal_sim.script.vocabulary import vocabulary

    faulty = False
    for name in given.profiles or profiles.names():
        try:
            vocabulary().load(name)
        except profiles.ProfileError as error:
            faulty = True
            print(error, file=sys.stderr)
        else:
            print(f"{name}: right")
    return ExitCode.WRONG if faulty else ExitCode.HELD


def _schema(given: Namespace) -> int:
    schema = profiles.kernel_schema() if given.kernel else profiles.schema()
    print(json.dumps(schema, indent=2, ensure_ascii=False))
    return 0


def _draw(given: Namespace) -> int:
    from terminal_sim.bench import flows as all_flows
    from terminal_sim.display import statechart as draw
    from terminal_sim.display.png import png

    kinds = {"mermaid": "mmd", "svg": "svg", "png": "png"}
    flows = _chosen(given.names, all_flows())
    if given.to is None and (given.format == "png" or (len(flows) > 1 and given.format == "svg")):
        raise UserError(f"{len(flows)} charts as {given.format} are files: say where with --to DIR")
    if given.to is not None:
        given.to.mkdir(parents=True, exist_ok=True)
    for name, flow in flows.items():
        drawn = draw.mermaid(flow) if given.format == "mermaid" else draw.svg(flow)
        if given.to is None:
            print(drawn if len(flows) == 1 else f"%% {name}\n{drawn}", end="\n" if len(flows) > 1 else "")
            continue
        file: Path = given.to / f"{name}.{kinds[given.format]}"
        file.write_bytes(png(drawn) if given.format == "png" else drawn.encode())
        print(file)
    return 0


def _chosen(names: Iterable[str], flows: Mapping[str, AnyFlow]) -> dict[str, AnyFlow]:
    """Flows by name; a profile's name stands for all flows of that terminal."""
    from terminal_sim.bench import flows_of
    from terminal_sim.script.vocabulary import vocabulary

    bundled = [*profiles.names(), *profiles.variants()]
    wanted: list[str] = []
    for name in names:
        if name in flows:
            wanted.append(name)
        elif name in bundled or profiles.is_path(name):
            wanted += flows_of(vocabulary().load(name))
        else:
            raise UserError(f"there is no flow or profile {name!r}{suggest(name, [*flows, *bundled])}")
    return {name: flows[name] for name in wanted or flows}
