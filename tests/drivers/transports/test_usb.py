"""pyusb drives our CCID device through a backend of ours: their code between two ends of ours."""

import array
import errno
import struct
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from terminal_drivers.base import CardAbsent, FrameError, Misuse, ReaderLost
from terminal_drivers.readers.ccid.features import CONTACTLESS
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.ccid.usb import PACKET, CcidUsbDevice, CcidUsbLink
from terminal_drivers.readers.ccid.virtual import VirtualCcid

usb_core = pytest.importorskip("usb.core", reason="pyusb is not installed: pip install pyusb")
usb_backend = pytest.importorskip("usb.backend")

SELECT = bytes.fromhex("00A404000E325041592E5359532E444446303100")
VENDOR, PRODUCT = 0x08E6, 0x3437


def _fields(form: str, names: str, data: bytes, **more: Any) -> SimpleNamespace:
    values = dict(zip(names.split(), struct.unpack(form, data[: struct.calcsize(form)]), strict=True))
    return SimpleNamespace(**values, **more)


class Backend(usb_backend.IBackend):  # type: ignore[misc,name-defined,unused-ignore]  # pyusb has no types
    """One device on a bus without a kernel; `held` by a kernel driver, `gone` when it is unplugged."""

    def __init__(self, device: CcidUsbDevice) -> None:
        self.device = device
        self.held = True
        self.claimed = False
        self.gone = False
        configuration = device.configuration_descriptor
        self.blocks: list[bytes] = []
        at = 0
        while at < len(configuration):
            self.blocks.append(configuration[at : at + configuration[at]])
            at += configuration[at]

    def _check(self) -> None:
        if self.gone:
            raise usb_core.USBError("No such device", errno=errno.ENODEV)

    def enumerate_devices(self) -> list[CcidUsbDevice]:
        return [self.device]

    def get_device_descriptor(self, dev: CcidUsbDevice) -> SimpleNamespace:
        names = (
            "bLength bDescriptorType bcdUSB bDeviceClass bDeviceSubClass bDeviceProtocol bMaxPacketSize0"
            " idVendor idProduct bcdDevice iManufacturer iProduct iSerialNumber bNumConfigurations"
        )
        place: dict[str, Any] = {"address": 2, "bus": 1, "port_number": 1, "port_numbers": (1,), "speed": 2}
        return _fields("<BBHBBBBHHHBBBB", names, dev.device_descriptor, **place)

    def get_configuration_descriptor(self, _dev: object, _config: int) -> SimpleNamespace:
        names = "bLength bDescriptorType wTotalLength bNumInterfaces bConfigurationValue iConfiguration"
        return _fields("<BBHBBBBB", f"{names} bmAttributes bMaxPower", self.blocks[0], extra_descriptors=[])

    def get_interface_descriptor(self, _dev: object, _number: int, alt: int, _config: int) -> SimpleNamespace:
        if alt:
            raise IndexError
        names = "bLength bDescriptorType bInterfaceNumber bAlternateSetting bNumEndpoints bInterfaceClass"
        names += " bInterfaceSubClass bInterfaceProtocol iInterface"
        return _fields("<9B", names, self.blocks[1], extra_descriptors=list(self.blocks[2]))

    def get_endpoint_descriptor(
        self, _dev: object, endpoint: int, _number: int, _alt: int, _config: int
    ) -> SimpleNamespace:
        names = "bLength bDescriptorType bEndpointAddress bmAttributes wMaxPacketSize bInterval"
        more: dict[str, Any] = {"extra_descriptors": [], "bRefresh": 0, "bSynchAddress": 0}
        return _fields("<BBBBHB", names, self.blocks[3 + endpoint], **more)

    def open_device(self, dev: CcidUsbDevice) -> CcidUsbDevice:
        return dev

    def close_device(self, _handle: object) -> None: ...

    def get_configuration(self, _handle: object) -> int:
        return 1

    def claim_interface(self, _handle: object, _number: int) -> None:
        self._check()
        if self.held:
            raise usb_core.USBError("Resource busy", errno=errno.EBUSY)
        self.claimed = True

    def release_interface(self, _handle: object, _number: int) -> None:
        self._check()
        self.claimed = False

    def is_kernel_driver_active(self, _handle: object, _number: int) -> bool:
        return self.held

    def detach_kernel_driver(self, _handle: object, _number: int) -> None:
        self.held = False

    def attach_kernel_driver(self, _handle: object, _number: int) -> None:
        self.held = True

    def bulk_write(self, handle: CcidUsbDevice, _ep: int, _number: int, data: Any, _timeout: int) -> int:
        self._check()
        handle.bulk_out(bytes(data))
        return len(data)

    def bulk_read(self, handle: CcidUsbDevice, _ep: int, _number: int, room: Any, timeout: int) -> int:
        assert timeout > 0, "0 ms is for ever"
        return self._fill(handle.bulk_in(len(room)), room)

    def intr_read(self, handle: CcidUsbDevice, _ep: int, _number: int, room: Any, timeout: int) -> int:
        assert timeout > 0, "0 ms is for ever"
        return self._fill(handle.interrupt(), room)

    def ctrl_transfer(
        self, handle: CcidUsbDevice, kind: int, request: int, value: int, index: int, data: Any, _timeout: int
    ) -> int:
        self._check()
        answer = handle.control(struct.pack("<BBHHH", kind, request, value, index, len(data)))
        data[: len(answer)] = array.array("B", answer)
        return len(answer)

    def _fill(self, data: bytes | None, room: Any) -> int:
        self._check()
        if data is None:
            raise usb_core.USBTimeoutError("Operation timed out", errno=errno.ETIMEDOUT)
        room[: len(data)] = array.array("B", data)
        return len(data)


