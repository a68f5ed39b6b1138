"""`terminal-sim readers serve`: a reader for other programs, with hands that obey typed lines. One of those programs is ours."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from terminal_drivers.base import CardAbsent, CardRemoved, Change, Misuse
from terminal_drivers.readers.ccid.pin import PinVerify
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.magstripe.hid import VENDOR
from terminal_drivers.readers.vivotech.reader import VivotechReader
from terminal_drivers.wiring.opening import open_host
from terminal_drivers.wiring.serving import serve
from tests.drivers.transports.test_usbip import IMPORT, RECORD, exactly, reply, submit
from tests.interop.daemon import Told

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'drivers'}"}
PROGRAM = (sys.executable, "-m", "terminal_sim")
CARD_REFUSES, PAD_CANCELLED = b"\x69\x84", b"\x64\x01"  # before SELECT; PC/SC part 10, 2.5.4
SELECT = bytes.fromhex("00A404000E315041592E5359532E444446303100")

SALE = """\
keys 1
terminal v400m

scenario "A sale on a real reader"
  tap /Start|Payment/
  press 1000 OK
  insert visa-credit
  expect screen "Approved"
  expect host sale amount=1000 count=1
  remove card
"""


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "reader"


@pytest.fixture
def served(link: Path) -> Iterator[Told]:
    """A served reader in a process of its own, with its introduction read."""
    arguments = [*PROGRAM, "readers", "serve", "ccid+pty:", "--link", str(link)]
    with Told(arguments, ENVIRONMENT, stdin=True) as told:
        told.until(
            f"DEVICENAME   {link}:GemPCTwin\nLIBPATH      /usr/lib/pcsc/drivers/serial/libccidtwin.so\n"
        )
        yield told


def done(served: Told, line: str) -> None:
    served.tell(line)
    served.until(f"# done: {line}\n")


@pytest.fixture
def host(served: Told, link: Path) -> Iterator[CcidReader]:  # noqa: ARG001 - the link is there once it is served
    reader = open_host(f"ccid+serial:{link}")
    assert isinstance(reader, CcidReader)
    yield reader
    reader.close()


def test_cards_come_and_go_by_typed_lines(served: Told, host: CcidReader) -> None:
    slot = host.slots[0]
    assert not slot.present()
    done(served, "insert visa-credit")
    assert slot.present()
    assert slot.power_on()[0] == 0x3B
    assert slot.transmit(SELECT)[-2:] == b"\x90\x00"
    done(served, "remove")
    with pytest.raises(CardRemoved):
        slot.transmit(SELECT)
    assert [each.change for each in host.poll()] == [Change.INSERTED, Change.REMOVED]


def test_a_card_is_torn_after_a_step_or_a_command(served: Told, host: CcidReader) -> None:
    slot = host.slots[0]
    for after in ("select", "1"):
        done(served, "insert visa-credit")
        done(served, f"tear {after}")
        slot.power_on()
        assert slot.transmit(SELECT)[-2:] == b"\x90\x00", "the command itself is answered"
        with pytest.raises(CardRemoved):
            slot.transmit(SELECT)
        with pytest.raises(CardAbsent):
            slot.power_on()


def test_a_line_that_cannot_be_obeyed_is_one_complaint(served: Told) -> None:
    for line, complaint in (
        ("dance", "there are insert NAME"),
        ("insert", "there are insert NAME"),
        ("insert visa-credti", "visa-credit"),
        ("insert visa-credit 7", "slots 0 to 0"),
        ("insert visa-credit x", "is no slot"),
        ("insert visa-stripe", "no chip"),
        ("remove", "holds no card"),
        ("tear gpo", "holds no card"),
    ):
        served.tell(line)
        served.until(f"{line}: [^\n]*{complaint}[^\n]*\n", "err")
    done(served, "insert visa-credit")
    served.tell("tear lunch")
    served.until("'lunch' is no step of a card: select, gpo, read, genac1, genac2", "err")
    served.tell("quit")
    assert served.ended() == 0


def test_a_pin_is_typed_at_the_pad_by_lines_and_is_not_written_down(link: Path) -> None:
    serve = [*PROGRAM, "readers", "serve", "ccid+pty:?variant=gempc-pinpad", "--link", str(link)]
    asked = r"\A# the PIN pad asks for the PIN of the card in slot 0\n"
    with Told(serve, ENVIRONMENT, stdin=True) as told:
        told.until("LIBPATH [^\n]*\n")
        done(told, "insert visa-credit")
        told.tell("press 4715 ENTER")
        told.until(r"\Apress: no PIN is asked for now: [^\n]*\n", "err")
        host = open_host(f"ccid+serial:{link}?variant=gempc-pinpad")
        assert isinstance(host, CcidReader)
        with closing(host), ThreadPoolExecutor(1) as beside:
            slot = host.slots[0]
            slot.power_on()
            for line, said in (("press 4715 enter", CARD_REFUSES), ("press 47 CANCEL", PAD_CANCELLED)):
                answer = beside.submit(slot.secure, PinVerify())
                told.until(asked)
                told.tell("press 47x5")
                told.until(r"\Apress: a PIN pad has digits and ENTER, CLEAR, CANCEL\n", "err")
                told.tell(line)
                told.until(r"\A# done: press\n")
                assert answer.result() == said


def test_the_link_goes_with_the_server_however_it_ends(served: Told, link: Path) -> None:
    served.end()
    assert served.ended() == 0
    assert not os.path.lexists(link)


def test_a_server_that_is_ended_while_it_begins_and_again_while_it_ends_leaves_no_link(link: Path) -> None:
    code = (  # a signal comes in the moment in which the link is made, and another one when it is to go
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "made, gone = Path.symlink_to, Path.unlink\n"
        "def make(link, target):\n"
        "    made(link, target)\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "def take_away(link, missing_ok):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    gone(link, missing_ok)\n"
        "Path.symlink_to, Path.unlink = make, take_away\n"
        "from terminal_sim.cli.main import main\n"
        f"sys.exit(main(['readers', 'serve', 'ccid+pty:', '--link', {str(link)!r}]))\n"
    )
    with Told([sys.executable, "-c", code], ENVIRONMENT, stdin=True) as told:
        assert told.ended() == 0
    assert not os.path.lexists(link)


def test_a_link_that_a_killed_server_left_is_taken_over(link: Path) -> None:
    link.symlink_to("/dev/pts/nobody")
    with Told(
        [*PROGRAM, "readers", "serve", "ccid+pty:", "--card", "visa-credit", "--link", str(link)],
        ENVIRONMENT,
        stdin=True,
    ) as served:
        served.until("# visa-credit in the reader at ")
        reader = open_host(f"ccid+serial:{link}")
        assert isinstance(reader, CcidReader)
        assert reader.slots[0].present()
        reader.close()


@pytest.mark.parametrize("reader", ["ccid+pty:", "vivotech+pty:"])
def test_a_link_to_anything_else_stays_though_it_dangles(reader: str, link: Path, tmp_path: Path) -> None:
    link.symlink_to(tmp_path / "a disk that is not mounted now")
    with pytest.raises(Misuse, match="File exists: remove it, or name another"):
        serve(reader, link).close()
    assert link.is_symlink()


@pytest.mark.parametrize(
    "name", ["my reader", "a:b", "a#b", 'a"b', "caf\N{LATIN SMALL LETTER E WITH ACUTE}", "a\nb"]
)
def test_a_link_that_pcscd_cannot_be_told_of_is_refused(name: str, tmp_path: Path) -> None:
    """Such a line keeps pcscd from starting, or makes it look for another file."""
    with pytest.raises(Misuse, match=r"(?s)cannot name the link .*: use only letters"):
        serve("ccid+pty:", tmp_path / name).close()
    assert not list(tmp_path.iterdir())
    serve("vivotech+pty:", tmp_path / name).close()  # pcscd is no host of this one


def test_a_stripe_head_is_served_to_usb_ip_hosts() -> None:
    with Told([*PROGRAM, "readers", "serve", "msr+usbip:"], ENVIRONMENT, stdin=True) as served:
        port = int(served.until(r"usbip --tcp-port (\d+) attach --remote 127.0.0.1 --busid 1-1\n")[1])
        served.tell("insert visa-credit")
        served.until("insert visa-credit: [^\n]*swipe the card", "err")
        with socket.create_connection(("127.0.0.1", port), 10) as peer:
            peer.sendall(IMPORT + submit(1, 1, VENDOR.size))
            exactly(peer, 8 + RECORD)
            done(served, "swipe visa-credit")
            assert VENDOR.parse(reply(peer, has_data=True)[3]).track2 is not None
        served.tell("quit")
        assert served.ended() == 0


def test_a_usb_reader_is_served_to_usb_ip_hosts() -> None:
    arguments = [*PROGRAM, "readers", "serve", "ccid+usbip:", "--card", "visa-credit"]
    with Told(arguments, ENVIRONMENT, stdin=True) as served:
        port = int(served.until(r"usbip --tcp-port (\d+) attach --remote 127.0.0.1 --busid 1-1\n")[1])
        with socket.create_connection(("127.0.0.1", port), 10) as peer:
            peer.sendall(bytes.fromhex("0111800500000000"))
            assert peer.recv(12) == bytes.fromhex("011100050000000000000001"), "one device is listed"
        done(served, "remove")
        served.tell("quit")
        assert served.ended() == 0


def test_a_sale_by_script_asks_the_person_at_the_bench_for_the_card(
    served: Told, link: Path, tmp_path: Path
) -> None:
    script = tmp_path / "sale.keys"
    script.write_text(SALE, encoding="utf-8")
    arguments = [*PROGRAM, "run", str(script), "--reader", f"ccid+serial:{link}"]
    with Told(arguments, ENVIRONMENT) as run:
        run.until(f"terminal-sim: insert visa-credit into ccid\\+serial:{link}\n", "err")
        done(served, "insert visa-credit")
        run.until(f"terminal-sim: take the card out of ccid\\+serial:{link}\n", "err")
        done(served, "remove")
        assert run.ended() == 0, run.said
        assert "1 held" in run.said["out"]


def test_a_neo_reader_is_served_with_slot_field_and_head(link: Path) -> None:
    with Told(
        [*PROGRAM, "readers", "serve", "vivotech+pty:", "--link", str(link)], ENVIRONMENT, stdin=True
    ) as served:
        served.until(f"terminal-sim run FILE --reader vivotech\\+serial:{link}\n")
        reader = open_host(f"vivotech+serial:{link}")
        assert isinstance(reader, VivotechReader)
        reader.burst_mode(True)
        done(served, "swipe visa-credit")
        assert len(reader.stripe.poll(10)) == 1
        done(served, "insert visa-credit")
        assert reader.contact.power_on()[0] == 0x3B
        done(served, "tap visa-credit")
        assert reader.contactless.power_on()[:2] == bytes.fromhex("3B80")
        served.tell("swipe visa-credit")
        served.until("the head does not listen now", "err")
        done(served, "remove 1")
        with pytest.raises(CardRemoved):
            reader.contactless.transmit(SELECT)
        assert reader.contact.present()
        done(served, "remove")
        for line, complaint in (
            ("remove 2", "no slot 2"),
            ("remove", "no card is in the slot"),
            ("tap visa-stripe", "tapped"),
        ):
            served.tell(line)
            served.until(f"{line}: [^\n]*{complaint}[^\n]*\n", "err")
        reader.close()
        served.tell("quit")
        assert served.ended() == 0


def test_a_reader_of_slots_alone_takes_no_tap_and_no_swipe(served: Told) -> None:
    for line, complaint in (
        ("tap visa-credit", "no contactless field"),
        ("swipe visa-credit", "no stripe head"),
    ):
        served.tell(line)
        served.until(f"{line}: [^\n]*{complaint}[^\n]*\n", "err")
