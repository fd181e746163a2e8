"""The recipe: one TOML file is one run. Every key is declared, typed and documented in its room."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar, cast

from pydantic import Field, StringConstraints, ValidationError, model_validator

from residency.ablation.settings import AblateSettings
from residency.chat.settings import ChatSettings, CompileSettings
from residency.core.errors import InputError, RecipeError, UsageError
from residency.core.explain import explain, field_at, takes_text_alone
from residency.core.files import read_json
from residency.core.runs import check_run_folder
from residency.core.stage import Settings
from residency.corpus.settings import CorpusSettings
from residency.dialogue.settings import DialogueSettings
from residency.evaluation.settings import EvaluateSettings
from residency.generation.settings import ModelSettings
from residency.grounding.settings import GroundingSettings
from residency.knowledge.settings import KnowledgeSettings
from residency.mix.settings import MixSettings
from residency.preference.settings import PairsSettings
from residency.reasoning.policy import named_always
from residency.reasoning.settings import ThoughtsSettings
from residency.release.gating import override_faults
from residency.release.settings import ReleaseSettings
from residency.retrieval.settings import IndexSettings
from residency.teacher.settings import TeacherSettings
from residency.training.settings import PreferenceSettings, SftSettings

Origin = str  # "default", "recipe", "profile NAME" or "--set"
PROFILES = "profiles"
V = TypeVar("V", bound=Settings)
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


class RunSettings(Settings):
    """The run as a whole."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    """The run folder's name."""
    folder: Path = Path("runs")
    """Where run folders lie, relative to the working directory."""
    seed: int = Field(default=17, ge=0)
    """The one seed that every random choice derives from."""
    repeat: int = Field(default=0, ge=0)
    """Which repeat of the same recipe this is. It moves the seed of what is drawn for training, from the mix on, and
    not what is held out: repeats are asked the same questions."""


class Recipe(Settings):
    """A whole run: one section a stage, and ``model``, which several stages read."""

    run: RunSettings
    """The run as a whole."""
    model: ModelSettings = ModelSettings()
    """The base model."""
    corpus: CorpusSettings
    """The question bank: reading, checks, splits."""
    index: IndexSettings = IndexSettings()
    """Passages and their retrieval."""
    dialogue: DialogueSettings = DialogueSettings()
    """Multi-turn conversations."""
    teacher: TeacherSettings = TeacherSettings()
    """Who rewords the built dialogues."""
    grounding: GroundingSettings = GroundingSettings()
    """Examples with context and citations."""
    knowledge: KnowledgeSettings = KnowledgeSettings()
    """What the base model knows already."""
    mix: MixSettings = MixSettings()
    """The training mix."""
    thoughts: ThoughtsSettings = ThoughtsSettings()
    """What a model that thinks is trained to think."""
    chat: ChatSettings = ChatSettings()
    compile: CompileSettings = CompileSettings()
    """Tokens and labels."""
    sft: SftSettings = SftSettings()
    """Supervised fine-tuning."""
    pairs: PairsSettings = PairsSettings()
    """Preference pairs."""
    preference: PreferenceSettings = PreferenceSettings()
    """Preference tuning."""
    evaluate: EvaluateSettings = EvaluateSettings()
    """The four axes and the gates."""
    release: ReleaseSettings = ReleaseSettings()
    """The bundle."""
    ablate: AblateSettings = AblateSettings()
    """Small trainings that answer questions before the expensive one; ``residency ablate``."""

    @model_validator(mode="after")
    def _splits_leave_room(self) -> Self:
        if self.corpus.dev_share + self.corpus.test_share >= 0.9:
            raise ValueError("corpus.dev_share and corpus.test_share leave less than 10% to train on")
        return self


@dataclass(frozen=True)
class LoadedRecipe:
    """A checked recipe, where it came from and where each of its values came from."""

    recipe: Recipe
    path: Path
    origins: dict[str, Origin]

    @property
    def run_folder(self) -> Path:
        """The folder that this run's stages are written to."""
        return self.recipe.run.folder / self.recipe.run.name

    @property
    def notes(self) -> list[str]:
        """What is worth knowing though nothing is wrong, a line each."""
        return [f"{name}: {note}" for name, section in _sections(self.recipe) for note in section.notes()]


