"""Guards: what the evaluations of a training so far say is going wrong.

Each is a pure function of the history, so that a run that goes on after a kill hears the same as one that was never
killed. The history is a list of evaluations as they stand in ``log.jsonl``; the first one, at step 0, is the model
before the training. A figure that was not measured alarms nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from scipy.stats import hypergeom

from residency.training.settings import GuardSettings, PartGuardSettings

History = Sequence[Mapping[str, float]]
FEWEST_PAIRS = 10
"""Held-out pairs below which all of them being told apart says little."""
NOTHING_LEFT = 0.05
"""Share of its first value below which a loss on pairs has nothing left to teach."""
LEAST_GROWTH = 5
"""Tokens by which answers must have grown at least: twice as long as two tokens is no alarm."""


@dataclass(frozen=True)
class Guard:
    """A ``check`` gives one line with figures about the last evaluation, or an empty text. An evaluation of which a
    guard that ``stops`` speaks is not kept; any other guard is only told."""

    name: str
    check: Callable[[History], str]
    stops: bool = True


@dataclass(frozen=True)
class Spoken:
    """What a guard said of the evaluation at ``step``."""

    step: int
    guard: str
    text: str
    stops: bool


@dataclass(frozen=True)
class Watch:
    """The guards of a training."""

    guards: tuple[Guard, ...] = ()

    def warn(self, history: History) -> list[str]:
        """What speaks against the last evaluation, a line each."""
        return [one.text for one in self.heard(history) if one.stops]

    def note(self, history: History) -> list[str]:
        """What else is worth knowing about it."""
        return [one.text for one in self.heard(history) if not one.stops]

    def heard(self, history: History) -> list[Spoken]:
        """All that is said of the last evaluation."""
        told = [(guard, guard.check(history)) for guard in self.guards]
        return [Spoken(int(history[-1]["step"]), guard.name, text, guard.stops) for guard, text in told if text]

    def all_heard(self, history: History) -> list[Spoken]:
        """All that was said, evaluation by evaluation."""
        return [one for number in range(len(history)) for one in self.heard(history[: number + 1])]

    def counts(self, history: History) -> dict[str, int]:
        """How often each guard spoke."""
        names = [one.guard for one in self.all_heard(history)]
        return {guard.name: names.count(guard.name) for guard in self.guards}


def evaluations(log: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The evaluations in a trainer's log."""
    return [entry for entry in log if any(name.startswith("eval_") for name in entry)]


def preference_watch(settings: GuardSettings) -> Watch:
    """The guards of preference tuning."""
    checks: dict[str, Callable[..., str]] = {
        "likelihood": likelihood,
        "length": length,
        "margin": margin,
        "abstention": abstention,
        "easy": easy,
    }
    return Watch(
        tuple(
            Guard(name, partial(check, settings=settings), stops=name != "easy")
            for name, check in checks.items()
            if name not in settings.off
        )
    )


def sft_watch(settings: PartGuardSettings, rows: Mapping[str, int]) -> Watch:
    """The guard of SFT.

    Args:
        settings: its settings.
        rows: how many dev rows each part has, by the part's figure (``loss/mode/EXAM``).
    """
    parts = {
        f"eval_{name}"
        for name, count in rows.items()
        if count >= settings.rows and name.startswith(("loss/mode/", "loss/kind/"))
    }
    return Watch(() if settings.off else (Guard("parts", partial(part, settings=settings, parts=parts), stops=False),))


def likelihood(history: History, settings: GuardSettings) -> str:
    """The chosen answers become less likely and the dev loss rises, both by more than is borne. What is no number any
    more is worse than any number."""
    found = _first_and_last(history, "eval_pairs/chosen", "eval_loss")
    if found is None:
        return ""
    (chosen, chosen_now), (loss, loss_now) = found
    if chosen - chosen_now <= settings.likelihood_fall or loss_now - loss <= settings.loss_rise:
        return ""
    return (
        f"chosen held-out answers fell from {chosen:.2f} to {chosen_now:.2f} nats a token "
        f"while the dev loss rose from {loss:.2f} to {loss_now:.2f}"
    )


