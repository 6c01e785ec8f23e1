"""Signals: files become recordings here, whatever their format, and recordings become what a plot needs."""

from __future__ import annotations

from sigdesk.signals.annotations import Annotation
from sigdesk.signals.formats.table import recognise
from sigdesk.signals.opening import open_recordings, readable_suffixes
from sigdesk.signals.recording import ArraySource, Channel, Recording, Samples, SampleSource, TimeBase
from sigdesk.signals.shelf import Shelf
from sigdesk.signals.tables.memory import ShapeMemory
from sigdesk.signals.tables.shape import TableShape
from sigdesk.signals.thumbnails import thumbnail

__all__ = [
    "Annotation",
    "ArraySource",
    "Channel",
    "Recording",
    "SampleSource",
    "Samples",
    "ShapeMemory",
    "Shelf",
    "TableShape",
    "TimeBase",
    "open_recordings",
    "readable_suffixes",
    "recognise",
    "thumbnail",
]