def _open(backend: Backend) -> CcidReader:
    from terminal_drivers.readers.ccid.usb_pipes import open_pipes

    pipes = open_pipes(VENDOR, PRODUCT, backend=backend)
    said = pipes.descriptor
    return CcidReader(CcidUsbLink(pipes, said.max_message), (said.features,) * (said.max_slot_index + 1))


@pytest.fixture
def device() -> VirtualCcid:
    return VirtualCcid((int(CONTACTLESS),), fields=())


def test_a_card_is_selected_through_pyusb(device: VirtualCcid, chip: Callable[..., Any]) -> None:
    backend = Backend(CcidUsbDevice(device))
    # An answer of 64 bytes is one whole packet, and an empty one follows it.
    answer = bytes(PACKET - 12) + b"\x90\x00"
    reader = _open(backend)
    assert backend.claimed
    assert not backend.held
    (slot,) = reader.slots
    with pytest.raises(CardAbsent):
        slot.power_on()
    device.insert(0, chip({SELECT: answer, SELECT[:-1]: answer}))  # T=0 does not carry Le
    assert [each.slot for each in reader.poll(0.01)] == [0]
    assert reader.poll(0.01) == []
    assert slot.power_on()
    for _ in range(3):
        assert slot.transmit(SELECT) == answer
        # So is this command, with its 10 bytes before it.
        assert slot.transmit(bytes.fromhex("00B2010C31") + bytes(0x31)) == bytes.fromhex("6A82")
    reader.close()
    reader.close()
    assert backend.held, "the kernel has its device again"
    assert not backend.claimed


def test_the_control_pipe_carries_requests(device: VirtualCcid) -> None:
    from terminal_drivers.readers.ccid.usb_pipes import open_pipes

    pipes = open_pipes(VENDOR, PRODUCT, backend=Backend(CcidUsbDevice(device)))
    assert pipes.control(struct.pack("<BBHHH", 0xA1, 2, 0, 0, 4)) == struct.pack("<I", 4000)
    assert pipes.control(struct.pack("<BBHHH", 0x21, 1, 0x0100, 0, 0)) == b""
    with pytest.raises(Misuse):
        pipes.control(b"")
    pipes.close()


def test_an_unplugged_reader_is_lost_and_a_closed_one_is_misuse(device: VirtualCcid) -> None:
    from terminal_drivers.readers.ccid.usb_pipes import open_pipes

    backend = Backend(CcidUsbDevice(device))
    pipes = open_pipes(VENDOR, PRODUCT, backend=backend)
    backend.gone = True
    calls: list[Callable[[], object]] = [
        lambda: pipes.bulk_out(b"?"),
        lambda: pipes.bulk_in(64, 0),
        lambda: pipes.interrupt_in(0),
        lambda: pipes.control(bytes(8)),
    ]
    for call in calls:
        with pytest.raises(ReaderLost):
            call()
    pipes.close()
    for call in calls:
        with pytest.raises(Misuse):
            call()
    with pytest.raises(ReaderLost):
        open_pipes(VENDOR, PRODUCT, backend=backend)


def test_a_device_of_another_kind_is_no_reader(device: VirtualCcid) -> None:
    from terminal_drivers.readers.ccid.usb_pipes import open_pipes

    backend = Backend(CcidUsbDevice(device))
    with pytest.raises(ReaderLost):
        open_pipes(VENDOR, 0x1234, backend=backend)
    backend.blocks[2] = b""
    with pytest.raises(FrameError, match="descriptor"):
        open_pipes(VENDOR, PRODUCT, backend=backend)
    assert backend.held, "the kernel keeps what is no reader"
    assert not backend.claimed
    backend.blocks[1] = backend.blocks[1][:5] + b"\x03" + backend.blocks[1][6:]
    with pytest.raises(FrameError, match="class"):
        open_pipes(VENDOR, PRODUCT, backend=backend)


def test_a_missing_package_gives_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "usb.core", None)
    monkeypatch.delitem(sys.modules, "terminal_drivers.transports.usb", raising=False)
    with pytest.raises(Misuse, match=r"pip install 'terminal-sim\[usb\]'"):
        import terminal_drivers.transports.usb  # noqa: F401 - the import is the test
