"""A view shows everything inside its display, and a selector finds what a person would point at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from terminal_sim import profile
from terminal_sim.core.config import Profile
from terminal_sim.core.screen import Choice, QrCode, Screen, TextLine, Title, Tone
from terminal_sim.core.text import say
from terminal_sim.display.metrics import width
from terminal_sim.display.texts import Texts
from terminal_sim.display.view import Role, Selector, SelectorError, View, view

Show = Callable[..., View]


def ids(found: View, selector: str, *, touch: bool = False) -> list[str]:
    return [item.id for item in found.matches(Selector.parse(selector), touch=touch)]


def test_nothing_is_outside_the_display_and_nothing_overlaps(
    screen: Screen, terminal: Profile, texts: Texts, locale: str
) -> None:
    shown = view(screen, terminal, texts, locale)
    display = terminal.displays["main"]
    boxes = [item.bounds for item in shown.items]
    for x, y, wide, tall in boxes:
        assert x >= 0
        assert y >= 0
        assert x + wide <= display.width + 0.01
        assert y + tall <= display.height + 0.01
    for at, (x, y, wide, tall) in enumerate(boxes):
        for other_x, other_y, other_wide, other_tall in boxes[at + 1 :]:
            apart = min(x + wide, other_x + other_wide) - max(x, other_x) <= 0.01
            below = min(y + tall, other_y + other_tall) - max(y, other_y) <= 0.01
            assert apart or below


def test_every_line_of_text_is_inside_its_item(
    screen: Screen, terminal: Profile, texts: Texts, locale: str
) -> None:
    for placed in view(screen, terminal, texts, locale).placed:
        x, y, wide, tall = placed.item.bounds
        for run in placed.runs:
            long = width(run.text, bold=run.bold) * run.size
            left = {"start": run.x, "middle": run.x - long / 2, "end": run.x - long}[run.anchor]
            assert x - 0.01 <= left
            assert left + long <= x + wide + 0.01
            assert y <= run.y - run.size * 0.75
            assert run.y + run.size * 0.24 <= y + tall + 0.01


def test_the_lines_of_an_item_hold_all_its_letters(
    screen: Screen, terminal: Profile, texts: Texts, locale: str
) -> None:
    for placed in view(screen, terminal, texts, locale).placed:
        drawn = sorted("".join(run.text for run in placed.runs).replace(" ", ""))
        assert drawn == sorted(placed.item.wording.replace(" ", ""))


def test_the_text_is_a_frame_at_the_width_of_the_display(
    screen: Screen, terminal: Profile, texts: Texts, locale: str
) -> None:
    shown = view(screen, terminal, texts, locale)
    lines = shown.text.splitlines()
    tabs = " | ".join(f"<{i.text}>" if i.tile else i.text for i in shown.items if i.role is Role.TAB)
    assert {len(line) for line in lines} == {max(terminal.displays["main"].columns, len(tabs)) + 4}
    assert "SIMULATOR" in lines[0]
    assert lines[0].strip("+-") == " SIMULATOR "
    assert set(lines[-1]) == {"+", "-"}


def test_each_tab_is_one_line_as_wide_as_its_name_and_all_stand_in_one_row(show: Show, locale: str) -> None:
    shown = show("tabs", locale=locale)
    tabs = [placed for placed in shown.placed if placed.item.role is Role.TAB]
    assert [len(placed.runs) for placed in tabs] == [1] * 4
    assert len({placed.item.bounds[1] for placed in tabs}) == 1
    longest, shortest = (
        pick(tabs, key=lambda placed: width(placed.item.text, bold=True)) for pick in (max, min)
    )
    assert longest.item.bounds[2] > shortest.item.bounds[2]
    assert shown.text.splitlines()[-2].count("|") == 5


def test_letters_of_a_wide_display_are_as_large_as_its_height_allows(texts: Texts) -> None:
    loaded = profile.load("square-register")
    asking = Screen("asking", (TextLine(say("present-card"), tone=Tone.BIG),))
    sizes = {
        placed.runs[0].size
        for display in ("seller", "customer")
        for placed in view(asking, loaded, texts, "en-CA", display).placed
    }
    heights = {loaded.displays[display].height for display in ("seller", "customer")}
    assert sizes == {height / 20 * 1.6 for height in heights}


def test_the_text_holds_every_letter_of_the_screen(
    screen: Screen, terminal: Profile, texts: Texts, locale: str
) -> None:
    shown = view(screen, terminal, texts, locale)
    drawn = "".join(line[2:-2] for line in shown.text.splitlines()[1:-1]).replace(" ", "")
    for item in shown.items:
        if item.role is not Role.KEY:
            for word in item.wording.split():
                assert word in drawn


def test_a_screen_in_characters(show: Show) -> None:
    shown = show("amount", locale="fr-CA")
    keypad = replace(shown.profile.keypad, layout=(("1", "2", "3"), ("CLEAR", "0", "OK")))
    shown = replace(shown, profile=replace(shown.profile, keypad=keypad))
    assert shown.text.replace("\u00a0", " ") == (
        "+----------- SIMULATOR ------------+\n"
        "| Montant                          |\n"
        "| -------------------------------- |\n"
        "|                     99 999,99 $_ |\n"
        "|    Le montant maximal est de     |\n"
        "|            5 000,00 $            |\n"
        "|           [1] [2] [3]            |\n"
        "|           [⌫] [0] [✓]            |\n"
        "| [Confirmer] [Annuler]            |\n"
        "+----------------------------------+"
    )


def test_a_keypad_of_real_keys_is_not_on_the_screen(show: Show) -> None:
    assert all(item.role is not Role.KEY for item in show("amount", model="v400m").items)


@pytest.mark.parametrize(
    ("meaning", "screen", "locale", "selector", "found"),
    [
        ("exact text", "home", "en-CA", "Payment", ["payment"]),
        ("text in quotes", "home", "en-CA", '"Payment"', ["payment"]),
        ("part of a text", "home", "en-CA", "offline", ["banner-network"]),
        ("case matters", "home", "en-CA", "ADMIN", []),
        ("the other language", "home", "en-CA", "Paiement", ["payment"]),
        ("the other language, in part", "home", "en-CA", "hors ligne", ["banner-network"]),
        ("an amount as the other language writes it", "present-card", "en-CA", "10,00 $", ["sum"]),
        ("a no-break space is a space", "present-card", "fr-CA", "10,00 $", ["sum"]),
        ("exact goes before contained", "transaction", "fr-CA", "Annuler", ["cancel"]),
        ("contained where nothing is exact", "transaction", "fr-CA", "Annuler la", ["void"]),
        ("an id of an element", "present-card", "en-CA", "id:sum", ["sum"]),
        ("an id of the screen and an element", "present-card", "en-CA", "id:present-card", ["present-card"] * 2),
        ("an id of nothing", "present-card", "en-CA", "id:nothing", []),
        ("a pattern", "history", "en-CA", "/^2:03.*1,234/", ["txn-1"]),
        ("a pattern in the other language", "history", "en-CA", "/ 1 234,50 /", ["txn-1"]),
        ("a detail", "history", "en-CA", "Completed", ["txn-1", "txn-3", "txn-5"]),
        ("a page", "history", "en-CA", "1-6 / 12", [""]),
        ("what is typed", "amount", "en-CA", "$99,999.99", ["amount"]),
        ("a key is no text of the screen", "amount", "en-CA", "7", []),
        ("a key by its id", "amount", "en-CA", "id:key-7", ["key-7"]),
    ],
)  # fmt: skip
def test_a_selector_finds(
    meaning: str, screen: str, locale: str, selector: str, found: list[str], show: Show
) -> None:
    assert ids(show(screen, locale=locale), selector) == found, meaning


def test_a_touch_finds_only_what_can_be_touched(show: Show) -> None:
    shown = show("amount")
    assert ids(shown, "id:amount", touch=True) == []
    assert [item.key for item in shown.matches(Selector.parse("7"), touch=True)] == ["7"]
    assert [item.key for item in shown.matches(Selector.parse("Confirm"), touch=True)] == ["OK"]


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("/(/", "/(/ is no regular expression"),
        ("id:", "'id:' names nothing"),
        ('""', "names nothing"),
        ("", "'' names nothing"),
    ],
)
def test_a_selector_that_cannot_be_read_is_refused(written: str, says: str) -> None:
    with pytest.raises(SelectorError) as caught:
        Selector.parse(written)
    assert says in str(caught.value)


@pytest.mark.parametrize("written", ['"Card number"', "/a+/", "id:present-card", '"a single /"'])
def test_a_selector_reads_back_as_it_is_written(written: str) -> None:
    assert str(Selector.parse(written)) == written


def test_quotes_inside_quotes_are_escaped() -> None:
    assert Selector.parse(r'"say \"hi\" \\"').value == 'say "hi" \\'


def test_a_display_without_touch_has_nothing_to_touch(texts: Texts) -> None:
    loaded = profile.load("s1f2")
    blunt = replace(loaded, displays={"main": replace(loaded.displays["main"], touch=False)})
    menu = Screen("menu", (Choice("print", say("print")),))
    assert [item.touchable for item in view(menu, blunt, texts, "en-CA").items] == [False]


def test_an_unknown_display_is_named(texts: Texts) -> None:
    with pytest.raises(LookupError, match="S1F2 has no display 'customer'; it has main"):
        view(Screen("home"), profile.load("s1f2"), texts, "en-CA", "customer")


def test_a_text_that_two_choices_have_is_found_twice(texts: Texts) -> None:
    twice = Screen("twice", (Choice("a", say("print")), Choice("b", say("print"))))
    shown = view(twice, profile.load("s1f2"), texts, "en-CA")
    assert ids(shown, "Print", touch=True) == ["a", "b"]


def test_a_code_on_a_wide_display_leaves_the_letters_their_size(texts: Texts) -> None:
    loaded = profile.load("square-register")
    elements = (Title("status", say("status")), QrCode("status-page", "https://issquareup.com"))
    shown = view(Screen("status", elements), loaded, texts, "en-CA", "seller")
    title, code = shown.placed
    _, _, wide, tall = code.item.bounds
    assert wide == tall == loaded.displays["seller"].height / 2
    assert title.runs[0].size == loaded.displays["seller"].height / 20 * 1.1
