"""What comes out of a virtual terminal comes out of a real printer: every letter of it, bold where it is, and cut."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from escpos.printer import Dummy

from terminal_sim.bench import Bench, PrintedReceipt, ReceiptTaker
from terminal_sim.cli.main import main
from terminal_sim.display.paper import PaperLine
from terminal_sim.printers import PrinterAddress, PrinterError, UnsafePrinter, open_printer
from terminal_sim.printers.escpos import EscPos
from tests.patience import PATIENCE
from tests.printers.escpos_decoder import decoded

SPACES = str.maketrans("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}", "  ")
SALE = 'keys 1\nterminal v400m\nlocale fr-CA\nscenario "Vente"\n  press OK 1250 OK\n  insert visa-credit\n  expect screen "Approuvé"\n'


class Kept:
    """Keeps what a terminal prints."""

    def __init__(self) -> None:
        self.receipts: list[PrintedReceipt] = []

    def take(self, terminal: str, receipt: PrintedReceipt) -> None:
        assert terminal == "V4000001"
        self.receipts.append(receipt)


def sell(*takers: ReceiptTaker, locale: str = "fr-CA") -> list[PrintedReceipt]:
    """A sale with both receipts."""
    with Bench(receipts=takers) as bench:
        terminal = bench.add_terminal("v400m", locale=locale)
        for key in ("OK", "1", "2", "5", "0", "OK"):
            terminal.press(key)
        terminal.swipe("visa-stripe")
        while (due := bench.next_deadline()) is not None and terminal.view().screen.id != "home":
            bench.advance(due.at - bench.now.mono)
        return terminal.receipts


@pytest.fixture(scope="module", params=["fr-CA", "en-CA"])
def receipts(request: pytest.FixtureRequest) -> list[PrintedReceipt]:
    kept = Kept()
    assert [one.text for one in sell(kept, locale=request.param)] == [one.text for one in kept.receipts]
    return kept.receipts


@pytest.mark.parametrize("codepage", ["", "CP863", "CP850", "CP1252"])
def test_each_letter_and_each_bold_line_is_on_the_paper(
    receipts: list[PrintedReceipt], codepage: str
) -> None:
    language = EscPos(codepage=codepage)
    for receipt in receipts:
        paper = decoded(language.receipt(receipt.lines))
        assert paper.lines == receipt.text.translate(SPACES).splitlines()
        assert paper.bold == {at for at, line in enumerate(receipt.lines) if line.bold}
        assert paper.cuts == 1


def test_it_is_what_the_printer_of_the_library_is_sent() -> None:
    """The stand-in for a printer that python-escpos has itself gets the same bytes."""
    dummy = Dummy()
    dummy.hw("INIT")
    dummy.textln("Montréal")
    dummy.cut(mode="PART")
    assert EscPos().receipt([PaperLine("Montréal")]) == dummy.output


def test_a_file_gets_all_receipts_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.keys").write_text(SALE)
    assert main(["run", "a.keys", "--printer", "file://paper.bin", "--receipts", "kept"]) == 0
    paper = decoded(Path("paper.bin").read_bytes())
    texts = [file.read_text("utf-8") for file in sorted(Path("kept").rglob("*.txt"))]
    assert (paper.resets, paper.cuts) == (len(texts), len(texts))
    assert paper.lines == "".join(texts).translate(SPACES).splitlines()
    assert "12,50 $" in "\n".join(paper.lines)
    kinds = sorted(file.suffix for file in Path("kept").rglob("*-merchant.*"))
    assert kinds == [".png", ".svg", ".txt"]


def test_a_shell_prints_as_it_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    lines = tmp_path / "lines"
    lines.write_text("press OK 500 OK\nswipe visa-stripe\nexpect screen id:approved\n")
    with lines.open() as typed:
        monkeypatch.setattr("sys.stdin", typed)
        assert main(["shell", "v400m", "--printer", "file://paper.bin"]) == 0
    assert "5.00" in "\n".join(decoded((tmp_path / "paper.bin").read_bytes()).lines)


@pytest.fixture
def port() -> Iterator[tuple[int, list[bytes]]]:
    """A printer's port of this machine, and what it was sent."""
    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            with server.accept()[0] as line:
                while data := line.recv(4096):
                    got.append(data)

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], got
        thread.join(PATIENCE)