def load_recipe(path: Path, profile: str | None = None, overrides: Iterable[str] = ()) -> LoadedRecipe:
    """Read and check a recipe; every fault is reported at once.

    Args:
        path: the TOML file. Paths in it are relative to it.
        profile: the name of a ``[profiles.NAME]`` table whose values replace the recipe's own.
        overrides: ``section.key=value`` texts, values in TOML, which replace both.

    Raises:
        InputError: the file is missing or is not TOML.
        UsageError: there is no such profile, or an override has no ``section.key=value`` form.
        RecipeError: a key is unknown, or a value has the wrong type or does not fit.
    """
    values = _read_toml(path)
    profiles = _take_profiles(values, path)
    origins: dict[str, Origin] = dict.fromkeys(leaves(values), "recipe")
    if profile is not None:
        if profile not in profiles:
            known = ", ".join(profiles) or "none"
            raise UsageError(f"the recipe has no profile {profile!r}", str(path), f"It has: {known}")
        _merge(values, profiles[profile])
        origins |= dict.fromkeys(leaves(profiles[profile]), f"profile {profile}")
    for override in overrides:
        location, value = parse_override(override)
        assign(values, location, value)
        origins |= dict.fromkeys(leaves({".".join(location): value}), "--set")
    recipe = _validate(values, path)
    resolved = _resolve_paths(recipe, path.parent)
    problems = []
    for name, section in _sections(resolved):
        problems += [f"{name}: {_why_missing(file)}" for file in section.input_files() if not file.exists()]
        problems += [f"{name}: {problem}" for problem in section.problems()]
    problems += [f"thoughts: {problem}" for problem in named_always(resolved.thoughts, resolved.model.name)]
    metrics = [gate.metric for gate in resolved.evaluate.gates]
    problems += [f"release.{problem}" for problem in override_faults(resolved.release.overrides, metrics)]
    if problems:
        raise RecipeError(problems, str(path))
    known_leaves = leaves(resolved.model_dump(mode="json"))
    return LoadedRecipe(resolved, path, {leaf: origins.get(leaf, "default") for leaf in known_leaves})


def recipe_of_run(run_folder: Path, overrides: Iterable[str] = ()) -> LoadedRecipe:
    """The recipe of a run's last command, as its folder keeps it, wherever that lies now.

    Args:
        run_folder: the run's.
        overrides: ``section.key=value`` texts that replace values.

    Raises:
        InputError: there is no run.
        RecipeError: a value does not fit, or was kept by a version that had other keys.
    """
    check_run_folder(run_folder)
    path = run_folder / "recipe.json"
    kept = read_json(path)
    values, origins = kept["values"], kept["origins"]
    for override in overrides:
        location, value = parse_override(override)
        assign(values, location, value)
        origins |= dict.fromkeys(leaves({".".join(location): value}), "--set")
    values["run"] |= {"name": run_folder.resolve().name, "folder": str(run_folder.parent)}
    recipe = _validate(values, path)
    metrics = [gate.metric for gate in recipe.evaluate.gates]
    problems = [f"release.{problem}" for problem in override_faults(recipe.release.overrides, metrics)]
    if problems := problems + [f"release: {problem}" for problem in recipe.release.problems()]:
        raise RecipeError(problems, str(path))
    known_leaves = leaves(recipe.model_dump(mode="json"))
    return LoadedRecipe(recipe, Path(kept["recipe"]), {leaf: origins.get(leaf, "default") for leaf in known_leaves})


def with_changes(loaded: LoadedRecipe, changes: Mapping[str, Any], origin: Origin) -> LoadedRecipe:
    """The same recipe with other values.

    Args:
        loaded: the checked recipe, whose paths are resolved.
        changes: values by dotted key; a table replaces the table that stands there.
        origin: where these values are said to come from.

    Raises:
        RecipeError: a key is unknown, or a value has the wrong type or does not fit.
    """
    values = loaded.recipe.model_dump(mode="json")
    for key, value in changes.items():
        assign(values, key.split("."), value)
    recipe = _validate(values, loaded.path)
    if problems := [f"{name}: {problem}" for name, section in _sections(recipe) for problem in section.problems()]:
        raise RecipeError(problems, str(loaded.path))
    origins = loaded.origins | dict.fromkeys(leaves(changes), origin)
    return LoadedRecipe(recipe, loaded.path, {leaf: origins.get(leaf, "default") for leaf in leaves(values)})


def check_recipe(path: Path) -> tuple[LoadedRecipe, list[str]]:
    """Check a recipe with each of its profiles; returns it without a profile, and the profiles' names.

    Raises:
        RecipeError: the faults of the recipe and of all of its profiles, each once.
    """
    loaded: LoadedRecipe | None = None
    problems: list[str] = []
    names = list(_take_profiles(_read_toml(path), path))
    for profile in (None, *names):
        try:
            found = load_recipe(path, profile)
            loaded = loaded or found
        except RecipeError as error:
            prefix = f"profile {profile}: " if profile else ""
            problems += [prefix + problem for problem in error.problems if problem not in problems]
    if loaded is None or problems:
        raise RecipeError(problems, str(path))
    return loaded, names


