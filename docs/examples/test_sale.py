import pytest


@pytest.mark.terminal("v400m", locale="fr-CA")
def test_a_sale(terminal):
    terminal.press("OK", "1250", "OK")
    terminal.insert("visa-credit")
    terminal.expect_screen("Approuvé")
