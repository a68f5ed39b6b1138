"""Commands for people and editors at work: help, the language server, completion."""

from __future__ import annotations

from terminal_sim.cli.grammar.words import Commands, add_command, add_format


def add_help(commands: Commands) -> None:
    words = add_command(
        commands, "help", "help", "the script language: its lines, and every name that they can say"
    )
    words.add_argument(
        "words",
        nargs="*",
        metavar="WORD",
        help="what the lines do that begin so (press, expect screen), what a name means (visa-credit, printer-jam), or a list:"
        " settings, values, keys, ids, fields, kinds, states, entries, messages, answers, scripts, rules, oracles, packs, faults, steps, lights, light-states,"
        " displays, cards, terminals, features, options, variables, times, exit-codes; all lines by default",
    )
    add_format(words)


def add_lsp(commands: Commands) -> None:
    lsp = add_command(
        commands, "lsp", "lsp", "the language server of .keys scripts, for editors; needs the extra lsp"
    )
    lsp.add_argument(
        "--stdio",
        action="store_true",
        help="by standard input and output, which is the only way; editors say it",
    )


def add_completion(commands: Commands) -> None:
    completion = add_command(
        commands, "completion", "completion", "what a shell needs to complete terminal-sim"
    )
    completion.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell; eval what is printed")
