"""Terminal action analysis: what is asked for, by type of terminal, TVR and action codes (Book 3, 10.7; Book 4, 6.3.6)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from terminal_sim.emv.data import tags
from terminal_sim.emv.data.apdu import Cryptogram
from terminal_sim.emv.steps import analysis
from terminal_sim.emv.steps.card_objects import CardObjects
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.config import Application
from terminal_sim.emv.talk.request import Interface
from tests.emv.table import rows
from tests.emv.terminal import Terminal, configuration

AAC, TC, ARQC = Cryptogram.AAC, Cryptogram.TC, Cryptogram.ARQC
DENIAL, ONLINE, DEFAULT, NONE = 0x8000000000, 0x4000000000, 0x2000000000, 0
"""The TVR of a row, whose bit is in the codes of that name alone."""

FIRST = [
    ("denied", "22", DENIAL, AAC, b"Z1"),
    ("denied, online only", "21", DENIAL, AAC, b"Z1"),
    ("online codes", "22", ONLINE, ARQC, None),
    ("no code is met", "22", NONE, TC, b"Y1"),
    ("default codes mean nothing to a terminal that can go online", "22", DEFAULT, TC, b"Y1"),
    ("online only", "21", NONE, ARQC, None),
    ("online only, unattended", "24", NONE, ARQC, None),
    ("an ATM", "14", NONE, ARQC, None),
    ("both, unattended", "25", NONE, TC, b"Y1"),
    ("both, of the cardholder", "35", ONLINE, ARQC, None),
    ("offline only", "23", NONE, TC, b"Y1"),
    ("offline only, default codes", "23", DEFAULT, AAC, b"Z1"),
    ("offline only, unattended, default codes", "26", DEFAULT, AAC, b"Z1"),
    ("online codes mean nothing to a terminal that is offline only", "26", ONLINE, TC, b"Y1"),
]


def judged(terminal_type: str, tvr: int, *, issuer: bool) -> Transaction:
    """A transaction whose action codes are the issuer's or the acquirer's."""
    config = replace(configuration(), terminal_type=terminal_type)
    codes = [code.to_bytes(5) for code in (DENIAL, ONLINE, DEFAULT)]
    denial, online, default = [bytes(5)] * 3 if issuer else codes
    visa = Application(aid=b"visa!", brand="visa", tac_denial=denial, tac_online=online, tac_default=default)
    transaction = Transaction(config, Terminal(config).request(Interface.CONTACT))
    transaction.use(visa, "", CardObjects())
    given = codes if issuer else [bytes(5)] * 3
    transaction.card.update(zip((tags.IAC_DENIAL, tags.IAC_ONLINE, tags.IAC_DEFAULT), given, strict=True))
    transaction.tvr = tvr
    return transaction


@pytest.mark.parametrize("issuer", [True, False], ids=["issuer's codes", "acquirer's codes"])
@pytest.mark.parametrize(("kind", "tvr", "asked", "code"), rows(FIRST))
def test_the_first_cryptogram_is_asked_for_by_type_and_codes(
    issuer: bool, kind: str, tvr: int, asked: Cryptogram, code: bytes | None
) -> None:
    transaction = judged(kind, tvr, issuer=issuer)
    assert analysis.first_decision(transaction) is asked
    assert transaction.terminal.get(tags.AUTHORISATION_RESPONSE_CODE) == code


@pytest.mark.parametrize(("kind", "asked"), [("22", ARQC), ("21", ARQC), ("23", TC)])
def test_a_refund_is_asked_of_the_issuer_where_the_terminal_can(kind: str, asked: Cryptogram) -> None:
    transaction = judged(kind, NONE, issuer=True)
    transaction.terminal[tags.TRANSACTION_TYPE] = b"\x20"
    assert analysis.first_decision(transaction) is asked
    assert analysis.unreached_decision(transaction) is AAC


@pytest.mark.parametrize(("tvr", "asked", "code"), [(DEFAULT, AAC, b"Z3"), (ONLINE, TC, b"Y3")])
def test_an_issuer_out_of_reach_leaves_the_decision_to_the_default_codes(
    tvr: int, asked: Cryptogram, code: bytes
) -> None:
    transaction = judged("22", tvr, issuer=True)
    assert analysis.unreached_decision(transaction) is asked
    assert transaction.terminal[tags.AUTHORISATION_RESPONSE_CODE] == code


@pytest.mark.parametrize(
    ("tag", "tvr", "asked"),
    [(tags.IAC_DENIAL, DENIAL, ARQC), (tags.IAC_ONLINE, DEFAULT, ARQC), (tags.IAC_ONLINE, NONE, TC)],
)
def test_a_code_that_the_card_leaves_out_denies_nothing_and_asks_whatever_was_found(
    tag: int, tvr: int, asked: Cryptogram
) -> None:
    transaction = judged("22", tvr, issuer=True)
    del transaction.card[tag]
    if tag == tags.IAC_DENIAL:
        transaction.card[tags.IAC_ONLINE] = b"\xff" * 5
    assert analysis.first_decision(transaction) is asked


def test_without_a_default_code_an_unreached_issuer_declines_whatever_was_found() -> None:
    transaction = judged("22", ONLINE, issuer=True)
    del transaction.card[tags.IAC_DEFAULT]
    assert analysis.unreached_decision(transaction) is AAC
