"""The plan as one page, which needs nothing beside it."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from residency.core.files import write_text
from residency.planning.plan import Plan
from residency.planning.report import draw, words
from residency.planning.report.tables import by_device, by_model, ends


def write_page(plan: Plan, path: Path) -> None:
    """Write the page to a file, whole or not at all."""
    environment = Environment(
        loader=PackageLoader("residency.planning.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["ends"] = ends
    choice = plan.advice.choice if plan.advice is not None else None
    models = by_model(plan)
    memories = [stage.memory for stage in choice.stages] if choice is not None else []
    write_text(
        path,
        environment.get_template("plan.html.j2").render(
            plan=plan,
            advice=plan.advice,
            choice=choice,
            models=models,
            devices=by_device(plan),
            known=[one for name, one in plan.known.items()],
            can=words.can(plan),
            data=words.data(plan),
            room=words.room(plan),
            energy=words.energy(plan),
            words=words,
            memory=draw.memory(choice) if choice is not None else "",
            parts=[
                (min(place, draw.SLOTS - 1), words.PARTS.get(name, name))
                for place, name in enumerate(draw.parts_of(memories))
            ],
            costs=draw.costs(models),
        )
        + "\n",
    )
