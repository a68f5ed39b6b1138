"""A receipt fits its paper and loses nothing on the way."""

from __future__ import annotations

from datetime import datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.core.config import PrinterConfig
from terminal_sim.core.message import EntryMode, MessageKind
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.receipt import Centred, Copy, Pair, Receipt, Ruler, Written, receipt_of, reprinted
from terminal_sim.core.screen import QrCode
from terminal_sim.display.paper import receipt_page, receipt_svg, receipt_text
from terminal_sim.display.texts import Texts

TEXTS = Texts.load()
SALE = Payment(
    kind=MessageKind.SALE,
    reference="ABCD001715633915004",
    state=PaymentState.COMPLETED,
    amount=Money(123_450, "CAD"),
    entry=EntryMode.CHIP,
    pan="541333******4111",
    stan=4,
    at=datetime(2026, 1, 15, 14, 3, 9),  # noqa: DTZ001 - civil time
    brand="mastercard",
    aid="A0000000041010",
    label="MASTERCARD",
    auth_code="123456",
    cvm="signature",
)


def receipt(copy: Copy, locale: str) -> Receipt:
    return receipt_of(
        SALE,
        copy,
        header=("SIMULATOR SHOP", "1 Test Street, Montreal QC H2X 1Y4"),
        locale=locale,
        terminal="V400m-0001",
        merchant="TSIM00000000001",
    )


def test_a_customer_copy_in_french() -> None:
    assert receipt_text(reprinted(receipt(Copy.CUSTOMER, "fr-CA")), TEXTS, 32).replace("\u00a0", " ") == (
        "             COPIE\n"
        "         SIMULATOR SHOP\n"
        " 1 Test Street, Montreal QC H2X\n"
        "              1Y4\n"
        "        COPIE DU CLIENT\n"
        "\n"
        "Date                  2026-01-15\n"
        "Heure           14 h 03 min 09 s\n"
        "\n"
        "Carte           ************4111\n"
        "Application           MASTERCARD\n"
        "Type de carte         MASTERCARD\n"
        "Mode d'entrée               Puce\n"
        "\n"
        "AID               A0000000041010\n"
        "Marchand         TSIM00000000001\n"
        "Terminal              V400m-0001\n"
        "\n"
        "Code d'autorisation       123456\n"
        "Paiement     ABCD001715633915004\n"
        "\n"
        "Type                       ACHAT\n"
        "TOTAL                 1 234,50 $\n"
        "\n"
        "            APPROUVÉ\n"
        "\n"
        "  Veuillez conserver pour vos\n"
        "            dossiers\n"
        "             Merci\n"
        "\n"
        "       *** SIMULATOR ***"
    )


def test_a_merchant_copy_has_a_place_to_sign_and_no_thanks() -> None:
    text = receipt_text(receipt(Copy.MERCHANT, "en-CA"), TEXTS, 32)
    assert "MERCHANT COPY" in text
    assert "Signature   ____________________" in text
    assert "Thank you" not in text


words = st.text(st.characters(categories=("L", "N", "P", "S"), include_characters=" "), max_size=90)
lines = st.one_of(
    st.just(Ruler()),
    st.builds(Centred, words, st.booleans()),
    st.builds(Pair, words, words, st.booleans()),
)


@given(st.lists(lines, max_size=8), st.integers(24, 80))
def test_a_receipt_is_as_narrow_as_its_paper_and_loses_no_letter(
    written: list[Centred | Pair | Ruler], columns: int
) -> None:
    text = receipt_text(Receipt(Copy.CUSTOMER, "en-CA", "r", tuple(written)), TEXTS, columns)
    assert all(len(line) <= columns for line in text.splitlines())
    said = [
        p
        for line in written
        for p in (
            (line.text,)
            if isinstance(line, Centred)
            else (line.label, line.value)
            if isinstance(line, Pair)
            else ()
        )
    ]
    printed = text.removesuffix("*** SIMULATOR ***".center(columns).rstrip())
    assert "".join(printed.split()) == "".join("".join(map(str, said)).split())


