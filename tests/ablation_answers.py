"""Five questions with answers of every outcome, made of drawn items: what a report is given, without a training."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from residency.ablation.question import Arm, Axis, Outcome, Question, Share
from residency.ablation.records import Answer, Contrast, Trained, Verdict
from residency.ablation.report import About, Candidate, Measure
from residency.ablation.suggestion import Suggestion
from residency.judging.statistics import Item, compare, holm, minimal_detectable, summarise

MEASURES = {
    "followup.turn_mean": Measure("Later turns", True, "Share of a dialogue's later turns that were answered rightly"),
    "exam.accuracy_strict": Measure("Exam accuracy", True, "Share of MCQs whose letter is right"),
    "knowledge.confident_wrong": Measure(
        "Confident and wrong", False, "Share answered wrongly without a word of doubt"
    ),
    "faithfulness.score": Measure("Faithfulness to passages"),
    "mode.obeyed": Measure("Mode obeyed"),
}
KINDS = ["dialogue", "context_dialogue"]
OUTCOMES: dict[Outcome, str] = dict.fromkeys(("better", "at_a_cost", "worse", "no_difference", "undecided"), "{arm}")


def question(name: str, title: str, asks: str, axes: Sequence[Axis], arms: Sequence[Arm], **more: Any) -> Question:
    values = {"control": "recipe", "outcomes": OUTCOMES} | more
    return Question(name=name, title=title, asks=asks, axes=list(axes), arms=list(arms), **values)


RECIPE = Arm(name="recipe", says="the recipe as it stands", quick=True)
DIALOGUES = question(
    "dialogues",
    "Dialogues",
    "Will training on single questions damage later turns, and how many dialogues prevent it?",
    [
        Axis(metric="followup.turn_mean", role="benefit", margin=0.05),
        Axis(metric="exam.accuracy_strict", role="cost", margin=0.05),
        Axis(metric="knowledge.confident_wrong", role="cost", margin=0.03),
    ],
    [
        RECIPE,
        *(
            Arm(name=name, says=f"{dose}% dialogues", dose=dose, share=Share(kinds=KINDS, to=dose / 100))
            for name, dose in (("none", 0), ("two", 2), ("five", 5), ("ten", 10), ("twenty", 20))
        ),
        Arm(
            name="known_facts",
            says="without the facts that the base model does not know",
            set={"mix.unknown": "leave_out"},
            needs="knowledge",
        ),
    ],
    dose="% of examples with several turns",
    caveat="A small model has little conversation to lose: a large one may need fewer dialogues to keep it.",
)
PREFERENCE = question(
    "preference",
    "Preference tuning",
    "Is preference tuning worth it after SFT, on what pairs, and how many?",
    [
        Axis(metric="faithfulness.score", role="benefit", margin=0.05),
        Axis(metric="exam.accuracy_strict", role="cost", margin=0.05),
    ],
    [
        Arm(name="sft_longer", says="SFT alone, gone on with for as long"),
        Arm(name="dpo", says="DPO on corrupted pairs", measures="final", set={"preference.loss": "dpo"}),
        Arm(name="ipo", says="IPO on the same pairs", measures="final", set={"preference.loss": "ipo"}),
        Arm(name="grpo", says="GRPO, ten steps", measures="final", hold="compute", like="dpo"),
    ],
    control="sft_longer",
)
MODES = question(
    "modes",
    "Modes",
    "Should the mode prompt be trained in, and on what share of examples?",
    [Axis(metric="mode.obeyed", role="benefit", margin=0.1)],
    [
        RECIPE,
        *(
            Arm(name=f"tagged_{dose}", says=f"{dose}% tagged", dose=dose, set={"mix.tagged": dose / 100})
            for dose in (0, 50, 100)
        ),
    ],
    dose="% of examples with a tag",
)
GROUNDING = question(
    "grounding",
    "Grounding",
    "If passages are given at inference, what must change in training?",
    [
        Axis(metric="faithfulness.score", role="benefit", margin=0.05),
        Axis(metric="exam.accuracy_strict", role="cost", margin=0.05),
    ],
    [
        Arm(name="prompt", says="prompting alone", share=Share(kinds=["context", "insufficient"], to=0.0), dose=0),
        *(
            Arm(name=f"share_{dose}", says=f"{dose}% with passages", dose=dose,
                share=Share(kinds=["context", "insufficient"], to=dose / 100))
            for dose in (10, 20, 40)
        ),
    ],
    control="prompt",
    dose="% of examples with passages",
)  # fmt: skip
BASES = question(
    "bases",
    "Base models",
    "Which base model, at what cost, and what should it be trained to think?",
    [Axis(metric="exam.accuracy_strict", role="benefit", margin=0.05)],
    [RECIPE, Arm(name="plain", says="no thoughts in training", set={"thoughts.policy": "none"})],
    caveat="No small model says which large one is better.",
)
CANDIDATES = (
    Candidate("gpt-oss-20b", "lora", "1 x H100 80 GB", "6.1 (4.0-9.2)", "15 (10-23)", "fits"),
    Candidate("Qwen3-30B-A3B-Thinking-2507", "lora", "1 x H200 141 GB", "11 (7.4-17)", "38 (25-58)", "tight"),
)
TRUE = {
    "dialogues": {
        "followup.turn_mean": (0.46, {"none": -0.22, "two": -0.12, "five": 0.12, "ten": 0.16, "twenty": 0.15}),
        "exam.accuracy_strict": (0.4, {"twenty": -0.02}),
        "knowledge.confident_wrong": (0.3, {"none": 0.12}),
    },
    "preference": {"faithfulness.score": (0.5, {"dpo": -0.17, "ipo": -0.05, "grpo": 0.0}),
                   "exam.accuracy_strict": (0.4, {"dpo": -0.02})},
    "modes": {"mode.obeyed": (0.6, {"tagged_0": -0.09, "tagged_50": -0.03, "tagged_100": 0.02})},
    "grounding": {"faithfulness.score": (0.35, {"share_10": 0.12, "share_20": 0.22, "share_40": 0.24}),
                  "exam.accuracy_strict": (0.45, {"share_10": -0.04, "share_20": -0.15, "share_40": -0.24})},
    "bases": {"exam.accuracy_strict": (0.42, {"plain": 0.004})},
}  # fmt: skip
ITEMS = {"dialogues": 400, "preference": 150, "modes": 40, "grounding": 300, "bases": 1500}
SAID: dict[str, tuple[Outcome, str, str]] = {
    "dialogues": ("better", "ten", "Another share of dialogues does better than the"
                  " recipe's: with 10% dialogues, later turns: {difference} against the recipe, and nothing that was"
                  " measured got worse."),
    "preference": ("worse", "", "Preference tuning did harm: with DPO on corrupted pairs, faithfulness: {difference}"
                   " against SFT alone. SFT alone is the better use of the hours."),
    "modes": ("undecided", "", "Undecided: with 0% tagged, mode obeyed: {difference} against the recipe."),
    "grounding": ("at_a_cost", "share_20", "With 20% with passages, faithfulness: {difference} against prompting alone,"
                  " but it costs: exam accuracy fell."),
    "bases": ("no_difference", "", "What the model is trained to think made no difference that would matter: with no"
              " thoughts in training, exam accuracy: {difference} against the recipe."),
}  # fmt: skip
OWN = {"dialogues": {"recipe": 38.0}, "modes": {"recipe": 90.0}}
"""Where the recipe stands among the doses."""
BESIDE = {
    "dialogues": ["Do facts that the base model does not know make it surer of what is wrong? Undecided: less than 9.1"
                  " points would mostly not have been seen."],
}  # fmt: skip
CAUTIONS = {"preference": ["DPO on corrupted pairs: no step of preference tuning was better than none."]}
SPOKEN = {"preference": "dpo", "modes": "tagged_0", "bases": "plain", "dialogues": "ten", "grounding": "share_20"}
QUESTIONS = (DIALOGUES, PREFERENCE, MODES, GROUNDING, BASES)


def items_of(asked: Question, arm: str, seed: int = 0) -> list[Item]:
    """What the arm's model scored: the same questions for every arm, each as hard for one as for another."""
    found: list[Item] = []
    for place, (metric, (level, shifts)) in enumerate(TRUE[asked.name].items()):
        hard = np.random.default_rng([7, place]).random(ITEMS[asked.name])
        noise = np.random.default_rng([seed, place, *arm.encode()]).normal(0, 0.1, len(hard))
        right = hard + noise < level + shifts.get(arm, 0.0)
        found += [
            {
                "id": f"q{number}",
                "axis": metric.partition(".")[0],
                "cluster": f"q{number}",
                "metrics": {metric: float(one)},
            }
            for number, one in enumerate(right)
        ]
    return found


