"""The wheel holds what an installed program needs, and runs from it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from sigdesk import __version__

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet", "-w", str(folder)]
    ran = subprocess.run([*command, str(ROOT)], capture_output=True, text=True, check=False, timeout=110)
    assert ran.returncode == 0, ran.stderr
    return next(folder.glob("*.whl"))


def test_models_samples_and_fonts_are_in_the_wheel(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "sigdesk/_shipped/models/appliance-current/model.toml",
        "sigdesk/_shipped/models/appliance-current/model-1.0.0.skops",
        "sigdesk/_shipped/models/basic-motions/model-1.0.0.onnx",
        "sigdesk/_shipped/models/level-alarm/classify.sh",
        "sigdesk/_shipped/resources/samples/microwave.csv",
        "sigdesk/_shipped/resources/fonts/Inter-Regular.otf",
        "sigdesk/_shipped/resources/help/first-steps.md",
        "sigdesk/py.typed",
    ):
        assert wanted in names
    assert not [name for name in names if "__pycache__" in name or name.startswith("tests/")]
    assert wheel.stat().st_size < 20_000_000


def test_the_installed_program_finds_what_came_with_it(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--quiet", "--target", str(target), str(wheel)]
    subprocess.run(command, check=True, capture_output=True, timeout=110)
    environment = {**os.environ, "PYTHONPATH": str(target), "SIGDESK_HOME": str(tmp_path / "home")}

    def sigdesk(*arguments: str) -> str:
        ran = subprocess.run(
            [sys.executable, "-m", "sigdesk", *arguments],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    assert __version__ in sigdesk("--version")
    assert str(target) in sigdesk("models", "--format", "json")
    assert "microwave" in sigdesk("classify", "--samples", "--format", "csv")
