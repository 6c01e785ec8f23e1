"""What a script can reach in the sandbox, tried by scripts that try; and without it, to show that they can."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from sigdesk.classifiers.folder import Classifier
from sigdesk.classifiers.manifest import RunMode, SamplesForm
from sigdesk.pool.isolation import IsolationLevel
from sigdesk.pool.jobs import JobRequest, JobState, Origin
from sigdesk.pool.pool import Pool
from sigdesk.protocol import FailureCode
from tests.factories import MakeModel, MakePool, MakeRecording, Watch
from tests.pool.conftest import Faulty, Trial, both_levels, needs_sandbox

ROOT = Path(__file__).resolve().parents[2]
in_sandbox = pytest.mark.parametrize("sandboxed", [pytest.param(True, marks=needs_sandbox)], indirect=True)
OUTSIDE = ("home", "sigdesk", "other model", "network", "beside", "process", "jobs")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of the user, with something in it that is nobody's business."""
    home = tmp_path / "user"
    home.mkdir()
    (home / "letters.txt").write_text("private", encoding="utf-8")
    monkeypatch.setenv("HOME", str(home))
    return home


@both_levels
@pytest.mark.parametrize("samples", SamplesForm)
@pytest.mark.parametrize("mode", RunMode)
def test_a_script_reaches_its_job_and_nothing_else(
    home: Path,
    pool: MakePool,
    faulty: Faulty,
    recording: MakeRecording,
    tmp_path: Path,
    sandboxed: bool,
    mode: RunMode,
    samples: SamplesForm,
) -> None:
    watch = Watch(pool())
    (tmp_path / "settings.json").write_text("{}", encoding="utf-8")
    other = faulty("good.sh")
    with socket.create_server(("127.0.0.1", 0)) as server:
        params = {
            "home": str(home / "letters.txt"),
            "sigdesk": str(tmp_path / "settings.json"),
            "other": str(other.folder / "good.sh"),
            "port": str(server.getsockname()[1]),
            "pid": str(os.getpid()),
            "folder": str(watch.pool.temp_folder),
        }
        classifier = faulty("pries.py", mode=mode, samples=samples)
        jobs = watch.run(*[JobRequest(classifier, recording([1.0, 2.0, size]), params=params) for size in (3.0, 4.0)])
    Path("/tmp/sigdesk-test-written").unlink(missing_ok=True)
    for job, total in zip(jobs, (6.0, 7.0), strict=True):
        trial = Trial(job, watch)
        assert trial.outcome.output is not None, trial.outcome
        assert trial.outcome.output.results[0].extra["sum"] == total
    said = dict(text.split(": ") for text in Trial(jobs[0], watch).log(Origin.LOG))
    if sandboxed:
        assert [name for name, what in said.items() if what == "done"] == ["tmp"], said
    else:
        assert set(said.values()) == {"done"}, said
    assert (classifier.folder / "written").exists() is not sandboxed


@in_sandbox
def test_what_a_script_writes_to_tmp_is_its_own_and_bounded(
    watch: Watch, model_folder: MakeModel, recording: MakeRecording
) -> None:
    script = (
        "import errno, os, sys\n"
        "assert os.environ['HOME'] == '/tmp' and os.access('/tmp', os.W_OK)\n"
        "said = []\n"
        "for name in ('one', 'two'):\n"
        "    try:\n        with open(f'/tmp/{name}', 'wb') as file:\n            file.write(bytes(1_500_000))\n"
        "    except OSError as error:\n        said.append(errno.errorcode[error.errno])\n"
        "print('ERROR:', *said)\n"
    )
    for _ in range(2):
        (job,) = watch.run(JobRequest(model_folder(script, name=f"m{_}", file_mb=2), recording()))
        assert job.outcome is not None
        assert job.outcome.what.endswith("ENOSPC"), "together they are over 2 MB, and the next script finds it empty"
    assert not Path("/tmp/one").exists()


@in_sandbox
def test_a_file_over_the_limit_is_not_written_in_the_sandbox_either(
    watch: Watch, model_folder: MakeModel, recording: MakeRecording
) -> None:
    script = "import resource\nprint('ERROR:', resource.getrlimit(resource.RLIMIT_FSIZE))\n"
    (job,) = watch.run(JobRequest(model_folder(script, file_mb=2), recording()))
    assert job.outcome is not None
    assert str((2 * 1024 * 1024,) * 2) in job.outcome.what, "set before the script has begun"


