"""Where the system starts no process for SigDesk itself, whoever starts it reads so, and nothing is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sigdesk.errors import StartError
from sigdesk.pool.pool import Pool
from sigdesk.ui.start import EXIT_NO_WINDOW

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_PYTHON = """
import sys
sys.path.insert(0, sys.argv.pop(1))
sys.executable = "/gone/python"
from sigdesk.__main__ import main
main()
"""


def test_a_pool_whose_reaper_cannot_be_started_says_so_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))

    with pytest.raises(StartError) as told:
        Pool(tmp_path / "tmp", workers=1, journal=tmp_path / "journal.sqlite")

    assert told.value.what == (
        f"SigDesk cannot start a process of its own: {tmp_path / 'gone'} (No such file or directory)."
    )
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="names the program as POSIX does")
@pytest.mark.parametrize(("command", "code"), [(["classify", "signal.csv"], 1), (["open"], EXIT_NO_WINDOW)])
def test_a_command_and_the_window_say_it_in_words(tmp_path: Path, command: list[str], code: int) -> None:
    (tmp_path / "signal.csv").write_text("x\n1\n2\n3\n")

    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_PYTHON, str(ROOT), *command],
        cwd=tmp_path,
        env={**os.environ, "SIGDESK_HOME": str(tmp_path / "home"), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (ran.returncode, ran.stdout) == (code, "")
    assert ran.stderr.removeprefix("Error: ") == (
        "SigDesk cannot start a process of its own: /gone/python (No such file or directory). "
        "Close what you do not need, or install SigDesk again if that program is gone.\n"
    )
