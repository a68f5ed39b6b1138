"""A scenario's pictures are stored on request, compared ever after, and what differs is kept to be looked at."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from terminal_sim.script.file_names import file_name
from terminal_sim.script.options import Options
from terminal_sim.script.results import RunResult, ScenarioOutcome

Runs = Callable[..., list[RunResult]]
HEAD = "keys 1\nterminal v400m\n"
SHOT = f'{HEAD}scenario "A"\n  press 5\n  screenshot "the home screen"\n'
UPDATE = Options(update_pictures=True)
NAME = "test--a--the-home-screen--v400m--en-ca--"


def stored_in(folder: Path) -> Path:
    (file,) = folder.glob("pictures/*.png")
    return file


def test_a_picture_that_is_not_stored_fails_and_says_how_to_store_it(ran: Runs, tmp_path: Path) -> None:
    (result,) = ran(SHOT, options=Options(out=tmp_path / "out"))
    assert result.outcome is ScenarioOutcome.UNMET
    assert 'the picture "the home screen" to be as it is stored' in result.text
    assert "store it with --update-pictures" in result.text
    (got,) = (tmp_path / "out").rglob("*.got.png")
    assert f"got         {got}" in result.text
    assert not (tmp_path / "pictures").exists()


def test_a_stored_picture_is_compared_and_a_difference_is_kept(ran: Runs, tmp_path: Path) -> None:
    options = Options(out=tmp_path / "out")
    (taken,) = ran(SHOT, options=UPDATE)
    stored = stored_in(tmp_path)
    assert stored.name.startswith(NAME)
    assert taken.pictures == {"the home screen": stored}
    assert [result.outcome for result in ran(SHOT, options=options)] == [ScenarioOutcome.HELD]
    assert not (tmp_path / "out").exists()
    (changed,) = ran(SHOT.replace("press 5", "press 6"), options=options)
    assert changed.outcome is ScenarioOutcome.UNMET
    assert 'input "6"' in changed.text
    for line in ("stored      ", "got         ", "difference  "):
        path = Path(next(part for part in changed.text.splitlines() if line in part).split(line)[1])
        assert path.read_bytes().startswith(b"\x89PNG")


def test_an_update_writes_what_changed_and_leaves_what_did_not(ran: Runs, tmp_path: Path) -> None:
    ran(SHOT, options=UPDATE)
    stored = stored_in(tmp_path)
    repacked = BytesIO()
    Image.open(stored).save(repacked, "PNG", compress_level=1)
    stored.write_bytes(repacked.getvalue())
    assert [result.outcome for result in ran(SHOT, options=UPDATE)] == [ScenarioOutcome.HELD]
    assert stored.read_bytes() == repacked.getvalue()
    ran(SHOT.replace("press 5", "press 6"), options=UPDATE)
    assert stored.read_bytes() != repacked.getvalue()


def test_what_changes_by_its_nature_is_left_out(ran: Runs) -> None:
    shot = SHOT.replace("press 5", "press OK 5").replace('screen"', 'screen" except id:amount')
    ran(shot, options=UPDATE)
    assert [result.outcome for result in ran(shot.replace("OK 5", "OK 6"))] == [ScenarioOutcome.HELD]
    (nothing,) = ran(shot.replace("id:amount", '"Nowhere"'))
    assert 'expected   "Nowhere" on the screen, to leave it out of the picture' in nothing.text


def test_a_clock_and_a_reference_are_hidden_in_a_picture_that_was_stored_with_them(ran: Runs) -> None:
    sale = "  press OK 1000 OK\n  swipe visa-stripe\n  expect screen id:approved\n"
    shot = f'{HEAD}scenario "A"\n{sale}  screenshot "paid"'
    ran(f"{shot}\n", options=UPDATE)
    later = shot.replace("  press OK 1000", "  wait 2min\n  press OK 1000")
    (plain,) = ran(f"{later}\n")
    assert plain.outcome is ScenarioOutcome.UNMET
    for hidden in (
        "except id:status-bar",
        "except /9:0\\d/",
        "except region:14,51,320x20",
        'except "Approved" except id:status-bar',
    ):
        assert [result.outcome for result in ran(f"{later} {hidden}\n")] == [ScenarioOutcome.HELD], hidden
    (elsewhere,) = ran(f"{later} except region:900,51,10x10\n")
    assert "expected   region:900,51,10x10 in the picture" in elsewhere.text
    assert "a picture of 348 x 565 pixels" in elsewhere.text


def size_of(file: Path | None) -> tuple[int, int]:
    assert file is not None
    with Image.open(file) as picture:
        return picture.size


def test_a_difference_is_kept_as_three_pictures_and_one(ran: Runs, tmp_path: Path) -> None:
    ran(SHOT, options=UPDATE)
    (changed,) = ran(SHOT.replace("press 5", "press 6"), options=Options(out=tmp_path / "out"))
    (found,) = changed.differing
    assert found.name == "the home screen"
    assert 'input "6"' in found.why
    assert [size_of(file) for file in (found.expected, found.got, found.differs)] == [(348, 565)] * 3
    assert size_of(found.side_by_side) == (3 * 348 + 2 * 16, 565)
    (missing,) = ran(SHOT.replace("home screen", "other"), options=Options(out=tmp_path / "out"))
    assert [(one.expected, one.got.is_file()) for one in missing.differing] == [(None, True)]


def test_pictures_may_stand_in_a_folder_of_their_own(ran: Runs, tmp_path: Path) -> None:
    kept = tmp_path / "elsewhere"
    inside = Options(update_pictures=True, pictures=kept, root=tmp_path.parent)
    ran(SHOT, options=inside)
    (file,) = kept.rglob("*.png")
    assert file.parent == kept / tmp_path.name / "test"
    assert [one.outcome for one in ran(SHOT, options=Options(pictures=kept, root=tmp_path.parent))] == [
        ScenarioOutcome.HELD
    ]
    ran(SHOT, options=Options(update_pictures=True, pictures=kept, root=tmp_path / "below"))
    assert len(list(kept.glob("test-*/*.png"))) == 1
    assert not (tmp_path / "pictures").exists()


def test_one_name_for_two_pictures_of_a_scenario_is_refused(ran: Runs) -> None:
    twice = f'{SHOT}  press CLEAR 6\n  screenshot "the home screen"\n'
    (result,) = ran(twice, options=UPDATE)
    assert "give each its own name" in result.text


def test_each_scenario_profile_locale_and_name_has_its_own_picture(ran: Runs, tmp_path: Path) -> None:
    titles = ["Sale", "sale", "Sale!", "Vente €", "Vente £", "販売", "会計", "x" * 300, "x" * 301]
    scenarios = "".join(f'scenario "{title}"\n  screenshot "a"\n  screenshot "A"\n' for title in titles)
    for locale in ("en-CA", "fr-CA"):
        ran(f"keys 1\nterminal v400m s1f2\nlocale {locale}\n{scenarios}", options=UPDATE)
    assert len(list((tmp_path / "pictures").iterdir())) == len(titles) * 2 * 2 * 2


def test_a_row_of_examples_has_a_picture_of_its_own_and_no_secret_in_its_name(
    ran: Runs, tmp_path: Path
) -> None:
    rows = "examples\n  | number |\n  | 4111111111111111 |\n  | 5555555555554444 |\n  | 5555555555554444 |\n"
    ran(f'{HEAD}scenario "A"\n  screenshot "x"\n  note "${{number}}"\n{rows}', options=UPDATE)
    names = [file.name for file in (tmp_path / "pictures").iterdir()]
    assert len(names) == 3
    assert not any("411111111" in name or "555555555" in name for name in names)


def test_a_file_name_is_plain_and_short_and_tells_its_parts_apart() -> None:
    names = {file_name(*parts) for parts in [("a", "b"), ("ab",), ("a-b",), ("a", "", "b"), ("A", "b")]}
    assert len(names) == 5
    assert file_name("é") == file_name("e\u0301")
    for name in (*names, file_name("../../etc\0/passwd\n", "販売", "w" * 500)):
        assert name.isascii()
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert len(name) < 250


def make_text(file: Path) -> None:
    file.write_text("no picture")


def make_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def make_link(file: Path) -> None:
    file.rename(file.with_name("other"))
    file.symlink_to(file.with_name("other"))


def make_half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-900])


def make_huge(file: Path) -> None:
    out = BytesIO()
    Image.new("1", (5_000, 5_000)).save(out, "PNG")
    file.write_bytes(out.getvalue())


def make_smaller(file: Path) -> None:
    out = BytesIO()
    Image.new("RGB", (20, 30)).save(out, "PNG")
    file.write_bytes(out.getvalue())


def folder_is_link(file: Path) -> None:
    file.parent.rename(file.parent.with_name("elsewhere"))
    file.parent.symlink_to("elsewhere")


def folder_is_file(file: Path) -> None:
    file.unlink()
    file.parent.rmdir()
    file.parent.write_text("")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (make_text, "it is no PNG"),
        (make_half, "it is a damaged PNG"),
        (make_folder, "it is no file of its own but a link or a folder"),
        (make_link, "it is no file of its own but a link or a folder"),
        (make_huge, "it is 5000 x 5000 pixels, more than any device has"),
        (make_smaller, "it was 20 x 30 pixels and is 348 x 565"),
        (folder_is_link, "it is a symbolic link"),
        (folder_is_file, "it is no folder"),
    ],
)
def test_a_stored_picture_that_is_none_is_one_sentence(
    ran: Runs, tmp_path: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    ran(SHOT, options=UPDATE)
    file = stored_in(tmp_path)
    spoil(file)
    (result,) = ran(SHOT)
    assert result.outcome is ScenarioOutcome.UNMET
    assert sentence in result.text
    assert str(file.parent) in result.text


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_one_sentence(ran: Runs, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir(mode=0o500)
    (result,) = ran(SHOT, options=UPDATE)
    assert result.outcome is ScenarioOutcome.UNMET
    assert "pictures need a folder that can be read and written" in result.text


def test_a_failure_keeps_the_picture_of_all_displays(ran: Runs, tmp_path: Path) -> None:
    text = 'keys 1\nterminal square-register\nscenario "A"\n  expect screen "Nowhere" within 1s\n'
    (result,) = ran(text, options=Options(out=tmp_path / "out"))
    (kept,) = (tmp_path / "out").rglob("*.png")
    assert f"  picture    {kept}\n" in result.text
    with Image.open(kept) as picture:
        assert picture.width > 2 * 640


def test_a_picture_of_a_failure_that_cannot_be_kept_is_told_and_changes_nothing(
    ran: Runs, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("")
    (result,) = ran(f'{HEAD}scenario "A"\n  remove card\n', options=Options(out=tmp_path / "out"))
    assert result.outcome is ScenarioOutcome.UNMET
    assert "  picture    not kept: " in result.text
