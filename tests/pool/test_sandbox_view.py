"""Interpreters in unusual places run in the sandbox as they do outside, and no more of those places is seen than they
need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sigdesk.pool.jobs import JobRequest, JobState, Origin
from sigdesk.pool.sandbox_view import View
from tests.factories import MakeModel, MakePool, MakeRecording, Watch
from tests.pool.conftest import needs_sandbox

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links of POSIX")
in_sandbox = pytest.mark.parametrize("sandboxed", [pytest.param(True, marks=needs_sandbox)], indirect=True)
SCRIPT = "look letters.txt\nanswer a\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "user"
    home.mkdir()
    (home / "letters.txt").write_text("private", encoding="utf-8")
    monkeypatch.setenv("HOME", str(home))
    return home


def install(prefix: Path) -> Path:
    """A language of two words, `look FILE` and `answer LABEL`, whose interpreter needs a library beside it."""
    (prefix / "bin").mkdir(parents=True)
    (prefix / "lib").mkdir()
    (prefix / "lib" / "words.sh").write_text(
        'look() { [ -e "$HOME_OUTSIDE/$1" ] && echo LOG: seen || echo LOG: not seen; }\n'
        'answer() { printf \'OUTPUT: {"label": "%s"}\\n\' "$1"; }\n',
        encoding="utf-8",
    )
    program = prefix / "bin" / "lang"
    program.write_text(
        '#!/bin/sh\n. "$(dirname "$(readlink -f "$0")")/../lib/words.sh"\n. "$(readlink -f "$1")"\n', encoding="utf-8"
    )
    program.chmod(0o755)
    return program


def path_with(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@in_sandbox
@pytest.mark.parametrize("where", ["a version behind links", "the home's own bin", "env"])
def test_an_interpreter_somewhere_in_the_home_folder(
    home: Path,
    pool: MakePool,
    model_folder: MakeModel,
    recording: MakeRecording,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
) -> None:
    program = install(home / ".langs" / "lang-1.2")
    (home / ".langs" / "current").symlink_to("lang-1.2")
    (home / "bin").mkdir()
    (home / "bin" / "lang").symlink_to("../.langs/current/bin/lang")
    path_with(home / "bin" if where != "a version behind links" else home / ".langs" / "current" / "bin", monkeypatch)
    monkeypatch.setenv("HOME_OUTSIDE", str(home))
    if where == "env":
        classifier = model_folder(f"#!/usr/bin/env lang\n{SCRIPT}", command=("classify.py",))
        (classifier.folder / "classify.py").chmod(0o755)
    else:
        classifier = model_folder(SCRIPT, command=("lang", "classify.py"))
    watch = Watch(pool())
    (job,) = watch.run(JobRequest(classifier, recording()))
    assert job.state is JobState.SUCCEEDED, (job.outcome, program)
    assert watch.texts(job, Origin.LOG) == ["not seen"]


@in_sandbox
def test_a_virtual_environment_in_a_home_folder(
    home: Path,
    pool: MakePool,
    model_folder: MakeModel,
    recording: MakeRecording,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    environment = home / "project" / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    (packages,) = (environment / "lib").glob("python3*/site-packages")
    (packages / "own_package.py").write_text("LABEL = 'a'\n", encoding="utf-8")
    (home / "project" / "notes.txt").write_text("private", encoding="utf-8")
    path_with(environment / "bin", monkeypatch)
    script = (
        "import os, sys, own_package\n"
        f"print('LOG:', sorted(os.listdir({str(home / 'project')!r})), os.path.exists({str(home / 'letters.txt')!r}))\n"
        "print('OUTPUT: {\"label\": \"' + own_package.LABEL + '\"}')\n"
    )
    watch = Watch(pool())
    (job,) = watch.run(JobRequest(model_folder(script, command=("python3", "classify.py")), recording()))
    assert job.state is JobState.SUCCEEDED, job.outcome
    assert watch.texts(job, Origin.LOG) == ["['venv'] False"]


@in_sandbox
def test_a_model_folder_behind_a_link(
    home: Path, pool: MakePool, model_folder: MakeModel, recording: MakeRecording, tmp_path: Path
) -> None:
    classifier = model_folder('#!/bin/sh\necho LOG: $(ls ..)\necho \'OUTPUT: {"label": "a"}\'\n', name="real")
    model_folder("", name="other")
    place = home / "models"
    place.symlink_to(tmp_path / "models")
    linked = type(classifier)(place / "real", classifier.manifest)
    watch = Watch(pool())
    (job,) = watch.run(JobRequest(linked, recording()))
    assert job.state is JobState.SUCCEEDED, job.outcome
    assert watch.texts(job, Origin.LOG) == ["real"], "no view of other models"


@in_sandbox
def test_folders_of_libraries_that_variables_name_are_seen(
    home: Path, pool: MakePool, model_folder: MakeModel, recording: MakeRecording, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = home / "shared"
    shared.mkdir()
    (shared / "shared_package.py").touch()
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(shared), str(home), os.environ.get("PYTHONPATH", "")]))
    script = (
        "import os, shared_package\n"
        f"print('LOG:', os.path.exists({str(home / 'letters.txt')!r}))\n"
        'print(\'OUTPUT: {"label": "a"}\')\n'
    )
    watch = Watch(pool())
    (job,) = watch.run(JobRequest(model_folder(script), recording()))
    assert job.state is JobState.SUCCEEDED, job.outcome
    assert watch.texts(job, Origin.LOG) == ["False"], "a whole home is no folder of libraries"


def seen(view: View, model: Path) -> list[str]:
    arguments = view.arguments(str(model))
    return [arguments[index + 1] for index, word in enumerate(arguments) if word == "--ro-bind"]


def test_of_a_folder_that_many_share_only_the_program_is_seen(home: Path, tmp_path: Path) -> None:
    program = install(home / ".local")
    (home / ".local" / "share").mkdir()
    view = View(str(home), [])
    view.see_program(str(program), None)
    model = tmp_path / "model"
    model.mkdir()
    assert str(program) in seen(view, model)
    assert not {str(home), str(home / ".local"), str(home / ".local" / "share")} & set(seen(view, model))


def test_models_and_settings_inside_of_an_installation_are_hidden(home: Path, tmp_path: Path) -> None:
    program = install(tmp_path / "installed")
    models = tmp_path / "installed" / "shipped" / "models"
    (models / "one").mkdir(parents=True)
    view = View(str(home), [str(models)])
    view.see_program(str(program), None)
    arguments = view.arguments(str(models / "one"))
    hide, show = arguments.index("--tmpfs"), arguments.index(str(models / "one"))
    assert arguments[hide + 1] == str(models)
    assert arguments.index(str(tmp_path / "installed")) < hide < show < arguments.index("--remount-ro")


def test_links_in_a_circle_end_the_search(home: Path) -> None:
    (home / "a").symlink_to("b")
    (home / "b").symlink_to("a")
    with pytest.raises(OSError, match="symbolic links"):
        View(str(home), []).see_program(str(home / "a"), None)
