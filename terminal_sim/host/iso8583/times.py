"""The time of a request as its elements have it: date and time in one, or in two of which neither has the year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from terminal_sim.core.moment import digits_of
from terminal_sim.host.dialect import MessageError
from terminal_sim.host.iso8583 import elements as el
from terminal_sim.host.iso8583.fields import PrivateTag, digits, number


class LocalTimes:
    """`has_date` says that the dialect has an element for the date; the year is private data then."""

    def __init__(self, *, has_date: bool) -> None:
        self._has_date = has_date

    def write(self, at: datetime, fields: dict[str, str], private: dict[PrivateTag, str]) -> None:
        """Raises `MessageError` for a year that two digits do not tell."""
        if not 2000 <= at.year <= 2099:
            raise MessageError("the year of a request lies between 2000 and 2099")
        moment = digits_of(at)
        fields[el.TRANSMISSION_TIME] = moment[2:]
        if self._has_date:
            private[PrivateTag.YEAR] = moment[:2]
            fields[el.LOCAL_DATE], fields[el.LOCAL_TIME] = moment[2:6], moment[6:]
        else:
            fields[el.LOCAL_TIME] = moment

    def read(self, fields: Mapping[str, str], private: Mapping[int, str]) -> datetime:
        """Raises `MessageError` where the elements tell no moment, or two."""
        if self._has_date:
            year = digits(private.get(PrivateTag.YEAR, ""), 2, 2, "the year")
            moment = year + number(fields, el.LOCAL_DATE, 4) + number(fields, el.LOCAL_TIME, 6)
        else:
            moment = number(fields, el.LOCAL_TIME, 12)
        if number(fields, el.TRANSMISSION_TIME, 10) != moment[2:]:
            raise MessageError("transmission and local time are not the same moment")
        day, time = moment[:6], moment[6:]
        try:
            return datetime.fromisoformat(
                f"20{day[:2]}-{day[2:4]}-{day[4:]} {time[:2]}:{time[2:4]}:{time[4:]}"
            )
        except ValueError:
            raise MessageError("the local time is no date and time") from None
