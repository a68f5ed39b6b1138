"""Does acts at one terminal, each as its line in a script does it, and tells what each turned out to be."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from terminal_sim.bench import (
    Bench,
    BenchMisuse,
    Duration,
    JournalError,
    ProfileError,
    Role,
    TerminalUnderTest,
)
from terminal_sim.datafiles.suggest import close_word
from terminal_sim.explore.search.act import HOLD, PRESENTING, PRESS, PRESS_BLINDLY, TAP, WAIT, Act, is_digits
from terminal_sim.verbs import VERBS, BadScript, ExpectationFailed, Tester

_SCROLLING = {"DOWN": "older", "UP": "newer"}
_REFUSED = (BenchMisuse, BadScript, ExpectationFailed, JournalError, ProfileError)
_NAMED = re.compile(r'([a-z]+)="([^"]*)"')  # a value with its name stands behind all others


class ActRunner:
    """Acts at `terminal` of `bench`."""

    def __init__(self, bench: Bench, terminal: TerminalUnderTest) -> None:
        self._bench = bench
        self._terminal = terminal
        self._tester = Tester(bench, terminal)

    def run(self, act: Act, stops: Callable[[], bool] | None = None) -> list[Act]:
        """Does the act as far as it can be done here, and gives what was done.

        A key that the screen does not take is left out, but for the first one that whoever looks at the screen would press.

        What cannot be done at all gives nothing. Whatever else a firmware raises is passed on. A waiting ends when `stops` says so.
        """
        try:
            return self._waited(act, stops) if act[0] == WAIT else self._done(act)
        except _REFUSED:
            return []

    def _done(self, act: Act) -> list[Act]:
        word = act[0]
        if word in (PRESS, PRESS_BLINDLY):
            return self._pressed(act[1:], blindly=word == PRESS_BLINDLY)
        if word == TAP:
            return [act] if self._tapped(act[1]) else []
        if word == HOLD:
            return [act] if self._held(act[1], act[3]) else []
        if word in PRESENTING and not self._terminal.wants_card(PRESENTING[word]):
            return []
        if word == "insert" and self._terminal.card_in_slot:
            return []  # a person would be told that it is in already, and nothing would come of it
        for length in (2, 1, 3):
            verb = VERBS.get(act[:length])
            if verb is not None and len(act) >= length:
                named = [found for word in act[length:] if (found := _NAMED.fullmatch(word))]
                placed = act[length : len(act) - len(named)]
                getattr(self._tester, verb.method)(*placed, **{one[1]: one[2] for one in named})
                return [act]
        raise BadScript(f"{act[0]!r} is no verb: {close_word(act[0], [one[0] for one in VERBS])}")

    def _waited(self, act: Act, stops: Callable[[], bool] | None) -> list[Act]:
        began, wanted = self._bench.now.mono, Duration.parse(act[1])
        self._bench.advance(wanted, stops)
        passed = self._bench.now.mono - began
        return [act if passed == wanted else (WAIT, str(Duration(passed)))]

    def _pressed(self, words: Sequence[str], *, blindly: bool) -> list[Act]:
        done: list[Act] = []
        refused = ""
        keys = [key for word in words for key in (word if is_digits(word) else [word])]
        for key in keys:
            how = PRESS if self._terminal.takes(key) else PRESS_BLINDLY
            if self._terminal.profile.keypad.named(key) is None:
                continue
            if how == PRESS_BLINDLY and not blindly:
                if refused or not self._invites(key):
                    continue
                refused = key
            self._terminal.press(key)
            if done and done[-1][0] == how and is_digits(key) and is_digits(done[-1][-1]):
                done[-1] = (*done[-1][:-1], done[-1][-1] + key)
            elif done and done[-1][0] == how:
                done[-1] = (*done[-1], key)
            else:
                done.append((how, key))
        return done

    def _held(self, key: str, length: str) -> bool:
        """A key is held where the screen takes it."""
        taken = self._terminal.takes(key)
        if taken:
            self._tester.hold(key, for_=length)
        return taken

    def _invites(self, key: str) -> bool:
        """Whether the screen has a field for a digit or for what clears it, a button that stands for the key, or a way in for the green one."""
        shown = self._terminal.view()
        if is_digits(key) or key == "CLEAR":
            return shown.input is not None
        if key in _SCROLLING:
            return _SCROLLING[key] in shown.by_id
        if key == "OK" and shown.screen.id == "home":
            return bool(self._terminal.profile.home.confirm)
        return any(item.role is Role.BUTTON and item.key == key for item in shown.unplaced)

    def _tapped(self, target: str) -> bool:
        found = [item for item in self._terminal.view().unplaced if item.id == target and item.touchable]
        if len(found) != 1 or (found[0].key and found[0].id.startswith("key-")):
            return False
        self._terminal.touch(target)
        return True
