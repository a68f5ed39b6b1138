"""A misspelt word is answered with the known word that is most like it."""

from __future__ import annotations

from terminal_sim.datafiles.suggest import close_word, most_like, suggest


def test_the_suggestion_ends_an_error_message() -> None:
    assert suggest("prss", ["press", "hold"]) == "; did you mean 'press'?"


def test_nothing_alike_gives_no_suggestion() -> None:
    assert suggest("prss", ["expect", "note"]) == ""
    assert close_word("x", []) == ""


def test_capitals_do_not_matter_and_the_known_spelling_is_suggested() -> None:
    assert close_word("ok", ["CANCEL", "OK"]) == "OK"
    assert close_word("GREN", ["green"]) == "green"


def test_of_two_spellings_that_differ_in_capitals_the_first_is_suggested() -> None:
    assert close_word("aproved", ["Approved", "approved"]) == "Approved"


def test_the_text_most_alike_is_found_however_little_it_is_alike() -> None:
    assert most_like("Aproved", ["Declined", "approved", "Amount"]) == "approved"
    assert most_like("xyz", ["Declined"]) == "Declined"
    assert most_like("x", []) == ""
