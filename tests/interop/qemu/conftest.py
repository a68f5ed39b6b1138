"""One guest for all the tests of this folder: to switch it on takes longer than most of them."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.daemon import need_packages
from tests.interop.qemu.guest import Guest
from tests.interop.qemu.image import NoKernel, build, fetch_kernel

INIT = Path(__file__).with_name("init.sh")


@pytest.fixture(scope="session")
def guest(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guest]:
    """A Linux with nothing plugged in; its kernel is kept in pytest's cache."""
    if platform.machine() != "x86_64":
        pytest.skip(f"the guest is made of packages for amd64, and this is {platform.machine()}")
    need_packages("qemu-system-x86", "busybox-static", "usbip", "usbutils")
    need_packages("pcscd", "libccid", "opensc", "pcsc-tools")
    try:
        kernel, modules = fetch_kernel(pytestconfig.cache.mkdir("guest-kernel"))
    except NoKernel as error:
        pytest.skip(f"no kernel for the guest: {error}")
    folder = tmp_path_factory.mktemp("guest")
    archive = folder / "files"
    archive.write_bytes(build(INIT, modules))
    guest = Guest(kernel, archive, folder)
    yield guest
    guest.close()
