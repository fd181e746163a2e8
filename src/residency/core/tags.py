"""How the mode is said in the system message: the wordings that training draws from, and those kept for evaluation.

Training and evaluation are rooms that do not know each other, and their wordings must not meet: both lists stand here.
Each wording says its own mode's word (exam, clinical) and not the other's. ``{MODE}`` is EXAM, ``{Mode}`` Exam and
``{mode}`` exam.
"""

from __future__ import annotations

from residency.core.prompt import Mode

_TRAINING: tuple[str, ...] = (
    "mode = {MODE}",
    "mode: {mode}",
    "(mode: {mode})",
    "[{MODE} mode]",
    "{MODE} MODE",
    "# {Mode} mode",
    "{Mode} mode, please.",
    "/{mode}",
    '{{"mode": "{mode}"}}',
    "answer_mode={mode}",
    "profile={MODE}",
    "Setting: {MODE}",
    "Style: {mode}",
    "Current mode: {MODE}",
    "Mode selected: {Mode}",
    "Session type: {mode}",
    "Mode {MODE} is on.",
    "The mode is {MODE}.",
    "You are in {MODE} mode.",
    "Answer in {MODE} mode.",
    "Work in {MODE} mode now.",
    "Please use {mode} mode.",
    "Switch to {mode} mode.",
    "Reply as {mode} mode demands.",
    "Keep to {mode} mode throughout.",
    "All answers follow {mode} mode.",
    "Use the {mode} form for your answers.",
    "Response mode is set to {mode}.",
)
_TRAINING_REASONS: dict[Mode, tuple[str, ...]] = {
    "EXAM": (
        "The user is revising for the boards: exam mode.",
        "This is exam preparation; answer in exam mode.",
        "Because the user sits an exam soon, answer as an examiner would teach.",
        "An exam candidate is asking. Teach for the exam.",
        "Treat each question as an exam question.",
    ),
    "CLINICAL": (
        "The user is at the bedside: clinical mode.",
        "This is about a patient in care; answer in clinical mode.",
        "Because a clinical decision is pending, answer as support for it.",
        "A surgeon on call is asking. Give clinical support.",
        "Treat each question as a clinical question.",
    ),
}
_HELD_OUT: tuple[str, ...] = (
    "Active mode is now {MODE}",
    "mode is {mode} from here on",
    "I want {mode} mode.",
    "Assistant mode ({mode})",
    'config: mode "{mode}", nothing else',
    "Answer style requested: {Mode}.",
    "Operate under {mode} mode for this exchange.",
    "Give what {mode} mode asks for.",
)
_HELD_OUT_REASONS: dict[Mode, tuple[str, ...]] = {
    "EXAM": (
        "The user wants to pass an exam and learns from your answers.",
        "Imagine an oral exam in surgery, and coach the candidate.",
    ),
    "CLINICAL": (
        "The user has a clinical case in front of them and acts on your answers.",
        "Imagine a clinical handover, and help the team to decide.",
    ),
}


def training_tags(mode: Mode) -> tuple[str, ...]:
    """The wordings of a mode's tag in training, beside the standard one."""
    return _worded(_TRAINING, mode) + _TRAINING_REASONS[mode]


def held_out_tags(mode: Mode) -> tuple[str, ...]:
    """The wordings of a mode's tag that evaluation asks with and training never shows."""
    return _worded(_HELD_OUT, mode) + _HELD_OUT_REASONS[mode]


def _worded(wordings: tuple[str, ...], mode: Mode) -> tuple[str, ...]:
    return tuple(wording.format(MODE=mode, Mode=mode.title(), mode=mode.lower()) for wording in wordings)