@pytest.mark.parametrize("columns", [24, 32, 48, 80])
def test_a_value_ends_at_the_right_edge(columns: int) -> None:
    total = next(
        line
        for line in receipt_text(receipt(Copy.MERCHANT, "en-CA"), TEXTS, columns).splitlines()
        if line.startswith("TOTAL")
    )
    assert len(total) == columns
    assert total.endswith("$1,234.50")


def test_bold_lines_are_bold_on_the_picture_of_the_paper() -> None:
    root = ElementTree.fromstring(
        receipt_svg(receipt(Copy.MERCHANT, "en-CA"), TEXTS, PrinterConfig(columns=32))
    )
    bold = [
        e.text or "" for e in root.iter("{http://www.w3.org/2000/svg}text") if e.get("font-weight") == "bold"
    ]
    assert [line.split()[0] for line in bold] == ["SIMULATOR", "1", "1Y4", "MERCHANT", "TOTAL", "APPROVED"]


def test_the_picture_has_the_same_lines_as_the_text() -> None:
    slip = receipt(Copy.CUSTOMER, "fr-CA")
    root = ElementTree.fromstring(receipt_svg(slip, TEXTS, PrinterConfig(columns=40, dots=576)))
    drawn = [e.text for e in root.iter("{http://www.w3.org/2000/svg}text")]
    assert drawn == [line for line in receipt_text(slip, TEXTS, 40).splitlines() if line]
    assert float(root.attrib["width"]) > 576


@pytest.mark.parametrize(("columns", "dots", "wide"), [(32, 384, 58), (42, 512, 80), (48, 576, 80)])
def test_a_page_has_the_size_of_its_paper_and_its_text_stays_text(columns: int, dots: int, wide: int) -> None:
    sale = receipt(Copy.MERCHANT, "fr-CA")
    page = receipt_page(sale, TEXTS, PrinterConfig(columns=columns, dots=dots))
    root = ElementTree.fromstring(page)
    assert root.attrib["width"] == f"{wide}mm"
    assert root.attrib["height"].endswith("mm")
    assert root.attrib["viewBox"] == f"0 0 {wide} {root.attrib['height'].removesuffix('mm')}"
    assert f"@page {{ size: {wide}mm {root.attrib['height']}; margin: 0 }}" in page
    assert "DejaVu Sans Mono" in root.attrib["font-family"]
    lines = list(root.iter("{http://www.w3.org/2000/svg}text"))
    assert [line.text for line in lines] == list(
        filter(None, receipt_text(sale, TEXTS, columns).splitlines())
    )
    size = float(lines[0].attrib["font-size"])
    left = float(lines[0].attrib["x"])
    assert left + columns * size * 0.602 == pytest.approx(wide - left, abs=0.5)
    assert float(lines[-1].attrib["y"]) < float(root.attrib["height"].removesuffix("mm"))


def test_a_code_is_drawn_in_the_place_of_its_lines() -> None:
    """Pictures and pages have it as modules; as text it says what it stands for, however long that is."""
    data = "https://example.com/receipts/0123456789"
    slip = Receipt(Copy.DOCUMENT, "en-CA", "r", (Centred("Voucher"), QrCode("code", data), Written("Thanks")))
    lines = receipt_text(slip, TEXTS, 32).splitlines()
    assert max(map(len, lines)) <= 32
    assert "".join(line.strip() for line in lines[1:3]) == f"[QR {data}]"
    for drawn in (receipt_svg, receipt_page):
        root = ElementTree.fromstring(drawn(slip, TEXTS, PrinterConfig(columns=32)))
        texts = list(root.iter("{http://www.w3.org/2000/svg}text"))
        assert [(e.text or "").strip() for e in texts] == ["Voucher", "Thanks", "*** SIMULATOR ***"]
        between = float(texts[1].attrib["y"]) - float(texts[0].attrib["y"])
        assert between > 8 * float(texts[0].attrib["font-size"])
        codes = [e for e in root.iter("{http://www.w3.org/2000/svg}path") if e.attrib["d"].count("h") > 100]
        assert len(codes) == 1
