"""The sandbox as the operator meets it: a setting that the command line keeps to, and a status bar that says it."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from sigdesk.app.settings import Settings
from sigdesk.cli.sandboxed import SANDBOX_VARIABLE
from sigdesk.pool.isolation import SANDBOX_SETTING
from tests.end_to_end.command_line import SAMPLES, sigdesk
from tests.end_to_end.conftest import MakeDesk
from tests.pool.conftest import needs_sandbox


def write_model(home: Path, outside: Path) -> None:
    """A model that says whether it can read a file outside."""
    folder = home / "models" / "pries"
    folder.mkdir(parents=True)
    (folder / "model.toml").write_text(
        '[model]\nname = "pries"\nversion = "1"\n[run]\ncommand = ["sh", "run.sh"]\n'
        '[output]\nclasses = ["reads", "reads not"]\n',
        encoding="utf-8",
    )
    (folder / "run.sh").write_text(
        f"if [ -r '{outside}' ]; then word=reads; else word='reads not'; fi\n"
        'printf \'OUTPUT: {"label": "%s"}\\n\' "$word"\n',
        encoding="utf-8",
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    outside = tmp_path / "letters.txt"
    outside.write_text("private", encoding="utf-8")
    home = tmp_path / "home"
    write_model(home, outside)
    return home


@needs_sandbox
@pytest.mark.parametrize(
    ("setting", "variable", "options", "label"),
    [
        (False, "", (), "reads"),
        (True, "", (), "reads not"),
        (False, "1", (), "reads not"),
        (False, "", ("--sandbox",), "reads not"),
        (True, "yes", ("--no-sandbox",), "reads"),
    ],
)
def test_the_command_line_keeps_to_its_option_else_to_the_variable_else_to_the_setting(
    home: Path, monkeypatch: pytest.MonkeyPatch, setting: bool, variable: str, options: tuple[str, ...], label: str
) -> None:
    monkeypatch.setenv(SANDBOX_VARIABLE, variable)
    Settings(home / "settings.json").put(SANDBOX_SETTING, setting)

    ran = sigdesk(home, "classify", SAMPLES / "microwave.csv", "--model", "pries", "--format", "json", *options)

    (record,) = ran.records
    assert record["label"] == label


@needs_sandbox
@pytest.mark.parametrize(("file", "model"), [("microwave.csv", "appliance-current"), ("ecg.wav", "level-alarm")])
def test_the_models_that_come_along_answer_in_the_sandbox_as_they_do_outside(
    tmp_path: Path, file: str, model: str
) -> None:
    named = ("classify", SAMPLES / file, "--model", model, "--format", "json")

    (inside,) = sigdesk(tmp_path, *named, "--sandbox").records
    (outside,) = sigdesk(tmp_path, *named, "--no-sandbox").records

    assert inside["state"] == "SUCCEEDED", inside
    assert (inside["label"], inside["probabilities"]) == (outside["label"], outside["probabilities"])


@needs_sandbox
def test_the_window_runs_scripts_in_the_sandbox_from_the_next_start_on(home: Path, make_desk: MakeDesk) -> None:
    desk = make_desk()
    assert "Limited" in desk.window.status.texts()
    desk.program.settings.put(SANDBOX_SETTING, True)
    desk.window.close()
    desk.program.close()

    again = make_desk()

    assert "Sandboxed" in again.window.status.texts()
    assert json.loads((home / "settings.json").read_text(encoding="utf-8"))[SANDBOX_SETTING] is True


@pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is Linux's")
def test_a_sandbox_that_cannot_be_had_is_a_problem_with_its_way_out(
    home: Path, make_desk: MakeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Settings(home / "settings.json").put(SANDBOX_SETTING, True)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "sh").symlink_to(shutil.which("sh") or "/bin/sh")
    monkeypatch.setitem(os.environ, "PATH", str(tmp_path / "bin"))

    desk = make_desk()

    assert "No sandbox" in desk.window.status.texts()
    problems = desk.program.feed.problems
    told = [problems.index(row, column).data() for row in range(problems.rowCount()) for column in range(3)]
    assert any("bubblewrap" in str(text) for text in told), told
