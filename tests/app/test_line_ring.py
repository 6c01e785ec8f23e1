"""The ring of lines: whatever comes, its latest lines come back as they were given, and are counted by their origin."""

from __future__ import annotations

import random
from collections import Counter

from sigdesk.app.line_ring import LineRing
from sigdesk.app.rows import LogRow
from sigdesk.pool.jobs import Origin
from sigdesk.protocol import Level

MOST = 50


def lines_of_a_batch(chance: random.Random) -> list[LogRow]:
    """Lines as they come: mostly alike but for the job and the text."""
    clock, worker = f"12:00:00.{chance.randrange(5):03d}", chance.randrange(3)
    origin, level = chance.choice(list(Origin)), chance.choice(list(Level))
    jobs = [chance.randrange(100) for _ in range(chance.choice((0, 1, 1, 2, 30, 200)))]
    return [
        LogRow(clock, chance.choice([f"RUN-{job:06d}"] * 9 + ["", "odd"]), job, worker, origin, level, f"line {job}")
        for job in jobs
    ]


def test_the_latest_lines_come_back_as_they_were_given() -> None:
    chance, ring, given = random.Random(7), LineRing(MOST), list[LogRow]()
    for _ in range(300):
        rows = lines_of_a_batch(chance) + lines_of_a_batch(chance)
        ring.extend(rows)
        given += rows

        kept = given[-MOST:]
        assert (ring.first, ring.end, len(ring)) == (len(given) - len(kept), len(given), len(kept))
        assert list(ring) == kept
        assert [ring[number] for number in range(ring.first, ring.end)] == kept


def test_lines_are_counted_by_their_origin() -> None:
    chance, ring = random.Random(7), LineRing(MOST)
    for _ in range(100):
        ring.extend(lines_of_a_batch(chance))
        begin = chance.randint(ring.first, ring.end)
        end = chance.randint(begin, ring.end)

        assert ring.origins(begin, end) == Counter(ring[number].origin for number in range(begin, end))