def recipe_schema() -> dict[str, Any]:
    """The recipe as JSON Schema, with every key's documentation."""
    return Recipe.model_json_schema()


def leaves(values: Mapping[str, Any], prefix: str = "") -> list[str]:
    """The dotted names of all values in nested tables; a list is one value."""
    found: list[str] = []
    for key, value in values.items():
        name = f"{prefix}{key}"
        found += leaves(value, f"{name}.") if isinstance(value, Mapping) else [name]
    return found


def _sections(recipe: Recipe) -> list[tuple[str, Settings]]:
    return [(name, getattr(recipe, name)) for name in type(recipe).model_fields]


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError("no such recipe", str(path), "Type: residency recipe new, for a start") from None
    except OSError as error:
        raise InputError(f"the recipe cannot be read ({error.strerror})", str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"not valid TOML ({error})", str(path)) from None


def _take_profiles(values: dict[str, Any], path: Path) -> dict[str, dict[str, Any]]:
    """Take the profiles out of a recipe's values."""
    profiles = values.pop(PROFILES, {})
    if not isinstance(profiles, dict):
        raise RecipeError([f"{PROFILES} = {profiles!r}: tables were expected, as in [{PROFILES}.full.sft]"], str(path))
    wrong = [name for name, profile in profiles.items() if not isinstance(profile, dict)]
    if wrong:
        raise RecipeError(
            [f"{PROFILES}.{n} = {profiles[n]!r}: a table was expected, as in [{PROFILES}.{n}.sft]" for n in wrong],
            str(path),
        )
    return profiles


def assign(into: dict[str, Any], location: Sequence[str], value: Any) -> None:
    """Put a value at its place. A table replaces the table that stands there: shares that add up to 1 are one value."""
    for part in location[:-1]:
        if not isinstance(into.get(part), dict):
            into[part] = {}
        into = into[part]
    into[location[-1]] = value


def parse_override(text: str, kind: type[Settings] | None = None) -> tuple[list[str], Any]:
    """The place and the value of a ``section.key=value`` text, or of ``key=value`` below the settings ``kind``.

    Raises:
        UsageError: it has no such form.
    """
    key, sign, value = (part.strip() for part in text.partition("="))
    least, form, example = (
        (2, "section.key=value", "sft.epochs=1") if kind is None else (1, "key=value", "max_items=50")
    )
    if not sign or not re.fullmatch(r"[\w-]+(\.[\w-]+)*", key) or key.count(".") + 1 < least:
        raise UsageError(f"--set {text!r} is not of the form {form}", fix=f"Example: --set {example}")
    location = key.split(".")
    try:
        parsed = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value  # a bare word, as a shell's user types it
    field = field_at(kind or Recipe, location)
    if field is not None and takes_text_alone(field) and not isinstance(parsed, str):
        parsed = value
    return location, parsed


def _merge(into: dict[str, Any], change: Mapping[str, Any]) -> None:
    for key, value in change.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def _validate(values: dict[str, Any], path: Path) -> Recipe:
    try:
        return Recipe.model_validate(values)
    except ValidationError as error:
        problems = [explain(fault, Recipe, (PROFILES,)) for fault in error.errors()]
        raise RecipeError(problems, str(path)) from None


def _resolve_paths(recipe: Recipe, base: Path) -> Recipe:
    """The same recipe with variables in its paths expanded, and its files' paths taken from ``base``, the
    recipe's own folder. The run folder stays relative to the working directory."""
    sections = {name: resolved(section, Path() if name == "run" else base) for name, section in _sections(recipe)}
    return recipe.model_copy(update=sections)


def resolved(value: V, start: Path) -> V:
    """Settings with variables in their paths expanded, and these taken from ``start``."""
    return cast(V, _resolved(value, start))


def _resolved(value: Any, start: Path) -> Any:
    if isinstance(value, Path):
        return Path(os.path.normpath(start / Path(os.path.expandvars(value)).expanduser()))
    if isinstance(value, list):
        return [_resolved(part, start) for part in value]
    if isinstance(value, Settings):
        fields = {name: _resolved(getattr(value, name), start) for name in type(value).model_fields}
        return value.model_copy(update=fields)
    return value


def _why_missing(file: Path) -> str:
    if unset := _VARIABLE.search(str(file)):
        return f"the environment variable {unset[1] or unset[2]} is not set: {file}"
    return f"no such file or folder: {file}"
