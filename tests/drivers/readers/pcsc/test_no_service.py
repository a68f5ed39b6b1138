import pytest

from terminal_drivers.base import ReaderLost


def test_without_a_service_every_reader_is_lost() -> None:
    pytest.importorskip("smartcard", reason="pyscard is not installed: pip install pyscard")
    from terminal_drivers.readers.pcsc.client import readers

    with pytest.raises(ReaderLost, match="start it"):
        readers()
