"""The variables that every line may name: what is known of the card last named, and the passcodes that the terminal was delivered with."""

from __future__ import annotations

from collections.abc import Iterable

from terminal_sim.bench import Profile, TerminalUnderTest

CARD_VARIABLES = ("card.pin", "card.pan", "card.last4", "card.expiry", "card.cvc")
_PASSCODE = "passcode."


def built_in(terminal: TerminalUnderTest) -> dict[str, str]:
    """`card.pin` and its like, those that the card last named has, and `passcode.admin` and its like."""
    return {**_of_card(terminal), **_of_profile(terminal.profile)}


def passcode_variables(profiles: Iterable[Profile]) -> frozenset[str]:
    """The names of the passcodes that all these profiles are delivered with."""
    names = [frozenset(f"{_PASSCODE}{name}" for name in profile.passcodes) for profile in profiles]
    return frozenset.intersection(*names) if names else frozenset()


def _of_card(terminal: TerminalUnderTest) -> dict[str, str]:
    card = terminal.card
    if card is None:
        return {}
    secrets = {"card.pan": card.pan, "card.pin": card.pin, "card.cvc": card.cvc}
    known = {name: secret.reveal() for name, secret in secrets.items() if secret is not None}
    return {**known, "card.last4": card.last4, "card.expiry": card.expiry_mmyy}


def _of_profile(profile: Profile) -> dict[str, str]:
    return {f"{_PASSCODE}{name}": passcode.code for name, passcode in profile.passcodes.items()}
