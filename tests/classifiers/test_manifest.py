"""`model.toml`: what may be left out, and every mistake at once with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigdesk.classifiers.manifest import FileFormat, Input, Manifest, RunMode, SamplesForm
from sigdesk.classifiers.manifest_parser import parse_manifest, read_manifest
from sigdesk.errors import ManifestError, ModelError

SMALLEST = """\
[model]
name = "level-alarm"
version = "1.0.0"
[run]
command = ["sh", "classify.sh"]
[output]
classes = ["calm", "active", "overload"]
"""
FILE_ONLY = """\
[model]
name = "m"
version = "1"
[output]
classes = ["a", "b"]
[file]
name = "model.skops"
"""


def problems_of(text: str, folder_name: str = "m") -> tuple[str, ...]:
    with pytest.raises(ManifestError) as caught:
        parse_manifest(text, folder_name)
    return caught.value.problems


def parsed(extra: str) -> Manifest:
    return parse_manifest(FILE_ONLY + extra, "m")


def test_the_smallest_manifest_gets_every_default_of_the_protocol() -> None:
    manifest = parse_manifest(SMALLEST, "level-alarm")

    run = manifest.run
    assert (manifest.name, manifest.version) == ("level-alarm", "1.0.0")
    assert manifest.classes == ("calm", "active", "overload")
    assert (run.mode, run.samples) == (RunMode.ONE_SHOT, SamplesForm.JSON)
    assert (run.timeout_s, run.start_timeout_s, run.memory_mb, run.processes) == (30.0, 60.0, 2048, 64)
    assert (run.file_mb, run.batch, run.max_jobs) == (1024, 64, 10_000)
    assert manifest.input == Input(channels=None, sample_rate_hz=None, length=None, unit=None, resample=False)
    assert manifest.file is None
    assert manifest.evaluation is None


def test_a_file_without_a_run_table_is_run_warm_by_sigdesk() -> None:
    manifest = parsed("")

    assert (manifest.run.mode, manifest.run.samples) == (RunMode.WARM, SamplesForm.NPY)
    assert not manifest.run.command
    assert not manifest.run.script
    assert manifest.file is not None
    assert manifest.file.format is FileFormat.SKOPS


def test_a_file_may_still_set_limits() -> None:
    manifest = parsed('[run]\ntimeout_s = 0.5\nbatch = 8\nmode = "one-shot"')

    assert (manifest.run.timeout_s, manifest.run.batch, manifest.run.mode) == (0.5, 8, RunMode.ONE_SHOT)


def test_a_script_gets_its_samples_as_an_array() -> None:
    manifest = parse_manifest(SMALLEST.replace('command = ["sh", "classify.sh"]', 'script = "a.py"'), "level-alarm")

    assert (manifest.run.mode, manifest.run.samples) == (RunMode.ONE_SHOT, SamplesForm.NPY)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("m.ONNX", FileFormat.ONNX), ("m.pkl", FileFormat.PICKLE), ("m.joblib", FileFormat.PICKLE)],
)
def test_the_format_follows_from_the_files_name(name: str, kind: FileFormat) -> None:
    manifest = parse_manifest(FILE_ONLY.replace("model.skops", name), "m")

    assert manifest.file is not None
    assert manifest.file.format is kind


def test_titles_parameters_and_notes_are_read() -> None:
    manifest = parsed(
        "[output.titles]\na = 'Ah'\n[params]\nlimit = 0.5\ncount = 3\nfast = true\nunit = 'A'\n"
        "[training]\ndata = 'PLAID'\ndate = 2026-11-24\nnote = [1]\n[training.libraries]\nscikit-learn = '1.9.1'"
    )

    assert (manifest.title_of("a"), manifest.title_of("b")) == ("Ah", "b")
    assert dict(manifest.params) == {"limit": 0.5, "count": 3, "fast": True, "unit": "A"}
    assert manifest.training["libraries"] == {"scikit-learn": "1.9.1"}


def test_the_evaluation_is_read_and_completed() -> None:
    manifest = parsed(
        "[evaluation]\ntest_size = 10\naccuracy = 0.8\nconfusion = [[5, 1], [1, 3]]\n"
        "[evaluation.per_class]\na = { precision = 0.5, recall = 1.0 }\n"
        "b = { precision = 0.75, recall = 0.75, f1 = 0.7, tested = 4 }"
    )

    evaluation = manifest.evaluation
    assert evaluation is not None
    assert (evaluation.test_size, evaluation.accuracy) == (10, 0.8)
    assert evaluation.confusion == ((5, 1), (1, 3))
    assert evaluation.per_class["a"].f1 == pytest.approx(2 / 3)
    assert evaluation.per_class["a"].tested == 6
    assert evaluation.per_class["b"].f1 == 0.7


MANY_MISTAKES = """\
# A comment with [brackets] and name = "x"
[model]
name = "other"
title = 3
colour = "red"
[run]
command = ["sh", "a.sh"]
script = "../b.py"
mode = "hot"
timeout_s = 0
batch = 2.5
memory_mb = true
[input]
channels = 0
sample_rate = "fast"
[output]
classes = [
  "a",  # one ]
  "a",
  "b"]