def test_a_printer_in_the_network_gets_them(port: tuple[int, list[bytes]]) -> None:
    number, got = port
    printer = open_printer(PrinterAddress.parse(f"network://127.0.0.1:{number}"))
    receipts = sell(printer)
    printer.close()
    while decoded(b"".join(got)).cuts < len(receipts):
        pass
    assert printer.problem == ""


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="a pseudo-terminal stands in for a serial port")
def test_a_serial_printer_gets_them() -> None:
    ours, theirs = os.openpty()
    printer = open_printer(PrinterAddress.parse(f"serial://{os.ttyname(theirs)}?baud=19200"))
    printer.take("V4000001", Receipt(PaperLine("Reçu", bold=True)))
    paper = decoded(os.read(ours, 4096).replace(b"\r\n", b"\n"))
    printer.close()
    os.close(ours)
    os.close(theirs)
    assert (paper.lines, paper.bold, paper.cuts) == (["Reçu"], {0}, 1)


class Receipt:
    def __init__(self, *lines: PaperLine) -> None:
        self.lines = lines


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_printer_that_fails_takes_nothing_more_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.keys").write_text(SALE)
    assert main(["run", "a.keys", "--printer", "file:///dev/full"]) == 0
    assert "the printer file:///dev/full stopped: No space left on device" in capsys.readouterr().err


WRONG = {
    "fil:///dev/usb/lp0": "did you mean 'file'?",
    "printer": "write file:///dev/usb/lp0",
    "usb://04b8": "says no place",
    "file://": "says no place",
    "network://127.0.0.1:99999": "a port is 1 to 65535",
    "file:///dev/usb/lp0?baud=9600": "has no option 'baud'",
    "serial:///dev/ttyUSB0?baud=fast": "baud is a number",
    "file:///no/such/folder/lp0": "cannot be opened: No such file or directory",
    "network://127.0.0.1:1": "cannot be opened: Connection refused",
    "file:///dev/null?codepage=CP125": "did you mean",
    "file:///dev/null?model=TM-T88": "did you mean",
}


@pytest.mark.parametrize("address", WRONG)
def test_a_wrong_address_is_one_sentence(address: str) -> None:
    with pytest.raises(PrinterError) as wrong:
        open_printer(PrinterAddress.parse(address))
    assert WRONG[address] in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_another_machine_is_refused_until_it_is_allowed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UnsafePrinter):
        PrinterAddress.parse("network://192.0.2.7")
    assert PrinterAddress.parse("network://192.0.2.7?beyond=loopback").endpoint == ("192.0.2.7", 9100)
    script = tmp_path / "a.keys"
    script.write_text(SALE)
    assert main(["run", str(script), "--printer", "network://192.0.2.7"]) == 4
    assert "another machine" in capsys.readouterr().err


def test_one_printer_is_written_by_one_process(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "a.keys"
    script.write_text(SALE)
    assert main(["run", str(script), "-j", "2", "--printer", f"file://{tmp_path / 'paper'}"]) == 2
    assert "leave out -j" in capsys.readouterr().err


def test_a_qr_code_is_drawn_by_the_printer_in_the_place_of_its_line() -> None:
    code = "https://example.com/v/1"
    lines = [PaperLine("Voucher", bold=True), PaperLine(f"[QR {code}]", code=code), PaperLine("Thanks")]
    paper = decoded(EscPos().receipt(lines))
    assert paper.codes == [code]
    assert [line for line in paper.lines if line] == ["Voucher", "Thanks"]
