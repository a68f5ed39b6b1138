"""The words of the page: every one that its modules say is there, in both languages, with the same places."""

from __future__ import annotations

import re
from importlib.resources import files

from terminal_sim.web.files import page_files, words

_SAID = re.compile(r'say\("([\w-]+)"[,)]')
_PLACE = re.compile(r"\{\w+\}")


def test_both_languages_have_the_same_words_with_the_same_places() -> None:
    english, french = words()["en"], words()["fr"]
    assert english.keys() == french.keys()
    assert [
        name
        for name in english
        if sorted(_PLACE.findall(english[name])) != sorted(_PLACE.findall(french[name]))
    ] == []


def test_every_word_that_the_page_says_is_there() -> None:
    modules = [path for path in (files("terminal_sim.web") / "page").iterdir() if path.name.endswith(".js")]
    said = {name for module in modules for name in _SAID.findall(module.read_text("utf-8"))}
    assert said - words()["en"].keys() == set()


def test_a_module_of_the_page_is_of_one_idea_and_writes_no_html() -> None:
    for path, (body, _) in page_files().items():
        if path.endswith(".js") and "vendor" not in path and "wordings" not in path:
            assert body.count(b"\n") < 400, path
            assert b"innerHTML" not in body, path
