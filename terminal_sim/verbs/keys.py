"""The verbs of keypad and touch screen. Each waits for a screen that takes it, as expectations do."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

from terminal_sim.bench import Duration, Item, Role, Selector
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.verbs.signature import Keyword, ValueKind, verb
from terminal_sim.verbs.waiting import BadScript, ScreenSnapshot, Waiting, duration, listed, selector

# Nearly every screen takes it, so a screen that takes nothing else is not yet waiting for keys.
_ALWAYS_TAKEN = "CANCEL"

SHORTEST_SECRET = 3  # digits: fewer say nothing, and would be masked wherever a number is


class KeyVerbs(Waiting):
    """The verbs by which keys are pressed and elements of the screen touched."""

    @verb("press", "press 1000 OK", "press GREEN")
    def press(self, *keys: Annotated[str, ValueKind.KEYS]) -> None:
        """Waits until the screen takes keys and presses them; a key that the settled screen ignores fails.

        Digits spell themselves (`1000`), the other keys have names in capitals or a colour of the profile.
        """
        hidden = ""
        for key in self._spelled(keys):
            takes = f'the screen to take the key "{key}"'
            self._until(partial(self._takes_keys, key), takes, lambda: "a screen that takes no keys")
            hidden = self._hidden_with(hidden, key)
            before = self._beginning() if self._forbidden else None
            if not self.terminal.press(key):
                raise self._failure(takes, self._what_it_takes(), before or self._beginning())
            if before is not None:
                self._watch(before)

    @verb("press!", "press! 12 OK")
    def press_blindly(self, *keys: Annotated[str, ValueKind.KEYS]) -> None:
        """Presses keys whatever the screen shows; those that it ignores are lost."""
        for key in self._spelled(keys):
            before = self._snapshot()
            self.terminal.press(key)
            self._watch(before)

    @verb("hold", "hold CANCEL for 3s")
    def hold(
        self,
        key: Annotated[str, ValueKind.KEY],
        *,
        for_: Annotated[Duration | str, ValueKind.TIME, Keyword("for", "how long the key is held")],
    ) -> None:
        """Keeps a key down for a while; a key that the settled screen ignores fails."""
        before = self._snapshot()
        with self._by_hand("hold", key, "for", str(duration(for_))):
            taken = self.terminal.hold(self._key(key), duration(for_))
        if not taken:
            raise self._failure(f'the screen to take the key "{key}"', self._what_it_takes(), before)

    @verb("tap", 'tap "Payment"', "tap id:confirm", "tap /^Charge/")
    def tap(self, what: Annotated[Selector | str, ValueKind.TARGET]) -> None:
        """Waits for something on the screen and touches it; where two things match it says which."""
        wanted = selector(what)
        before = self._snapshot()
        element = self._until(
            lambda: self._touchable(wanted, before),
            f"to touch {wanted}",
            lambda: self._not_touchable(wanted),
        )
        if not self._touches(element):
            raise self._failure(f"the screen to take a touch of {wanted}", f"{element}, ignored", before)
        self._watch(before)

    @verb("tap!", "tap! id:void")
    def tap_blindly(self, what: Annotated[Selector | str, ValueKind.TARGET]) -> None:
        """Touches something where the screen shows it now; where it does not, or ignores it, the touch is lost."""
        before = self._snapshot()
        element = self._touchable(selector(what), before)
        if element is not None:
            self._touches(element)
        self._watch(before)

    def _touches(self, element: Item) -> bool:
        """Touch it. A key that is drawn on the screen is a key: what it types may be a secret."""
        drawn = element.role is Role.KEY
        return self.terminal.press(element.key) if drawn else self.terminal.touch(element.id)

    def _hidden_with(self, typed: str, key: str) -> str:
        """What is being typed into a field that hides it, with one more key; it is masked from now on."""
        field = self.terminal.view().screen.input if _digits(key) else None
        if field is None or not field.shown.secret:
            return ""
        typed += key
        if len(typed) >= SHORTEST_SECRET:
            self.mask.hide(typed)
        return typed

    def _spelled(self, words: tuple[str, ...]) -> list[str]:
        return [key for word in words for key in ([*word] if _digits(word) else [self._key(word)])]

    def _key(self, word: str) -> str:
        key = self.terminal.key_named(word)
        if key is None:
            keys = self._keys()
            raise BadScript(
                f"{self.terminal.profile.id} has no key {word!r}{suggest(word, keys)}; it has {' '.join(keys)}"
            )
        return key

    def _keys(self) -> list[str]:
        return [key for row in self.terminal.profile.keypad.layout for key in row]

    def _taken(self) -> list[str]:
        return [key for key in self._keys() if self.terminal.takes(key)]

    def _what_it_takes(self) -> str:
        return f"a screen that takes {' '.join(self._taken()) or 'no keys'}"

    def _takes_keys(self, wanted: str) -> Literal[True] | None:
        """True where the screen takes this key, or at least waits for others."""
        return self.terminal.takes(wanted) or any(key != _ALWAYS_TAKEN for key in self._taken()) or None

    def _touchable(self, wanted: Selector, before: ScreenSnapshot) -> Item | None:
        """The one element to touch; raises `ExpectationFailed` where there are two or more."""
        found = self.terminal.view().matches(wanted, touch=True)
        if len(found) > 1:
            raise self._failure(f"{wanted} to be one thing on the screen", listed(found), before)
        return found[0] if found else None

    def _not_touchable(self, wanted: Selector) -> str:
        """Why nothing was touched, for a failure."""
        seen = self.terminal.view().matches(wanted)
        return f"{listed(seen)}, which cannot be touched" if seen else self._closest(wanted)


def _digits(word: str) -> bool:
    return word.isascii() and word.isdigit()