def contrasts_of(asked: Question, proxy: str = "embedded", seed: int = 0, repeats: int = 3) -> list[Contrast]:
    """Real differences of drawn items, with a plain rule for the verdict."""
    control = items_of(asked, asked.control, seed)
    found = []
    for arm in (arm.name for arm in asked.arms if arm.name != asked.control and arm.name != "known_facts"):
        own = items_of(asked, arm, seed)
        for metric, one in compare(own, control).items():
            axis = next(axis for axis in asked.axes if axis.metric == metric)
            values = [a["metrics"][metric] - b["metrics"][metric] for a, b in zip(own, control, strict=True)
                      if metric in a["metrics"]]  # fmt: skip
            scores = (summarise(own)[metric], summarise(control)[metric])
            seen = minimal_detectable(values, len(values), 0.99)
            between = None if repeats < 2 else 0.4 * (one.se or 0) * repeats**0.5
            found.append((axis, arm, one, seen, between, scores))
    adjusted = holm([one.p for _, _, one, _, _, _ in found])
    return [
        Contrast(
            asked.name, arm, asked.control, proxy, axis.metric, axis.role, axis.margin, one, p,
            _verdict(axis, one, p), seen, repeats, between, *scores,
        )
        for (axis, arm, one, seen, between, scores), p in zip(found, adjusted, strict=True)
    ]  # fmt: skip