titles.c = "C"
[params]
x = [1]
text = \"\"\"
batch = 3
\"\"\"
w = 1979-05-27
[file]
format = "exe"
sha256 = "12"
[evaluation]
test_size = 3
accuracy = 1.5
[evaluation.per_class.q]
precision = 2
[nonsense]
"""


def test_fault_46_all_mistakes_come_at_once_with_their_lines() -> None:
    found = problems_of(MANY_MISTAKES)

    wanted = {
        2: "version is missing",
        3: '"other", but the folder is named "m"',
        4: "title is 3",
        5: "colour is not known here",
        8: "keep one of them",
        9: "one-shot, warm",
        10: "timeout_s is 0, but must be a number over 0",
        11: "batch is 2.5",
        12: "memory_mb is true",
        14: "channels is 0",
        15: 'sample_rate is "fast"',
        17: 'names "a" more than once',
        21: "titles.c is not one of the classes",
        23: "x is [1]",
        27: "w is 1979-05-27",
        29: "skops, onnx, pickle, none",
        30: "64 hexadecimal digits",
        33: "accuracy is 1.5",
        34: "per_class.q is not one of the classes",
        35: "precision is 2",
        36: "[nonsense] is not known here",
    }
    for line, text in wanted.items():
        assert any(problem.startswith(f"Line {line}: ") and text in problem for problem in found), (line, text, found)
    assert [int(problem.split()[1].rstrip(":")) for problem in found] == sorted(
        int(problem.split()[1].rstrip(":")) for problem in found
    )


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "[model] is missing"),
        ('[model]\nname = "m"\n\n[output', 4, "not TOML"),
        ('[model]\nname = "m"\nname = "m"', 3, "not TOML"),
        ("a = " + "[" * 5000, 1, "nested"),
        ("model = 3", 1, "must be a table"),
        ('[model]\nname = ""\nversion = "1"\n[output]\nclasses = []\n[run]\nscript="a.py"', 2, "empty"),
        ('[model]\nname = "m"\nversion = "1"\n[output]\nclasses = []\n[run]\nscript="a.py"', 5, "list of texts"),
        (SMALLEST.replace('command = ["sh", "classify.sh"]', 'command = "sh a"'), 5, "list of texts"),
        (FILE_ONLY.replace("model.skops", "/etc/passwd"), 7, "inside the model folder"),
        (FILE_ONLY.replace("model.skops", "..\\\\m.skops"), 7, "inside the model folder"),
        (FILE_ONLY.replace("model.skops", "weights.bin"), 7, "cannot run a [file] of format"),
        (FILE_ONLY + '[input]\nresample = true', 9, "resample to"),
        (FILE_ONLY + "[params]\nlimit = nan", 9, "nan"),
        (FILE_ONLY + "[evaluation]\ntest_size = 9\naccuracy = 1\nconfusion = [[1, 2], [3]]", 11, "2 lists of 2"),
        (FILE_ONLY + "[evaluation]\ntest_size = 9\naccuracy = 1\nconfusion = [[1, 2], [3, 4]]", 11, "adds up to 10"),
    ],
)  # fmt: skip
def test_fault_46_each_mistake_names_its_line(text: str, line: int, said: str) -> None:
    found = problems_of(text, "level-alarm" if "level-alarm" in text else "m")

    assert any(problem.startswith(f"Line {line}: ") and said in problem for problem in found), found


def test_a_manifest_that_is_not_utf8_is_refused_with_the_line(tmp_path: Path) -> None:
    (tmp_path / "model.toml").write_bytes(b"[model]\nname = '\xff'\n")

    with pytest.raises(ManifestError) as caught:
        read_manifest(tmp_path)

    assert caught.value.problems == ("Line 2: the text is not UTF-8.",)


def test_a_folder_without_a_manifest_is_refused_naming_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        read_manifest(tmp_path)

    assert str(tmp_path / "model.toml") in caught.value.what


@given(st.text(alphabet="[]{}=\"'.#\n abct1,", max_size=60))
def test_no_text_does_anything_but_be_refused(text: str) -> None:
    problems = problems_of(text)

    assert problems
    assert all(problem.startswith("Line ") for problem in problems)
