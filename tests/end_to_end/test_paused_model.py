"""Fault 25 on the command line: a model whose processes keep dying is not waited for without end."""

from __future__ import annotations

from pathlib import Path

from tests.end_to_end.command_line import sigdesk

_SCRIPT = """import os, sys, json
from pathlib import Path
print("READY", flush=True)
for line in sys.stdin:
    jobs = json.loads(Path(line.removeprefix("RUN ").rstrip("\\n")).read_text(encoding="utf-8"))["jobs"]
    for job in jobs:
        print("JOB:", job["job"], flush=True)
        print('OUTPUT: {"label": "a"}', flush=True)
    well = (Path(__file__).parent / "well").exists()
    os.write(1, b"DONE: %d\\n" % len(jobs))
    if not well:
        os._exit(3)
"""


def test_fault_25_what_waits_for_a_paused_model_is_left_for_a_resume(tmp_path: Path) -> None:
    model = tmp_path / "models" / "weak"
    model.mkdir(parents=True)
    (model / "run.py").write_text(_SCRIPT, encoding="utf-8")
    (model / "model.toml").write_text(
        '[model]\nname = "weak"\nversion = "1"\n[run]\nscript = "run.py"\nmode = "warm"\nbatch = 1\n'
        '[output]\nclasses = ["a"]\n',
        encoding="utf-8",
    )
    signals = [tmp_path / f"{number}.csv" for number in range(12)]
    for file in signals:
        file.write_text("a\n1\n2\n3\n", encoding="utf-8")

    # A process that dies a moment late has been given the next job, which is blamed and runs again: then, for once, all
    # may end.
    for attempt in range(5):
        home = tmp_path / f"home {attempt}"
        options = ("--models-folder", model.parent, "--model", "weak", "--format", "json")
        ran = sigdesk(home, "classify", *signals, *options)
        if ran.code != 0:
            break
    assert ran.code not in (0, 2), ran.err
    first = ran.records
    left = len(signals) - len(first)
    assert ran.err.splitlines()[-1] == (
        "Error: weak is paused: 3 of its processes died within 60 s without a job to blame. Its jobs wait. "
        f"Look into the model's script. {left} jobs have not ended: `sigdesk resume` runs what waits."
    )
    assert {record["state"] for record in first} == {"SUCCEEDED"}
    assert len(first) < len(signals)

    (model / "well").touch()
    again = sigdesk(home, "resume", "--format", "json")
    assert again.code == 0, again.err
    assert {record["state"] for record in again.records} == {"SUCCEEDED"}
    files = [record["file"] for record in first + again.records]
    assert sorted(files) == sorted(map(str, signals)), "each once"
