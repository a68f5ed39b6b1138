"""Kernel files: what an acquirer loads for cards is data, named by a profile and checked with the place of what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_sim import flows, profile
from terminal_sim.datafiles.bundled import bundled
from terminal_sim.display.texts import Texts
from terminal_sim.profile import ProfileError
from terminal_sim.profile.kernel import kernel_config, kernel_names
from terminal_sim.secret import Secret

FLOWS = flows.load()
TEXTS = Texts.load()


def kernel(folder: Path, added: str = "", name: str = "mine.toml") -> Path:
    file = folder / name
    file.write_text(f'extends = "test-acquirer"\n{added}', encoding="utf-8")
    return file


def test_a_bundled_kernel_file_is_named_by_an_option() -> None:
    loaded = profile.load("v400m", {"kernel": "offline-capable"})
    profile.check(loaded, FLOWS, TEXTS)
    by_brand = {one.brand: one for one in kernel_config(loaded, "T1").applications}
    visa, interac = by_brand["visa"], by_brand["interac"]
    assert (visa.floor_limit, visa.threshold, visa.target_percent) == (10_000, 3_000, 20)
    assert (visa.contactless_floor_limit, visa.contactless_cvm_limit) == (5_000, 25_000)
    assert (interac.floor_limit, interac.contactless_floor_limit) == (0, 0)


@pytest.mark.parametrize("name", kernel_names())
def test_an_explained_kernel_file_reads_back_as_the_same(tmp_path: Path, name: str) -> None:
    told = profile.explain_kernel(profile.kernel_file(name))
    (tmp_path / "kernels").mkdir()
    (tmp_path / "keys").symlink_to(bundled() / "keys")
    for listed in (bundled() / "kernels").glob("*.txt"):
        (tmp_path / "kernels" / listed.name).write_bytes(listed.read_bytes())
    file = tmp_path / "kernels" / "again.toml"
    file.write_text(told, encoding="utf-8")
    assert profile.kernel_file(str(file)) == profile.kernel_file(name)


def test_a_path_is_that_beside_the_file_which_names_it(tmp_path: Path) -> None:
    kernel(tmp_path, "floor_limit = 700\n")
    (tmp_path / "till.toml").write_text('extends = "v400m"\nkernel = "./mine.toml"\n', encoding="utf-8")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "own.toml").write_text('extends = "../till"\n', encoding="utf-8")
    for file in ("till.toml", "deeper/own.toml"):
        loaded = profile.load(tmp_path / file)
        assert {one.floor_limit for one in kernel_config(loaded, "T1").applications} == {700}


def test_a_profile_that_names_no_kernel_file_points_to_its_line(tmp_path: Path) -> None:
    file = tmp_path / "till.toml"
    file.write_text('extends = "v400m"\nkernel = "test-aquirer"\n', encoding="utf-8")
    with pytest.raises(ProfileError) as caught:
        profile.check(profile.load(file), FLOWS, TEXTS, file=file)
    assert (
        str(caught.value)
        == f"{file}:2:10: kernel: there is no kernel file 'test-aquirer'; did you mean 'test-acquirer'?"
    )


ONE = '[[applications]]\naid = "A0000000031010"\nbrand = "visa"\n'
LIMITS = "[[applications.reader_limits]]\n"
PROGRAM = f'{LIMITS}program = "31"\n'


@pytest.mark.parametrize(
    ("added", "says"),
    [
        ('terminal_type = "29"\n', "2:17: terminal_type: '29' is none"),
        ('capabilities = "E0"\n', "2:16: capabilities: 3 bytes in hexadecimal, not 'E0'"),
        ("floor_limit = -1\n", "2:15: floor_limit: an amount in minor units, 0 to 4294967295, not -1"),
        ("applications = []\n", "2:16: applications: at least one"),
        (f"{ONE}{ONE}", "2:1: applications: A0000000031010 stands there twice"),
        (f"{ONE}{LIMITS}program = '3'\n", "6:11: applications[0].reader_limits[0].program: 1 to 16 bytes"),
        (f"{ONE}{LIMITS}program = '31'\nstatus_check = 1\n", "7:16: applications[0].reader_limits[0].status_check"),
        (f"{ONE}{2 * PROGRAM}", "5:1: applications[0].reader_limits: the program 31 stands there twice; leave one out"),
        (f'{ONE}aid2 = "A0"\n', "5:1: applications[0].aid2: unknown key; did you mean 'aid'?"),
        (f'{ONE}tac_denial = "00"\n', "5:14: applications[0].tac_denial: 5 bytes in hexadecimal, not '00'"),
        (f'{ONE}ttq = "36"\n', "5:7: applications[0].ttq: 4 bytes in hexadecimal, not '36'"),
        (f"{ONE}target_percent = 100\n", "5:18: applications[0].target_percent: 0 to 99 percent, not 100"),
        (f"{ONE}target_percent = 9\n", "2:1: applications[0].max_target_percent: at least the 9"),
        (f"{ONE}floor_limit = 5\nthreshold = 5\n", "2:1: applications: application 1 (A0000000031010) has threshold 5"),
        (f'{ONE}default_ddol = "9F02"\n', "5:16: applications[0].default_ddol: the list ends within an entry"),
        (f'{ONE}default_ddol = "9F0206"\n', "5:16: applications[0].default_ddol: it must ask for the unpredictable"),
        (f'{ONE}elements = {{ XY = "00" }}\n', "5:19: applications[0].elements.XY: a tag in hexadecimal"),
        ("cda_mode = 5\n", "2:12: cda_mode: 5 is not one of 1, 2, 3, 4"),
        ('ca_keys = "none.toml"\n', "2:11: ca_keys: there is no file 'none.toml' in the folder"),
        ('exceptions = "none.txt"\n', "2:14: exceptions: there is no file 'none.txt' in the folder"),
    ],
)  # fmt: skip
def test_a_kernel_file_that_no_kernel_could_use_is_refused(tmp_path: Path, added: str, says: str) -> None:
    file = kernel(tmp_path, added)
    with pytest.raises(ProfileError) as caught:
        profile.kernel_file(str(file))
    assert str(caught.value).startswith(f"{file}:{says}")


def test_the_exception_file_is_read_and_its_errors_show_no_number(tmp_path: Path) -> None:
    listed = tmp_path / "stolen.txt"
    listed.write_text("# stolen\n4000 0000 0000 0044  # in May\n\n", encoding="utf-8")
    file = kernel(tmp_path, 'exceptions = "stolen.txt"\n')
    loaded = profile.load("v400m", {"kernel": str(file)})
    assert kernel_config(loaded, "T1").exceptions == {Secret("4000000000000044")}
    for wrong, what in (("4000000000000045", "the last digit"), ("40000000000000x4", "12 to 19 digits")):
        listed.write_text(f"# stolen\n{wrong}\n", encoding="utf-8")
        with pytest.raises(ProfileError, match=f"stolen.txt:2:1: .*{what}") as caught:
            profile.kernel_file(str(file))
        assert wrong not in str(caught.value)


def test_the_bundled_online_kernel_file_sends_everything_to_the_issuer() -> None:
    config = kernel_config(profile.load("v400m"), "T1")
    assert {one.floor_limit for one in config.applications} == {0}
    assert {one.contactless_cvm_limit for one in config.applications} == {25_000}
    assert (config.terminal_type, config.capabilities.hex().upper()) == ("22", "E0F8C8")
    assert config.exceptions == frozenset()


def test_the_bundled_kernel_files_have_test_keys_alone() -> None:
    for name in kernel_names():
        config = kernel_config(profile.load("v400m", {"kernel": name}), "T1")
        assert config.ca_keys
        assert all(one.test for one in config.ca_keys)
