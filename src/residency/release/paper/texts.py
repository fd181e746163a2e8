"""Templates of a paper's texts: whatever they show of the run goes through the facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import jinja2

from residency.core.errors import InputError
from residency.release.facts import Facts
from residency.release.paper.statements import STATEMENTS
from residency.release.record import RECORD, VERIFIED

DERIVED = "release/bundle/paper/derived.json"
SUMMARY = "evaluate/summary.json"
FOLDER = Path(__file__).parent / "templates"
TITLES = {"base": "Base", "sft": "SFT", "final": "Final"}
NOT_RECORDED = "**[not recorded]**"
PERSON = "**[for a person: {}]**"
Shape = Callable[[Any], str]


class Writer:
    """Renders texts of one run.

    A template has ``m(stage, pointer)`` (a manifest), ``s(stage, key)`` (a setting of the stage's own section),
    ``d(pointer)`` (the derived figures), ``r(pointer)`` (the release's own record), ``e(pointer)`` (the evaluation's
    summary) and ``f(file, pointer)`` (any file): each shows a value and notes it. ``v(file, pointer)`` gives a value to
    decide by, without showing it, or None where there is none.

    Args:
        facts: where shown values are noted.
        statements: what the recipe says of the study itself, by name (``release.statements``).
    """

    def __init__(self, facts: Facts, statements: Mapping[str, str]) -> None:
        self.facts = facts
        self.statements = dict(statements)
        self.lenient = False
        self.environment = jinja2.Environment(  # noqa: S701 - Markdown, in which HTML's escapes would be shown
            loader=jinja2.FileSystemLoader(FOLDER),
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
        )
        self.environment.globals.update(
            f=self.shown,
            m=lambda stage, pointer, form="": self.shown(f"{stage}/manifest.json", pointer, form),
            s=lambda stage, key, form="", of="": self.shown(
                f"{stage}/manifest.json", f"/parts/settings/{of or stage}/{key}", form
            ),
            d=lambda pointer, form="": self.shown(DERIVED, pointer, form),
            r=lambda pointer, form="": self.shown(RECORD, pointer, form),
            e=lambda pointer, form="": self.shown(SUMMARY, pointer, form),
            v=self.value,
            rows=self.rows,
            places=self.places,
            said=self.said,
            estimate=self._estimate,
            change=self._change,
            titled=lambda name: TITLES.get(name, name),
            settings_of=lambda stage, of="": self.value(f"{stage}/manifest.json", f"/parts/settings/{of or stage}"),
            has=lambda stage: (facts.run_folder / stage / "manifest.json").is_file(),
            ptr=lambda key: str(key).replace("~", "~0").replace("/", "~1"),
            upper=lambda value: str(value).upper(),
            derived_file=DERIVED,
            record_file=RECORD,
            seen_file=VERIFIED,
            code=lambda value: f"`{value}`",
            base_weights=self._base_weights,
            statements=self.statements,
        )

    def render(self, name: str, **more: Any) -> str:
        """A template of the folder, as Markdown. What a run has no record of is said to be so, and stops no release."""
        self.lenient = True
        try:
            return self.environment.get_template(f"{name}.md.j2").render(**more)
        finally:
            self.lenient = False

    def sentence(self, source: str) -> str:
        """A short template, given as text, in one line.

        Raises:
            InputError: the run has no record of something that it shows.
        """
        return " ".join(self.environment.from_string(source).render().split())

    def holds(self, condition: str) -> bool:
        """Whether a condition is met by the records, as a template would ask."""
        return bool(self.environment.compile_expression(condition, undefined_to_none=False)())

    def stands(self, file: str, pointer: str) -> bool:
        """Whether there is such a place, be it empty."""
        try:
            self.facts.value(file, pointer)
        except InputError:
            return False
        return True

    def value(self, file: str, pointer: str) -> Any:
        """A value to decide by; None where there is none, as in an empty cell."""
        try:
            found = self.facts.value(file, pointer)
        except InputError:
            return None
        return None if isinstance(found, str) and not found else found

    def rows(self, file: str) -> list[Any]:
        """The rows of a table, or the paragraphs of a text by their headings.

        Raises:
            InputError: there are none, and a list asks.
        """
        return self._some(list(self.value(file, "") or ()), file)

    def places(self, axis: str = "") -> list[int]:
        """Where the scores of an axis, or the headline scores, stand in the summary's table.

        Raises:
            InputError: there are none, and a list asks.
        """
        table = self.value(SUMMARY, "/table") or ()
        found = [place for place, row in enumerate(table) if (row["axis"] == axis if axis else row["headline"])]
        return self._some(found, SUMMARY)

    def _some(self, found: list[Any], file: str) -> list[Any]:
        if not found and not self.lenient:
            raise InputError("nothing was measured", file, "Run the stage that writes it anew")
        return found

    def shown(self, file: str, pointer: str, form: str | Shape = "") -> str:
        """A value as a form or :func:`plain` shows it; what is not there is none in every form."""
        if self.lenient and not self.stands(file, pointer):
            return NOT_RECORDED
        told = form.format if isinstance(form, str) and form else form or plain
        return self.facts.shown(
            file, pointer, lambda value: plain(None) if value in (None, "") else cast(Shape, told)(value)
        )

    def said(self, name: str) -> str:
        """What the recipe says of the study, or a mark that a person has to say it."""
        return (
            self.shown(DERIVED, f"/statements/{name}") if self.statements.get(name) else PERSON.format(STATEMENTS[name])
        )

    def _base_weights(self) -> str:
        """Which weights the base model's name stands for in this run."""
        kind = self.value(RECORD, "/base/kind")
        told = f"revision {self.shown(RECORD, '/base/revision')}"
        if kind == "folder":
            told = "of a folder, with no digest of its weights kept"
        elif kind == "converted":
            told = (
                f"not the hub's own weights but those made of `{self.shown(RECORD, '/base/file')}` "
                f"({self.shown(RECORD, '/base/made')})"
            )
        if self.value(RECORD, "/base/quantization") not in (None, "none"):
            told += f"; loaded in {self.shown(RECORD, '/base/quantization')}"
        return told

    def _estimate(self, row: int, model: str, form: str = "{:.3f}") -> str:
        """A score with its interval and n: of a row of the summary's table."""
        place = f"/table/{row}/models/{model}"
        if self.value(SUMMARY, f"{place}/value") is None:
            return f"- (n = {self.shown(SUMMARY, f'{place}/n')})"
        text = self.shown(SUMMARY, f"{place}/value", form)
        if self.value(SUMMARY, f"{place}/low") is not None:
            ends = [self.shown(SUMMARY, f"{place}/{end}", form) for end in ("low", "high")]
            text += f" ({ends[0]} to {ends[1]})"
        return f"{text}, n = {self.shown(SUMMARY, f'{place}/n')}"

    def _change(self, file: str, row: int, name: str) -> str:
        """A paired difference with its interval: of a row of a table."""
        if self.value(file, f"/{row}/{name}") is None:
            return "-"
        text = self.shown(file, f"/{row}/{name}", signed)
        if self.value(file, f"/{row}/{name}: low") is None:
            return text
        ends = [self.shown(file, f"/{row}/{name}: {end}", signed) for end in ("low", "high")]
        return f"{text} ({ends[0]} to {ends[1]})"


def plain(value: Any) -> str:
    """A value as a text shows it: no braces, no trailing zeros."""
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    if isinstance(value, list):
        return ", ".join(map(plain, value)) or "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {plain(inner)}" for name, inner in value.items()) or "none"
    return str(value)


def signed(value: float) -> str:
    """With its sign, zero excepted."""
    return f"{value:+.3f}".replace("-", "\N{MINUS SIGN}") if round(value, 3) else f"{0:.3f}"
