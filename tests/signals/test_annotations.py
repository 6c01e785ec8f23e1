"""What files say about stretches of their signals, as a plain value that labels are made of."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from sigdesk.signals import Annotation, ArraySource, Channel, Recording, TimeBase
from sigdesk.signals.annotations import annotation, ordered


def test_a_recording_has_none_unless_its_file_gives_some() -> None:
    recording = Recording("x", Path("x"), (Channel("a"),), 1, TimeBase(), ArraySource(np.zeros((1, 1))), "NPY")
    assert recording.annotations == ()


def test_an_event_without_duration_ends_where_it_starts() -> None:
    assert annotation(2.0, None, "spike") == Annotation(2.0, 2.0, "spike")
    assert annotation(2.0, math.nan, "spike", ["Fp1"]) == Annotation(2.0, 2.0, "spike", ("Fp1",))
    assert annotation(2.0, 1.0, "spike") == Annotation(2.0, 2.0, "spike")


def test_texts_are_made_fit_to_be_shown() -> None:
    made = annotation(0, 1, " lights\n off \u202e")
    assert made is not None
    assert made.text == r"lights off \u202e"


def test_what_says_nothing_or_lies_at_no_time_is_left_out_and_the_rest_is_in_order() -> None:
    found = [annotation(3, 4, "b"), annotation(1, 2, "a"), annotation(1, 2, "  "), annotation(math.inf, None, "c")]
    assert ordered(found) == (Annotation(1.0, 2.0, "a"), Annotation(3.0, 4.0, "b"))