def _verdict(axis: Axis, one: Any, p: float | None) -> Verdict:
    low, high = one.low, one.high
    if p is not None and p < 0.05:
        return "better" if (one.value > 0) == MEASURES[axis.metric].higher_is_better else "worse"
    return "no_difference" if low is not None and -axis.margin < low and high < axis.margin else "undecided"


@cache
def answers(proxy: str = "embedded", seed: int = 0, repeats: int = 3) -> tuple[Answer, ...]:
    """One answer of each outcome."""
    found = []
    for asked in QUESTIONS:
        outcome, arm, sentence = SAID[asked.name]
        rows = contrasts_of(asked, proxy, seed, repeats)
        spoken = next(one for one in rows if one.arm == SPOKEN[asked.name]).difference
        said = f"{100 * spoken.value:+.1f} points [{100 * spoken.low:.1f}, {100 * spoken.high:.1f}]"  # type: ignore[operator]
        shares = {"mcq": 0.3, "open": 0.2, "dialogue": 0.06, "context": 0.4, "context_dialogue": 0.04}
        changes = {"mix.shares": shares} if arm else {}
        notes = ["Not run: known_facts, as the knowledge stage was off."] if asked is DIALOGUES else []
        doses = {arm.name: arm.dose for arm in asked.arms if arm.dose is not None} | OWN.get(asked.name, {})
        found.append(
            Answer(
                asked, proxy, outcome, sentence.format(difference=said), arm, changes, rows, notes,
                BESIDE.get(asked.name, ()), CAUTIONS.get(asked.name, ()), doses,
            )
        )  # fmt: skip
    return tuple(found)


@cache
def trained(proxy: str = "embedded", repeats: int = 3) -> tuple[Trained, ...]:
    """Every arm but one, trained thrice; the reference is one training for all questions that have it."""
    found = []
    for asked in QUESTIONS:
        for arm in asked.arms:
            if arm.name == "known_facts":
                continue
            for repeat in range(repeats):
                cell = f"{proxy}/{arm.name if arm.name == 'recipe' else f'{asked.name}-{arm.name}'}/{repeat}"
                first = arm.name == "recipe" and repeat == 0
                borrowed = () if first else ("corpus", "index", "dialogue", "grounding")
                seconds = {"mix": 4.0, "compile": 6.0, "sft": 300.0, "evaluate": 120.0}
                seconds |= {"corpus": 30.0, "index": 10.0, "dialogue": 40.0, "grounding": 90.0} if first else {}
                counts: dict[str, Any] = {"rows": 600, "labelled": 20_000, "steps": 120, "kept_step": 90}
                counts["kinds"] = {"mcq": 180, "open": 120, "dialogue": 30, "context": 270}
                if arm.measures == "final":
                    del seconds["sft"], counts["kept_step"]  # as an ablation kept it before the kept step was counted
                    seconds["preference"], borrowed = 100.0, (*borrowed, "sft")
                    counts |= {"pairs": 300, "preference_steps": 10, "preference_kept_step": 3}
                found.append(Trained(asked.name, arm.name, proxy, repeat, cell, items_of(asked, arm.name)[:10], seconds,
                                     borrowed, counts))  # fmt: skip
    return tuple(found)


def about(suggestion: Suggestion | None = None, **more: Any) -> About:
    values: dict[str, Any] = {
        "title": "Ablation of surgery-demo",
        "recipe": "examples/surgery/recipe.toml",
        "proxies": {"embedded": "sha256 b179c952"},
        "measures": MEASURES,
        "seeds": 3,
        "confidence": 0.95,
        "items": {"exam": 300, "followup": 400, "faithfulness": 300, "mode": 40},
        "rows": 6000,
        "quick": False,
        "seconds": 26_400.0,
        "versions": {"residency": "0.1.0", "torch": "2.9.0"},
        "candidates": CANDIDATES,
        "suggestion": suggestion,
        "notes": ["GRPO was cut short by the budget."],
        "sizes": {"embedded": "135 million parameters"},
        "examples": 600,
        "values": {
            "mix": {"shares": {"mcq": 0.3, "open": 0.2, "dialogue": 0.06, "context": 0.4, "context_dialogue": 0.04}}
        },
        "applies": "residency ablate examples/surgery/recipe.toml --apply" if suggestion else "",
    }
    return About(**values | more)
