"""The release stage: writes the bundle and says whether it is a draft."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from residency.chat.settings import ChatSettings
from residency.core import prompt, tools
from residency.core.files import folder_digests, read_json, write_json, write_text
from residency.core.records import Passage
from residency.core.stage import Counts, StageContext
from residency.generation.models import ADAPTER_CONFIG, load_model, load_tokenizer, tuned_folder
from residency.generation.settings import ModelSettings
from residency.release.cards import write_cards
from residency.release.gating import standing
from residency.release.licences import judged, licences
from residency.release.serving import served
from residency.release.settings import ReleaseSettings

EMBEDDED_NAME = "HuggingFaceTB/SmolLM2-135M-Instruct"
DRAFT = "DRAFT"
STANDING, SUMS = "standing.json", "SHA256SUMS"


def run(context: StageContext) -> Counts:
    """Reads the earlier stages' manifests, the final model or its adapter, the passages, the rows trained on and
    what became of their thoughts; writes ``bundle/``, and beside it ``record.json``, what the cards show that no other
    stage wrote down.

    The bundle is always written, for its maker's own use. Where a requirement (``release/gating.py``) is not met it is
    refused as a release: its card says draft and why, and so does the file ``DRAFT`` beside it, one reason a line.
    ``standing.json`` beside it holds all requirements.
    """
    return write(context)


def write(context: StageContext, weights: bool = True) -> Counts:
    """As :func:`run`; without ``weights`` the bundle lacks them and the tokenizer, and nothing is loaded."""
    settings = context.section("release", ReleaseSettings)
    model_settings = context.section("model", ModelSettings)
    bundle = context.out / "bundle"
    bundle.mkdir(parents=True)
    summary = read_json(context.inputs["evaluate"] / "summary.json")
    gates = summary["gates"]
    named = licences(context.inputs)
    stands = standing(
        gates,
        read_json(context.inputs["corpus"] / "data-report.json")["fit"],
        judged(named, settings.max_unlicensed),
        settings.overrides,
    )
    base_model = base_name(model_settings)
    if weights:
        _put_weights(tuned_folder(context.inputs["preference"]), bundle, model_settings, settings.merge)
    shutil.copy(context.inputs["index"] / "passages.jsonl", bundle / "passages.jsonl")
    shutil.copy(context.inputs["evaluate"] / "report.html", bundle / "report.html")
    shutil.copytree(context.inputs["evaluate"] / "report", bundle / "report")
    serving = served(read_json(context.inputs["thoughts"] / "report.json"), context.section("chat", ChatSettings))
    write_json(bundle / "contract.json", contract() | serving)
    told = {"base_model": base_model, "serving": serving, "licences": named}
    told |= {"refused": stands.refused, "overridden": [one.told() for one in stands.overridden]}
    record = write_cards(context.out.parent, bundle, settings, named["passages"]["of"], told)
    digests = folder_digests(bundle)
    write_text(bundle / SUMS, "".join(f"{digest}  {name}\n" for name, digest in digests.items()))
    write_json(context.out / STANDING, stands.told())
    if stands.draft:
        write_text(context.out / DRAFT, "".join(f"{reason}\n" for reason in stands.refused))
    return {
        "draft": stands.draft,
        "files": len(digests) + 1,
        "gates": {kind: sum(gate["verdict"] == kind for gate in gates) for kind in ("pass", "fail", "undecided")},
        "licences": named,
        "refused": stands.refused,
        "overridden": [one.name for one in stands.overridden],
        "data": record["data"],
    }


def _put_weights(tuned: Path, bundle: Path, model: ModelSettings, merge: bool) -> None:
    """What was trained, with its tokenizer and, where asked for, merged with the base model."""
    shutil.copytree(tuned, bundle, ignore=shutil.ignore_patterns("README.md"), dirs_exist_ok=True)
    if is_adapter := (bundle / ADAPTER_CONFIG).exists():
        _point_to_base(bundle / ADAPTER_CONFIG, base_name(model))
    load_tokenizer(model).save_pretrained(str(bundle))
    if merge and is_adapter:
        from residency.generation.merging import merged

        # An adapter that was trained on 4-bit weights is merged into those in 16 bits.
        whole = merged(load_model(model.model_copy(update={"quantization": "none"}), tuned))
        whole.save_pretrained(str(bundle / "merged"), safe_serialization=True)


def base_name(settings: ModelSettings) -> str:
    """The base model's name for readers elsewhere: its hub id, or a folder's name without this machine's path."""
    if settings.name == "embedded":
        return EMBEDDED_NAME
    folder = Path(settings.name).expanduser()
    return folder.resolve().name if folder.is_dir() else settings.name


def contract() -> dict[str, Any]:
    """The prompt contract as data, for a client that does not have this package."""
    return {
        "identity": prompt.IDENTITY,
        "modes": {mode: prompt.system_message(mode)["content"] for mode in prompt.MODES},
        "default_mode": prompt.DEFAULT_MODE,
        "context": prompt.user_message("{question}", [])["content"].replace(prompt.NOTHING_FOUND, "{passages}"),
        "context_if_it_helps": prompt.user_message("{question}", [], "if_it_helps")["content"].replace(
            prompt.NOTHING_FOUND, "{passages}"
        ),
        "passage": _passage({"date": "{month}"}),
        "passage_superseded": _passage({"date": "{month}", "superseded_by": "yes"}),
        "passage_undated": _passage({}),
        "nothing_found": prompt.NOTHING_FOUND,
        "tools": list(tools.TOOLS),
        "failures": dict(tools.FAILED),
    }


def _passage(fields: Mapping[str, str]) -> str:
    """How a passage stands in the prompt, with its parts as fields."""
    passage = {"title": "{title}", "text": "{text}", "date": "", **fields}
    return f"[{{number}}] {prompt.passage_text(cast(Passage, passage))}"


def _point_to_base(path: Path, base_model: str) -> None:
    """Name the base model in the adapter's settings instead of a folder of this machine."""
    write_json(path, read_json(path) | {"base_model_name_or_path": base_model})
