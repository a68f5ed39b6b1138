"""`terminal-sim completion`: what bash, zsh and fish need to complete a command line, made of the argument parser.

The names of profiles, cards and languages stand in the script itself, so that a key press starts no program.
"""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from shlex import quote

from terminal_sim import profile
from terminal_sim.bench import Bench
from terminal_sim.cli.main import parser
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.script.reference import BY_WORD
from terminal_sim.script.verb_reference import verb_entries

_FOLDERS = ("DIR", "FOLDER")


@dataclass(frozen=True, slots=True)
class Values:
    """What may stand at a place: words, files or folders; none of them where it can be anything."""

    words: tuple[str, ...] = ()
    files: bool = False
    folders: bool = False


@dataclass(frozen=True, slots=True)
class CompletedOption:
    """`values` are what follows it, None for a switch."""

    flags: tuple[str, ...]
    about: str
    values: Values | None


@dataclass(frozen=True, slots=True)
class CompletedCommand:
    """A command by its words, such as `profiles draw`; `inner` are the words of its own commands with their helps."""

    words: tuple[str, ...]
    options: tuple[CompletedOption, ...]
    values: Values
    inner: Mapping[str, str]

    @property
    def path(self) -> str:
        return " ".join(self.words)


def run(given: Namespace) -> int:
    print(SHELLS[given.shell]([*commands_of(parser())]), end="")
    return ExitCode.HELD


def commands_of(command: argparse.ArgumentParser, words: tuple[str, ...] = ()) -> Iterator[CompletedCommand]:
    """The command and all that are within it."""
    options, values, inner = [], Values(), {}
    below: Mapping[str, argparse.ArgumentParser] = {}
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            below = action.choices
            inner = {each.dest: each.help or "" for each in action._choices_actions}
        elif action.option_strings:
            takes = action.nargs != 0
            about = (action.help or "").replace("%%", "%")
            options.append(
                CompletedOption(tuple(action.option_strings), about, _values(action) if takes else None)
            )
        else:
            values = _values(action)
    yield CompletedCommand(words, tuple(options), values, inner)
    for word, one in below.items():
        yield from commands_of(one, (*words, word))


def _values(action: argparse.Action) -> Values:
    """What an option or argument takes, by its choices, its name, or its place in a folder."""
    metavar = action.metavar if isinstance(action.metavar, str) else ""
    if action.choices:
        return Values(tuple(map(str, action.choices)))
    if action.dest in ("profile", "profiles"):
        return Values((*profile.names(), *profile.variants()), files=True)
    if action.dest == "card":
        with Bench() as bench:
            return Values(tuple(bench.card_names()))
    if action.dest == "locale":
        spoken = dict.fromkeys(each for name in profile.names() for each in profile.load(name).languages)
        return Values(tuple(spoken))
    if action.dest == "words":
        return Values(tuple(dict.fromkeys((*BY_WORD, *(one.name.split()[0] for one in verb_entries())))))
    folders = metavar in _FOLDERS
    return Values(files=metavar.startswith("FILE") and not folders, folders=folders)


def _bash(commands: Iterable[CompletedCommand]) -> str:
    every = [*commands]
    return f"""\
# bash completion for terminal-sim: eval "$(terminal-sim completion bash)"

_terminal_sim_words() {{
    local IFS=$' \\t\\n'
    COMPREPLY+=($(compgen -W "$1" -- "$current"))
}}

_terminal_sim_paths() {{
    local IFS=$'\\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY+=($(compgen "$1" -- "$current"))
}}

_terminal_sim() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} path="" word
    COMPREPLY=()
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$path $word" in
{_steps(every, "            {pattern}) path={path} ;;")}
        esac
    done
    case "$path:$before" in
{_after_options(every, _bash_values)}
    esac
    case "$path:$current" in
{_options(every, lambda words, _: f"_terminal_sim_words {quote(words)}")}
    esac
    case "$path" in
{_places(every, _bash_values, lambda inner: f"_terminal_sim_words {quote(' '.join(inner))}")}
    esac
}}

complete -F _terminal_sim terminal-sim
"""


def _bash_values(values: Values) -> str:
    parts = [f"_terminal_sim_words {quote(' '.join(values.words))}"] if values.words else []
    parts += ["_terminal_sim_paths -f"] if values.files else []
    parts += ["_terminal_sim_paths -d"] if values.folders else []
    return "; ".join(parts) or ":"