def length(history: History, settings: GuardSettings) -> str:
    """Generated dev answers have grown, or many more of them than before do not end within the tokens they are given,
    beyond which their length is not seen."""
    found = _first_and_last(history, "eval_answers/tokens", "eval_answers/ended", "eval_answers/prompts")
    if found is None:
        return ""
    (tokens, tokens_now), (ended, ended_now), (prompts, prompts_now) = found
    if tokens_now >= settings.length_growth * tokens and tokens_now - tokens >= LEAST_GROWTH:
        return f"dev answers grew from {tokens:.0f} to {tokens_now:.0f} tokens on average"
    open_before, open_now = round((1 - ended) * prompts), round((1 - ended_now) * prompts_now)
    if _chance_of_rise(open_before, round(prompts), open_now, round(prompts_now)) <= settings.chance:
        return f"{open_now} of {prompts_now:.0f} dev answers do not end any more, {open_before} before the training"
    return ""


def margin(history: History, settings: GuardSettings) -> str:
    """The margin on held-out pairs has lost a great part of what it had gained, or is below where it began; in both
    cases by more than twice its standard error, which is that over pairs and so, for the same pairs measured again,
    larger than need be."""
    found = _first_and_last(history, "eval_pairs/margin")
    if found is None:
        return ""
    ((start, now),) = found
    noise = 2 * history[-1].get("eval_pairs/margin_error", 0.0)
    peak, at = max((entry["eval_pairs/margin"], -entry["step"]) for entry in history[:-1])
    if start - now > noise:
        return f"the margin on held-out pairs is {now:.2f}, below the {round(start, 2) + 0.0:.2f} before the training"
    if peak - now > noise and now - start < settings.margin_kept * (peak - start):
        return f"the margin on held-out pairs fell to {now:.2f} from {peak:.2f} at step {-at:.0f}"
    return ""


def abstention(history: History, settings: GuardSettings) -> str:
    """The model abstains on more of the dev questions whose passages hold the answer, and not by chance."""
    found = _first_and_last(history, "eval_answers/false_abstention", "eval_answers/prompts")
    if found is None:
        return ""
    (before, now), (prompts, prompts_now) = found
    abstained, abstains = round(before * prompts), round(now * prompts_now)
    if _chance_of_rise(abstained, round(prompts), abstains, round(prompts_now)) > settings.chance:
        return ""
    return (
        f"{abstains} of {prompts_now:.0f} dev questions whose passages hold the answer are met with an abstention, "
        f"{abstained} before the training"
    )


def easy(history: History, settings: GuardSettings) -> str:
    """At the first look all held-out pairs are told apart and the loss has nothing left to teach: often a sign that
    something outward gives the worse answer away. Asked once, since a good training may come there in time."""
    names = ("eval_pairs/accuracy", "eval_pairs/loss", "eval_pairs/count", "eval_pairs/margin")
    found = _first_and_last(history, *names)
    if found is None or len(history) != 2:
        return ""
    (_, accuracy), (loss, loss_now), (_, pairs), (_, margin_now) = found
    if accuracy < 1 or pairs < FEWEST_PAIRS or loss_now > NOTHING_LEFT * loss:
        return ""
    return (
        f"all {pairs:.0f} held-out pairs are told apart already, by a margin of {margin_now:.1f}: look in the report "
        "of the pairs for what gives the worse answers away"
    )


def part(history: History, settings: PartGuardSettings, parts: Collection[str]) -> str:
    """The loss of a mode or kind is above its lowest, while that of all dev rows has fallen since."""
    now = history[-1]
    lines = []
    for name in sorted(parts & now.keys()):
        able = [entry for entry in history[:-1] if name in entry]
        if not able:
            continue
        low = min(able, key=lambda entry: entry[name])
        if now[name] - low[name] > settings.rise and now["eval_loss"] < low["eval_loss"]:
            shown = name.removeprefix("eval_loss/").replace("/", " ")
            lines.append(
                f"{shown} rose from {low[name]:.2f} at step {low['step']:.0f} to {now[name]:.2f} "
                f"while all dev rows fell from {low['eval_loss']:.2f} to {now['eval_loss']:.2f}"
            )
    return f"dev loss: {'; '.join(lines)}" if lines else ""


def _first_and_last(history: History, *names: str) -> list[tuple[float, float]] | None:
    """Figures before the training and now; None where there is nothing to compare."""
    if len(history) < 2 or history[0]["step"] > 0:
        return None
    start, now = history[0], history[-1]
    if any(name not in start or name not in now for name in names):
        return None
    return [(start[name], now[name]) for name in names]


def _chance_of_rise(before: int, of_before: int, now: int, of_now: int) -> float:
    """The P value of Fisher's exact test, one-sided, that a share has risen. The prompts are the same both times, which
    the test does not use: where the same ones tend to be met alike, it is on the careful side."""
    return float(hypergeom.sf(now - 1, of_before + of_now, before + now, of_now))
