"""A host of ours in the guest: lists what is plugged in, opens the reader at an address, and says in lines what it finds.

It sends the commands that follow the address to the card of a CCID reader, then says what changes in the slot; of a stripe head it
says the tracks of each swipe. It looks as a terminal does, without waiting, and ends when the reader is gone.
Run by tests/interop/qemu/test_own_drivers.py.
"""

import sys

from terminal_drivers.base import ReaderLost
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.magstripe.hid_reader import HidStripeHead
from terminal_drivers.wiring.discovery import usb_readers
from terminal_drivers.wiring.opening import open_host


def say(what: str) -> None:
    print(what, flush=True)


def main(address: str, *commands: str) -> None:
    for found in usb_readers():
        say(f"{found.address} {found.what}")
    reader = open_host(address)
    say("opened")
    try:
        if isinstance(reader, CcidReader):
            slot = reader.slots[0]
            say(slot.power_on().hex())
            for command in commands:
                say(slot.transmit(bytes.fromhex(command)).hex())
            while True:
                for presence in reader.poll():
                    say(presence.change.name)
        elif isinstance(reader, HidStripeHead):
            while True:
                for tracks in reader.poll():
                    say(f"{tracks.track1} {tracks.track2} {tracks.track3}")
    except ReaderLost:
        say("lost")
    finally:
        reader.close()


main(*sys.argv[1:])
