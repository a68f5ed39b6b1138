import sys

import pytest

from terminal_drivers.base import Misuse, ReaderLost


def test_a_missing_package_gives_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hid", None)
    monkeypatch.delitem(sys.modules, "terminal_drivers.transports.hid", raising=False)
    with pytest.raises(Misuse, match=r"pip install 'terminal-sim\[hid\]'"):
        import terminal_drivers.transports.hid  # noqa: F401 - the import is the test


def test_a_device_that_is_not_plugged_in_is_a_lost_reader() -> None:
    pytest.importorskip("hid", reason="hidapi is not installed: pip install hidapi")
    from terminal_drivers.transports.hid import HidTransport

    with pytest.raises(ReaderLost, match="ffff:fffe"):
        HidTransport(0xFFFF, 0xFFFE)