def _zsh(commands: Iterable[CompletedCommand]) -> str:
    every = [*commands]

    def described(inner: Mapping[str, str]) -> str:
        told = " ".join(quote(f"{word}:{about}") for word, about in inner.items())
        return f"list=({told}); _describe command list"

    return f"""\
#compdef terminal-sim
# zsh completion for terminal-sim: eval "$(terminal-sim completion zsh)" after compinit

_terminal_sim() {{
    local current=${{words[CURRENT]}} before=${{words[CURRENT - 1]}} at="" word
    local -a list
    for word in "${{(@)words[2,CURRENT - 1]}}"; do
        case "$at $word" in
{_steps(every, "            {pattern}) at={path} ;;")}
        esac
    done
    case "$at:$before" in
{_after_options(every, _zsh_values)}
    esac
    case "$at:$current" in
{_options(every, _zsh_options)}
    esac
    case "$at" in
{_places(every, _zsh_values, described)}
    esac
}}

compdef _terminal_sim terminal-sim
"""


def _zsh_values(values: Values) -> str:
    parts = [f"compadd -- {' '.join(map(quote, values.words))}"] if values.words else []
    parts += ["_files"] if values.files else []
    parts += ["_files -/"] if values.folders else []
    return "; ".join(parts) or ":"


def _zsh_options(_: str, command: CompletedCommand) -> str:
    told = " ".join(quote(f"{flag}:{one.about}") for one in command.options for flag in one.flags)
    return f"list=({told}); _describe option list"


def _steps(commands: Iterable[CompletedCommand], form: str) -> str:
    """How each word of the line leads from one command to the next."""
    return "\n".join(
        form.format(pattern=quote(f"{' '.join(one.words[:-1])} {one.words[-1]}"), path=quote(one.path))
        for one in commands
        if one.words
    )


def _after_options(commands: Iterable[CompletedCommand], told: Callable[[Values], str]) -> str:
    """What follows an option that takes a value."""
    return "\n".join(
        f"        {'|'.join(quote(f'{command.path}:{flag}') for flag in one.flags)}) {told(one.values)}; return ;;"
        for command in commands
        for one in command.options
        if one.values is not None
    )


def _options(commands: Iterable[CompletedCommand], told: Callable[[str, CompletedCommand], str]) -> str:
    """The options of each command, where a word that begins with - is typed."""
    return "\n".join(
        f"        {quote(f'{one.path}:')}-*)"
        f" {told(' '.join(flag for option in one.options for flag in option.flags), one)}; return ;;"
        for one in commands
    )


def _places(
    commands: Iterable[CompletedCommand],
    values: Callable[[Values], str],
    inner: Callable[[Mapping[str, str]], str],
) -> str:
    """The commands within a command, or its arguments."""
    return "\n".join(
        f"        {quote(one.path)}) {inner(one.inner) if one.inner else values(one.values)} ;;"
        for one in commands
    )


def _fish(commands: Iterable[CompletedCommand]) -> str:
    every = [*commands]
    lines = [
        "# fish completion for terminal-sim: terminal-sim completion fish > ~/.config/fish/completions/terminal-sim.fish",
        "",
        "function __terminal_sim_at",
        "    set -l at ''",
        "    for word in (commandline -opc)[2..-1]",
        '        switch "$at $word"',
        *(_fish_step(one) for one in every if one.words),
        "        end",
        "    end",
        '    test "$at" = "$argv[1]"',
        "end",
        "",
        "complete -c terminal-sim -f",
    ]
    for command in every:
        at = f"complete -c terminal-sim -n {quote(f'__terminal_sim_at {quote(command.path)}')}"
        lines += [f"{at} -a {quote(word)} -d {quote(about)}" for word, about in command.inner.items()]
        if not command.inner:
            lines += [f"{at} {part}" for part in _fish_values(command.values)]
        for one in command.options:
            flags = " ".join(
                f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in one.flags
            )
            takes = [" ".join(["-r", *_fish_values(one.values)])] if one.values is not None else []
            lines.append(" ".join([at, flags, *takes, f"-d {quote(one.about)}"]))
    return "\n".join(lines) + "\n"


def _fish_step(command: CompletedCommand) -> str:
    before, word = " ".join(command.words[:-1]), command.words[-1]
    return f"            case {quote(f'{before} {word}')}\n                set at {quote(command.path)}"


def _fish_values(values: Values) -> list[str]:
    parts = [f"-a {quote(' '.join(values.words))}"] if values.words else []
    parts += ["-F"] if values.files else []
    return parts + (["-a '(__fish_complete_directories)'"] if values.folders else [])


SHELLS: Mapping[str, Callable[[Iterable[CompletedCommand]], str]] = {
    "bash": _bash,
    "zsh": _zsh,
    "fish": _fish,
}
