"""The actions on labels, as rows of the table of actions."""

from __future__ import annotations

from typing import Final

from sigdesk.app.action import Action, Desk, When


def _by_key(key: int) -> Action:
    def label(desk: Desk) -> None:
        desk.labels.set_class_by_key(key)

    text = "Label as Unknown" if key == 9 else f"Label with class {key}"
    return Action(f"label-{key}", text, label, keys=(str(key),), when=When.SIGNAL_SHOWN, group="Labels")


LABEL_TOOL: Final = Action(
    "tool-label", "Label tool", lambda d: d.use_tool("label"), "View", ("L",), "tag", When.SIGNAL_SHOWN, "Plot"
)

LABEL_FILE_ACTIONS: Final = (
    Action(
        "label-import", "Import labels…", lambda d: d.labels.import_labels(), "File", icon="download-simple",
        when=When.SIGNAL_SHOWN, group="Labels", opens_section=True,
    ),
    Action(
        "label-export", "Export labels…", lambda d: d.labels.export_labels(), "File", icon="export",
        when=When.LABELS_THERE, group="Labels",
    ),
    Action(
        "label-sigmf", "Store labels in the SigMF recording", lambda d: d.labels.store_in_sigmf(), "File",
        icon="floppy-disk", when=When.SIGMF_SHOWN, group="Labels",
    ),
)  # fmt: skip

LABEL_ACTIONS: Final = (
    Action(
        "label-accept", "Accept label", lambda d: d.labels.accept(), "Edit", ("A",), "check", When.LABEL_TO_ACCEPT,
        "Labels", opens_section=True,
    ),
    Action(
        "label-accept-all", "Accept all shown", lambda d: d.labels.accept_all_shown(), "Edit", ("Shift+A",),
        "checks", When.SIGNALS_OPEN, "Labels",
    ),
    Action(
        "label-correct", "Correct…", lambda d: d.labels.correct(), "Edit", ("T",), "tag", When.SIGNAL_SHOWN, "Labels"
    ),
    Action(
        "label-split", "Split at the cursor", lambda d: d.labels.split(), "Edit", ("K",), "scissors",
        When.SIGNAL_SHOWN, "Labels", opens_section=True,
    ),
    Action(
        "label-merge", "Merge labels", lambda d: d.labels.merge(), "Edit", ("J",), "arrows-in-line-horizontal",
        When.LABELS_CHOSEN, "Labels",
    ),
    Action(
        "label-name", "Name label…", lambda d: d.labels.rename(), "Edit", ("F2",), "pencil-simple",
        When.ONE_LABEL_CHOSEN, "Labels",
    ),
    Action(
        "label-note", "Note on label…", lambda d: d.labels.annotate(), "Edit", ("Shift+F2",), "note",
        When.ONE_LABEL_CHOSEN, "Labels",
    ),
    Action(
        "label-class", "Rename class…", lambda d: d.labels.rename_class(), "Edit", icon="pencil-simple",
        when=When.ONE_LABEL_CHOSEN, group="Labels",
    ),
    Action(
        "label-keys", "Keys of classes…", lambda d: d.labels.set_keys(), "Edit", icon="keyboard",
        when=When.SIGNAL_SHOWN, group="Labels",
    ),
    Action(
        "label-delete", "Delete label", lambda d: d.labels.delete(), "Edit", ("Delete",), "trash",
        When.LABEL_CHOSEN, "Labels", in_plot=True,
    ),
    Action(
        "labels-all", "Choose all labels", lambda d: d.labels.choose_all(), "Edit", ("Ctrl+Shift+A",),
        "selection-all", When.LABELS_THERE, "Labels", opens_section=True,
    ),
    Action(
        "label-next", "Next label", lambda d: d.labels.step_label(1), "Edit", (".",), when=When.LABELS_THERE,
        group="Labels",
    ),
    Action(
        "label-previous", "Previous label", lambda d: d.labels.step_label(-1), "Edit", (",",),
        when=When.LABELS_THERE, group="Labels",
    ),
    Action(
        "next-unsure", "Next unsure", lambda d: d.labels.step_unsure(1), "Edit", ("N",), "warning",
        When.SIGNALS_OPEN, "Labels",
    ),
    Action(
        "previous-unsure", "Previous unsure", lambda d: d.labels.step_unsure(-1), "Edit", ("Shift+N",),
        when=When.SIGNALS_OPEN, group="Labels",
    ),
    Action(
        "edge-next", "Next label edge under the cursor", lambda d: d.labels.step_edge(1), keys=("]",),
        when=When.LABELS_THERE, group="Labels",
    ),
    Action(
        "edge-previous", "Previous label edge under the cursor", lambda d: d.labels.step_edge(-1), keys=("[",),
        when=When.LABELS_THERE, group="Labels",
    ),
    Action(
        "label-later", "Move label right", lambda d: d.labels.shift(1), keys=("Alt+Right",),
        when=When.LABEL_CHOSEN, group="Labels",
    ),
    Action(
        "label-earlier", "Move label left", lambda d: d.labels.shift(-1), keys=("Alt+Left",),
        when=When.LABEL_CHOSEN, group="Labels",
    ),
    Action(
        "label-longer", "Move the label's end right", lambda d: d.labels.stretch(1, 1), keys=("Alt+Shift+Right",),
        when=When.ONE_LABEL_CHOSEN, group="Labels",
    ),
    Action(
        "label-shorter", "Move the label's end left", lambda d: d.labels.stretch(1, -1), keys=("Alt+Shift+Left",),
        when=When.ONE_LABEL_CHOSEN, group="Labels",
    ),
    Action(
        "label-start-later", "Move the label's start right", lambda d: d.labels.stretch(0, 1),
        keys=("Ctrl+Shift+Right",), when=When.ONE_LABEL_CHOSEN, group="Labels",
    ),
    Action(
        "label-start-earlier", "Move the label's start left", lambda d: d.labels.stretch(0, -1),
        keys=("Ctrl+Shift+Left",), when=When.ONE_LABEL_CHOSEN, group="Labels",
    ),
    *(_by_key(key) for key in range(1, 10)),
)  # fmt: skip