@in_sandbox
@pytest.mark.parametrize(("code", "ended"), [(3, "exit code 3"), (200, "exit code 200"), (145, "exit code 145")])
def test_exit_codes_are_the_script_s_own(
    watch: Watch, model_folder: MakeModel, recording: MakeRecording, code: int, ended: str
) -> None:
    (job,) = watch.run(JobRequest(model_folder(f"#!/bin/sh\nexit {code}\n"), recording()))
    trial = Trial(job, watch)
    trial.is_failed(FailureCode.EXIT, f"the script ended without a result, {ended}")


@in_sandbox
def test_the_sandbox_s_own_processes_do_not_count(
    watch: Watch, model_folder: MakeModel, recording: MakeRecording
) -> None:
    script = '#!/bin/sh\nsleep 0.6\necho \'OUTPUT: {"label": "a"}\'\n'
    (job,) = watch.run(JobRequest(model_folder(script, processes=2), recording()))
    assert job.state is JobState.SUCCEEDED, job.outcome


@in_sandbox
def test_nothing_of_a_job_is_left_in_the_box_between_batches(
    watch: Watch, warm: Classifier, recording: MakeRecording
) -> None:
    watch.run(JobRequest(warm, recording()))
    watch.rest()
    assert [path.name for path in watch.pool.temp_folder.rglob("*") if path.is_file()] == [".lock"]


# --- no sandbox to be had ---


@pytest.fixture
def without_bubblewrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path on which everything is but bubblewrap."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "python3", "sleep"):
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(folder))


@pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is Linux's")
@pytest.mark.usefixtures("without_bubblewrap")
@pytest.mark.parametrize("sandboxed", [True], indirect=True)
@pytest.mark.parametrize("mode", RunMode)
def test_who_asked_for_a_sandbox_never_runs_without_it(
    pool: MakePool, model_folder: MakeModel, recording: MakeRecording, mode: RunMode
) -> None:
    watch = Watch(pool())
    classifier = model_folder("open('ran', 'w')\n", mode=mode)
    (job,) = watch.run(JobRequest(classifier, recording()))
    trial = Trial(job, watch)
    trial.is_failed(
        FailureCode.START,
        "The sandbox needs bubblewrap, which is not installed.",
        "Install it (on Debian and Ubuntu: apt install bubblewrap), or switch off the sandbox in Settings.",
    )
    assert not (classifier.folder / "ran").exists()
    isolation = watch.pool.isolation
    assert isolation.level is IsolationLevel.BLOCKED
    assert isolation.problem is not None


@needs_sandbox
def test_without_user_namespaces_nothing_runs_and_the_way_out_is_told(tmp_path: Path) -> None:
    """The whole command line, in a namespace that allows no more of them."""
    signal_file = tmp_path / "signal.csv"
    signal_file.write_text("a\n1\n2\n3\n", encoding="utf-8")
    command = [sys.executable, "-m", "sigdesk", "classify", str(signal_file), "--model", "level-alarm", "--sandbox"]
    no_more = 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"'
    ran = subprocess.run(
        ["unshare", "--user", "--map-root-user", "sh", "-c", no_more, "sh", *command, "--format", "json"],
        env={
            **os.environ,
            "SIGDESK_HOME": str(tmp_path / "home"),
            "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1, ran.stderr
    assert '"state":"FAILED"' in ran.stdout.replace(": ", ":")
    assert "The sandbox could not be made" in ran.stdout
    assert "switch off the sandbox in Settings" in ran.stdout


@in_sandbox
def test_a_program_that_is_not_seen_in_the_sandbox_is_named(
    pool: MakePool, model_folder: MakeModel, recording: MakeRecording
) -> None:
    classifier = model_folder("#!/no/such/interpreter\n", command=("program",))
    (script,) = classifier.folder.iterdir()
    program = script.rename(classifier.folder / "program")
    program.chmod(0o755)
    watch = Watch(pool())
    (job,) = watch.run(JobRequest(classifier, recording()))
    trial = Trial(job, watch)
    trial.is_failed(
        FailureCode.START,
        f"{program} could not be started: No such file or directory.",
        "Check that it is installed, that you may run it, and what a sandbox lets it read.",
    )


@needs_sandbox
def test_without_the_setting_the_level_is_told_as_what_it_is(tmp_path: Path) -> None:
    with Pool(tmp_path / "home" / "tmp", workers=1) as pool:
        assert pool.isolation.level is IsolationLevel.LIMITED
        assert "file size" in pool.isolation.limits
    with Pool(tmp_path / "home" / "tmp", workers=1, sandboxed=True) as pool:
        assert pool.isolation.level is IsolationLevel.SANDBOXED
