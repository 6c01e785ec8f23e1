"""From what a training has found to the version of a model folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sigdesk.classifiers.model_file import dump_skops
from sigdesk.classifiers.training.class_examples import class_examples
from sigdesk.classifiers.training.findings import Found
from sigdesk.classifiers.training.material import Material
from sigdesk.classifiers.training.methods import Method, on_one_thread
from sigdesk.classifiers.training.onnx_form import onnx_form
from sigdesk.classifiers.training.plan import MethodName, Plan
from sigdesk.classifiers.training.reporting import figures
from sigdesk.classifiers.training.writing import TrainedModel, library_versions, write_model
from sigdesk.classifiers.versions import add_version, next_version


def folder_of(plan: Plan) -> Path:
    """Where the model of a plan stands, or is to stand."""
    return plan.models_folder.absolute() / plan.name


def deliver(work: Material, found: Found) -> dict[str, Any]:
    """Write the version, and return what there is to tell of it. Raises OSError when the folder cannot be written."""
    model = _model(work, found)
    target, in_use = add_version(folder_of(work.plan), model.version, lambda draft: write_model(draft, model))
    work.tell.progress(1.0)
    state = "in use" if in_use else "not in use yet: promote it to use it"
    work.tell.say(f"Version {model.version} of {model.name} is written and {state}")
    return {
        "label": model.version,
        "name": model.name,
        "version": model.version,
        "folder": str(target),
        "in_use": in_use,
        "method": found.chosen.method.name.value,
        "why": found.why,
        "judged_on": found.tested.judged_on,
        **figures(found.tested.scores),
        "cross_validation": figures(found.chosen.scores),
    }


def _model(work: Material, found: Found) -> TrainedModel:
    plan, method, first = work.plan, found.chosen.method, work.examples[0]
    lengths = [example.samples.shape[1] for example in work.examples]
    delivered = on_one_thread(found.estimator)
    onnx = onnx_form(delivered, found.chosen.rows, work.classes, found.temperature)
    if onnx is not None:
        work.tell.say("It was converted to ONNX, with the same answers, and runs in that form")
    own = [work.examples[place] for place in found.own]
    return TrainedModel(
        name=plan.name,
        version=next_version(folder_of(plan)),
        title=plan.title or plan.name,
        description=plan.description,
        licence=plan.licence,
        author=plan.author,
        data=dump_skops(delivered),
        onnx=onnx,
        classes=work.classes,
        channels=len(first.samples),
        units=first.units if any(first.units) else (plan.unit,),
        rate_hz=first.rate_hz,
        lengths=(min(lengths), max(lengths)),
        resample=plan.resample,
        features=method.features,
        length=method.length,
        method=method.title,
        temperature=found.temperature,
        seed=plan.seed,
        sources=_source_names(plan),
        signals=len(work.examples),
        libraries=library_versions("scikit-learn", "skops", "numpy", *_extra_libraries(method, onnx)),
        scores=found.tested.scores,
        judged_on=found.tested.judged_on,
        cross_validation=found.chosen.scores,
        why=found.why,
        notes=work.notes,
        report=found.report,
        examples=class_examples(own, found.chosen.logits, work.classes),
    )


def _extra_libraries(method: Method, onnx: bytes | None) -> tuple[str, ...]:
    if method.name is MethodName.ROCKET:
        return ("aeon", *(("onnx",) if onnx is not None else ()))
    return ("onnx",) if onnx is not None else ()


def _source_names(plan: Plan) -> tuple[str, ...]:
    names = list(dict.fromkeys(source.path.name for source in plan.data))
    return tuple(names if len(names) <= 4 else [*names[:3], f"{len(names) - 3} more files"])
