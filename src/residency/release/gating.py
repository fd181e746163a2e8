"""What stands against a release: the evaluation's gates, the data gate, the licences and the stranger's verdict.

A bundle is final where every requirement is met, by its own verdict or by a person's word; else it is a draft. An
override names one requirement and says why; it changes no verdict, and is told wherever the verdict is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from residency.core.errors import UsageError

Kind = Literal["evaluation", "data", "licences", "verification"]
Verdict = Literal["pass", "fail", "undecided"]
Finding = tuple[Verdict, str]
"""A verdict, and what it says in a sentence or more."""
EVALUATION, DATA, VERIFICATION = "evaluation", "data", "verification"
NOT_VERIFIED = "The bundle was not opened as a stranger would: release.verify is false."
NO_GATE = "The recipe set no gate. Name some as [[evaluate.gates]]."
GATES = "Not every gate of the recipe passed. The card and the report name those that did not."
BY_KIND: dict[str, Kind] = {"questions": "licences", "passages": "licences", "licence": "licences"}


@dataclass(frozen=True)
class Requirement:
    """One thing that a final release needs.

    ``name`` is what an override names: the metric of an evaluation's gate, ``evaluation`` where the recipe has none,
    ``data``, ``questions`` or ``passages`` (whose licences are meant), ``licence`` (the model's own), ``verification``.
    ``says`` is the verdict in a sentence. ``override`` is the reason for which it is passed over, empty where it is
    not.
    """

    name: str
    kind: Kind
    verdict: Verdict
    says: str
    override: str = ""

    @property
    def met(self) -> bool:
        """Whether it stands against a release no more."""
        return self.verdict == "pass" or bool(self.override)

    def told(self) -> str:
        """What is passed over and why, in words for the card."""
        stop = "" if self.override.endswith((".", "!", "?")) else "."
        return f"`{self.name}` ({self.verdict}). {self.says} Passed over by its makers: {self.override}{stop}"

    def as_dict(self) -> dict[str, Any]:
        """The requirement as plain JSON values."""
        return asdict(self) | {"met": self.met}


@dataclass(frozen=True)
class Standing:
    """All requirements of a release, in the order in which they are told."""

    requirements: tuple[Requirement, ...]

    @property
    def draft(self) -> bool:
        """Whether something stands against a release."""
        return not all(one.met for one in self.requirements)

    @property
    def refused(self) -> list[str]:
        """Why it is a draft, a sentence or more each; the evaluation's gates, which the card lists, are one."""
        unmet = [one for one in self.requirements if not one.met]
        gates = any(one.kind == EVALUATION and one.name != EVALUATION for one in unmet)
        return [GATES] * gates + [one.says for one in unmet if one.kind != EVALUATION or one.name == EVALUATION]

    @property
    def overridden(self) -> list[Requirement]:
        """What did not pass and is passed over."""
        return [one for one in self.requirements if one.verdict != "pass" and one.override]

    def told(self) -> dict[str, Any]:
        """For manifests and for programs."""
        return {
            "draft": self.draft,
            "refused": self.refused,
            "requirements": [one.as_dict() for one in self.requirements],
        }


def standing(
    gates: Sequence[Mapping[str, Any]],
    data: Mapping[str, Any],
    licences: Mapping[str, tuple[bool, str]],
    overrides: Mapping[str, str],
    verification: Finding | None = None,
) -> Standing:
    """What a release needs, and how far it has it.

    Args:
        gates: the evaluation's, of its summary.
        data: the data report's ``fit``: ``passes``, and what it ``says`` where it does not.
        licences: of ``questions``, ``passages`` and the model's own ``licence``, as ``release.licences`` judges them.
        overrides: reasons by the name of what is passed over.
        verification: of the bundle as a stranger opened it; None where nobody has yet.

    Raises:
        UsageError: an override names nothing that a release needs, or gives no reason.
    """
    found = [_gate(gate) for gate in gates] or [Requirement(EVALUATION, "evaluation", "fail", NO_GATE)]
    bank = "The data gate found the bank fit to train on."
    unfit = f"The data gate found the bank unfit to train on: {data['says']}."
    found.append(Requirement(DATA, "data", _verdict(data["passes"]), bank if data["passes"] else unfit))
    found += [Requirement(name, BY_KIND[name], _verdict(named), says) for name, (named, says) in licences.items()]
    if verification is not None:
        found.append(Requirement(VERIFICATION, "verification", *verification))
    if faults := override_faults(overrides, [gate["metric"] for gate in gates]):
        raise UsageError("; ".join(faults), "release")
    return Standing(tuple(replace(one, override=overrides.get(one.name, "").strip()) for one in found))


def parse_overrides(texts: Sequence[str]) -> dict[str, str]:
    """``NAME:REASON`` each, as reasons by name; an empty reason takes an earlier override back.

    Raises:
        UsageError: a text has no such form.
    """
    found = {}
    for text in texts:
        name, sign, reason = (part.strip() for part in text.partition(":"))
        if not sign or not name:
            raise UsageError(
                f"{text!r} is not of the form NAME:REASON",
                "--override",
                "Example: --override data:'one file is cut off'",
            )
        found[name] = " ".join(reason.split())
    return found


def override_faults(overrides: Mapping[str, str], metrics: Collection[str]) -> list[str]:
    """What is wrong with overrides, a line each.

    Args:
        overrides: reasons by name.
        metrics: those of the evaluation's gates.
    """
    known = [*dict.fromkeys(metrics or [EVALUATION]), DATA, *BY_KIND, VERIFICATION]
    found = [
        f"overrides.{name}: a release needs nothing of this name, but {', '.join(known)}"
        for name in overrides
        if name not in known
    ]
    return found + [f"overrides.{name}: no reason is given" for name, reason in overrides.items() if not reason.strip()]


def _gate(gate: Mapping[str, Any]) -> Requirement:
    return Requirement(gate["metric"], "evaluation", gate["verdict"], gate["says"])


def _verdict(passes: bool) -> Verdict:
    return "pass" if passes else "fail"
