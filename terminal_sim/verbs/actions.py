"""The verbs that do something at a terminal. One that needs a screen or a reader waits for it, as expectations do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Literal

from terminal_sim.bench import Duration, Item, Role, Selector
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.display.picture import Picture
from terminal_sim.display.region import PREFIX as REGION
from terminal_sim.display.region import Region
from terminal_sim.verbs.signature import Keyword, Meaning, MinCount, ValueKind, verb
from terminal_sim.verbs.spelling import quoted
from terminal_sim.verbs.states import is_file, write_state
from terminal_sim.verbs.waiting import (
    BadScript,
    ScreenSnapshot,
    Waiting,
    duration,
    listed,
    number,
    selector,
)

Time = Annotated[Duration | str, ValueKind.TIME]
At = Annotated[
    str, ValueKind.READER, Keyword("at", "the reader, where there are several: its address, or its protocol")
]
Hidden = Selector | Region | str

# Nearly every screen takes it, so a screen that takes nothing else is not yet waiting for keys.
_ALWAYS_TAKEN = "CANCEL"


SHORTEST_SECRET = 3  # digits: fewer say nothing, and would be masked wherever a number is


class Actions(Waiting):
    """The verbs that change something."""

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
        # A key that is drawn on the screen is a key: what it types may be a secret.
        drawn = element.role is Role.KEY
        if not (self.terminal.press(element.key) if drawn else self.terminal.touch(element.id)):
            raise self._failure(f"the screen to take a touch of {wanted}", f"{element}, ignored", before)
        self._watch(before)

    @verb("insert", "insert visa-credit")
    def insert(self, card: Annotated[str, ValueKind.CARD], *, at: At = "") -> None:
        """Waits for a reader that takes a chip card and puts the card in; `at` names it where there are several."""
        self._present("insert", self.terminal.insert, "insert", card, at)

    @verb("tap-card", "tap-card visa-credit", "tap-card visa-credit beside interac-debit")
    def tap_card(
        self,
        card: Annotated[str, ValueKind.CARD],
        *,
        beside: Annotated[str, ValueKind.CARD, Keyword("beside", "another card that is held with it")] = "",
        at: At = "",
    ) -> None:
        """Waits for a reader that takes a contactless card and holds the card to it."""
        both = (("beside", beside),) if beside else ()
        self._present("tap", lambda name: self.terminal.tap(name, beside=beside), "tap-card", card, at, both)

    @verb("swipe", "swipe visa-stripe")
    def swipe(self, card: Annotated[str, ValueKind.CARD], *, at: At = "") -> None:
        """Waits for a reader that takes a stripe and swipes the card."""
        self._present("swipe", self.terminal.swipe, "swipe", card, at)

    @verb("remove card", "remove card")
    def remove_card(self) -> None:
        """Takes the card out of the slot."""
        with self._by_hand("remove card"):
            self.terminal.remove_card()

    @verb("tear card after", "tear card after genac1", "insert visa-credit", rehearsed=True)
    def tear_card(self, *step: Annotated[str, ValueKind.STEP]) -> None:
        """Has the next card taken away after `select gpo read genac1 online genac2` or `apdu N`."""
        with self._by_hand("tear card after", *step):
            self.terminal.tear_after(" ".join(step))

    @verb("network", "network down", rehearsed=True)
    def network(
        self,
        state: Annotated[
            Literal["up", "down", "wifi", "4g"],
            Meaning("the state of the link, or the kind that it has from now on"),
        ],
    ) -> None:
        """The terminal's own link: there, gone, or of another kind."""
        with self._by_hand("network", state):
            if state in ("up", "down"):
                self.terminal.network(state == "up")
            else:
                self.terminal.network_kind(state)

    @verb("network slow", "network slow 2s")
    def network_slow(self, time: Time) -> None:
        """Every answer takes `time` longer."""
        with self._by_hand("network slow", str(duration(time))):
            self.terminal.network_slow(duration(time))

    @verb("service", "service down")
    def service(self, state: Annotated[Literal["up", "down"], Meaning("whether it answers")]) -> None:
        """The payment service behind a link that is up."""
        with self._by_hand("service", state):
            self.terminal.service(state == "up")

    @verb("account standalone", "account standalone off", rehearsed=True)
    def account_standalone(
        self, state: Annotated[Literal["on", "off"], Meaning("whether the account allows it")]
    ) -> None:
        """The account's standalone mode: off, the terminal takes no payment, MOTO or refund that it begins itself."""
        with self._by_hand("account standalone", state):
            self.terminal.account(state == "on")

    @verb("pair", "pair EBCARJ")
    def pair(self, code: Annotated[str, ValueKind.NAME, Meaning("the code that its service gave")]) -> None:
        """A device code is typed into the terminal, which pairs it with the account of its service; only while that is served, as by `--pos square`."""
        with self._by_hand("pair", code):
            self.terminal.pair(code)

    @verb("host answers", "host answers declined:51 approved")
    def host_answers(self, *answers: Annotated[str, ValueKind.ANSWER]) -> None:
        """The next answers of the acquirer, in order."""
        with self._by_hand("host answers", *answers):
            self.bench.host_answers(answers)

    @verb("host sends", "host sends unblock-pin", "host sends 72 841E000008A1B2C3D4E5F60718")
    def host_sends(self, *script: Annotated[str, ValueKind.SCRIPT]) -> None:
        """The issuer adds a script for the card to its next answer to a chip.

        `71` or `72` says when the card gets it: before or after the final GENERATE AC. Each line is one script: a command that the issuer makes
        under secure messaging (`host sends change-pin 4321`; `help scripts` lists them), or commands as hex digits.
        """
        with self._by_hand("host sends", *script):
            self.bench.host_sends(script)

    @verb("host pack", "host pack adyen-amounts", rehearsed=True)
    def host_pack(self, name: Annotated[str, ValueKind.PACK]) -> None:
        """The acquirer answers by the endings of amounts of this pack from now on; `none` ends it."""
        with self._by_hand("host pack", name):
            self.bench.host_pack("" if name == "none" else name)

    @verb("order", 'order "Table 4" 2350', rehearsed=True)
    def order(
        self,
        text: Annotated[str, ValueKind.TEXT, Meaning("what was ordered")],
        amount: Annotated[int | str, ValueKind.COUNT, Meaning("its amount in minor units")],
    ) -> None:
        """An online order arrives at the service, which hands it over as soon as the terminal can be reached."""
        with self._by_hand("order", quoted(text), str(number(amount))):
            self.terminal.order(text, number(amount))

    @verb("wait", "wait 23h59min")
    def wait(self, time: Time) -> None:
        """Lets virtual time pass."""
        before = self._snapshot()
        limit = before.mono + duration(time)
        while self.bench.now.mono < limit:
            self._pass(limit, before)

    @verb("power", "power cut", "power on")
    def power(
        self, state: Annotated[Literal["off", "on", "cut"], Meaning("shut down, start, or cut")]
    ) -> None:
        """Orderly shut-down, start, or a power cut without warning."""
        with self._by_hand("power", state):
            {"off": self.terminal.power_off, "on": self.terminal.power_on, "cut": self.terminal.power_cut}[
                state
            ]()

    @verb("paper", "paper out", rehearsed=True)
    def paper(
        self, state: Annotated[Literal["out", "low", "in"], Meaning("used up, nearly so, or a new roll")]
    ) -> None:
        """The paper of the printer."""
        with self._by_hand("paper", state):
            self.terminal.paper(state)

    @verb("battery", "battery 5%", rehearsed=True)
    def battery(self, charge: Annotated[str, ValueKind.PERCENT]) -> None:
        """The charge of the battery: `5%`."""
        with self._by_hand("battery", charge):
            self.terminal.battery(percent(charge))

    @verb("fault", "fault wire drop 2", "fault printer-jam", rehearsed=True)
    def fault(
        self,
        name: Annotated[str, ValueKind.FAULT],
        *arguments: Annotated[
            str, ValueKind.VALUE, MinCount(0), Meaning("what the fault takes (`help faults`)")
        ],
    ) -> None:
        """A named fault of the bench's catalogue."""
        with self._by_hand("fault", name, *arguments):
            self.terminal.fault(name, *arguments)

    @verb("save state", "save state paid", 'save state "paid.state"')
    def save_state(self, name: Annotated[str, ValueKind.STATE]) -> None:
        """Keeps everything as it is now, in a file where it is quoted; a scenario that begins with `from state` goes on from here."""
        with self._by_hand("save state", quoted(name) if is_file(name) else name):
            saved = self.bench.save()
            if is_file(name):
                write_state(saved, name, self.folder)
            else:
                self.states[name] = saved

    @verb("let", "let total = 1250", "press ${total} OK")
    def let(
        self,
        name: Annotated[str, ValueKind.VARIABLE],
        *,
        is_: Annotated[str, ValueKind.ASSIGNED, Keyword("=")],
    ) -> None:
        """Gives a variable its value."""
        self.variables[name] = is_

    @verb("note", 'note "The customer has left."')
    def note(
        self, text: Annotated[str, ValueKind.TEXT, Meaning("what is noted; variables are filled in")]
    ) -> None:
        """A line in the report of the run."""
        self.notes.append(text)

    @verb("screenshot", 'screenshot "approved"', 'screenshot "history" except id:txn-1')
    def screenshot(
        self,
        name: Annotated[str, ValueKind.TEXT, Meaning("the name of the picture, one in its scenario")],
        *,
        except_: Annotated[
            Hidden | Sequence[Hidden],
            ValueKind.HIDDEN,
            Keyword("except", "what is hidden, since it changes by its nature", repeated=True),
        ] = (),
    ) -> Picture:
        """Takes a picture of all displays and lights, which must be as it is stored under this name.

        What each `except` names is hidden in both before they are compared: a time, a reference, whatever changes by its nature. It is
        visible text, a pattern, an id or `region:X,Y,WIDTHxHEIGHT` in pixels of the picture.
        """
        before = self._snapshot()
        if self._pictures is None:
            raise BadScript(
                "there is no place for pictures: a Tester takes one as pictures=StoredPictures(...)"
            )
        picture = self.terminal.picture()
        every = [hidden_part(one) for one in ([except_] if isinstance(except_, Hidden) else except_)]
        for hidden in every:
            if isinstance(hidden, Region):
                where, there = "in the picture", self._outside(hidden, picture)
            else:
                where = "on the screen"
                there = "" if picture.named(hidden) else self._closest(hidden)
            if there:
                raise self._failure(f"{hidden} {where}, to leave it out of the picture", there, before)
        picture = picture.without(*every)
        problem = self._pictures.problem(name, picture)
        if problem:
            raise self._failure(f'the picture "{name}" to be as it is stored', problem, before)
        return picture

    @staticmethod
    def _outside(region: Region, picture: Picture) -> str:
        """What is wrong with the place of a region; "" where some of it lies in the picture."""
        wide, deep = picture.size
        return "" if region.x < wide and region.y < deep else f"a picture of {wide} x {deep} pixels"

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

    def _present(
        self,
        how: Literal["insert", "tap", "swipe"],
        present: Callable[[str], None],
        word: str,
        card: str,
        at: str,
        more: tuple[tuple[str, str], ...] = (),
    ) -> None:
        if at:
            self.terminal.check_place(how, at)
        self._until(
            lambda: self.terminal.wants_card(how) or None,
            f"the terminal to ask for a card to {how}",
            lambda: "a screen that asks for none",
        )
        try:
            said = (*(part for pair in more for part in pair), *(("at", quoted(at)) if at else ()))
            with self._by_hand(word, card, *said):
                present(card)
        finally:
            named = self.terminal.card
            self.mask.hide(*(named.secret_texts if named is not None else ()))


def hidden_part(value: Hidden) -> Selector | Region:
    """What a picture leaves out. Raises `BadScript`."""
    if isinstance(value, str) and value.startswith(REGION):
        try:
            return Region.parse(value)
        except ValueError as wrong:
            raise BadScript(str(wrong)) from None
    return value if isinstance(value, Region) else selector(value)


def percent(text: str) -> int:
    """`5%` is 5. Raises `BadScript`."""
    charge = number(text.removesuffix("%"))
    if charge > 100 or not text.endswith("%"):
        raise BadScript(f"{text!r} is no charge: write 0% to 100%")
    return charge


def _digits(word: str) -> bool:
    return word.isascii() and word.isdigit()
