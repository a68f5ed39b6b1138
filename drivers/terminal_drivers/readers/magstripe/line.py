"""What a plain serial stripe head sends: one line a swipe, the ASCII of the tracks with their sentinels, then
the end of the line.

1. The tracks come in order and a blank one is left out. Track 3 begins with `+` on the line, so that it
   cannot be taken for track 2; everywhere else it has its own `;`. Heads that are set otherwise begin it with
   `#`, or with `;`, which is read as track 3 behind a track 2.
2. Heads end a line with CR, LF or both; this end reads all of them and the device end sends CR.
3. A track that could not be read is sent as the letter E between its sentinels: `%E?`, `;E?`, `+E?`. The text
   of track 1 cannot be `%E?`: a format code alone is no track (ISO/IEC 7813).
4. The head sends nothing for a stripe without tracks, and takes no commands. 9600 baud 8N1 unless it is set
   otherwise.
"""

import re

from terminal_drivers.base import FrameError, Track, TrackMark, Tracks
from terminal_drivers.readers.magstripe.codec import FORMATS

CR = b"\r"
BAUD = 9_600
LONGEST = sum(form.longest - 1 for form in FORMATS.values())  # the LRC is not sent
LINE = re.compile(rb"(%[ ->@-_]*\?)?(;(?:[0->]*|E)\?)?([+;#](?:[0->]*|E)\?)?")
END = re.compile(rb"[\r\n]")
UNREADABLE = "E?"


def build(tracks: Tracks) -> bytes:
    """Return the line, or nothing for a blank stripe."""
    sent = zip("%;+", (tracks.track1, tracks.track2, tracks.track3), strict=True)
    text = "".join(
        start + (UNREADABLE if track is TrackMark.UNREADABLE else track[1:]) for start, track in sent if track
    )
    return text.encode("ascii") + CR if text else b""


def parse(line: bytes) -> Tracks:
    """Read one line without its end; `FrameError` where it is no swipe."""
    found = LINE.fullmatch(line)
    if found is None or not 0 < len(line) <= LONGEST:
        raise FrameError(
            f"the stripe head sent {len(line)} bytes that are no tracks: check its speed and settings"
        )
    return Tracks(*(_track(start, part) for start, part in zip("%;;", found.groups(), strict=True)))


def _track(start: str, part: bytes | None) -> Track:
    if part is None:
        return None
    text = part[1:].decode("ascii")
    return TrackMark.UNREADABLE if text == UNREADABLE else start + text
