"""Numbers as the window writes them: thin spaces between thousands, sizes and times with a unit after a space."""

from __future__ import annotations

from datetime import datetime, timedelta

_THIN = "\u2009"


def grouped(number: int) -> str:
    """1284 → "1 284", with a thin space and a true minus."""
    return f"{number:,}".replace(",", _THIN).replace("-", "\u2212")


def disk_size(size: int) -> str:
    """Bytes in the unit that leaves up to three figures before the point: 412 GB, 24.9 MB."""
    value = float(size)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 999.5 or unit == "TB":
            digits = 0 if value >= 99.95 or unit == "B" else 1
            return f"{value:.{digits}f} {unit}"
        value /= 1000
    raise AssertionError("TB is the last unit")


def when_words(moment: datetime, now: datetime) -> str:
    """A local time as lists say it: "Today 14:32", "Yesterday", "Mon 16:48", "3 Nov 2024"."""
    days = (now.date() - moment.date()).days
    if days <= 0:
        return f"Today {moment:%H:%M}"
    if days == 1:
        return "Yesterday"
    if now - moment < timedelta(days=6):
        return f"{moment:%a %H:%M}"
    return f"{moment.day} {moment:%b %Y}"
