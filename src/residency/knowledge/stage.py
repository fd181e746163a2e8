"""The knowledge stage: the base model is asked train and dev questions from memory, and the facts are sorted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, cast

from residency.chat.settings import ChatSettings
from residency.core.files import read_jsonl, write_json, write_jsonl
from residency.core.records import Question
from residency.core.stage import Counts, StageContext
from residency.generation.settings import ModelSettings
from residency.knowledge.answering import Answerer, BaseModel, answers_on_disk
from residency.knowledge.asking import Chosen, Key, Subject, choose, prompt
from residency.knowledge.judged import Fact, Knows, judge, needs_samples, settle
from residency.knowledge.report import knowledge_report
from residency.knowledge.settings import KnowledgeSettings

TABLE, REPORT = "known.jsonl", "report.json"
NOTHING: dict[str, Any] = {"asked": {}, "refused": {}, "kinds": [], "shares": [], "answers": {}}


def run(context: StageContext, answerer: Answerer | None = None) -> Counts:
    """Reads the questions of ``kept.jsonl``; writes ``known.jsonl``, a line for each question that was asked, and
    ``report.json``; the raw answers stand in ``answers-greedy.jsonl`` and ``answers-sampled.jsonl``. Where the recipe
    asks for no question the table is empty, and no model is loaded.

    Args:
        context: what every stage is given.
        answerer: asked in place of the base model.
    """
    settings = context.section("knowledge", KnowledgeSettings)
    if not settings.questions:
        write_jsonl(context.out / TABLE, [])
        write_json(context.out / REPORT, NOTHING)
        return {"asked": 0}
    if answerer is None:
        answerer = BaseModel(context.section("model", ModelSettings), context.section("chat", ChatSettings))
    rows = [cast(Question, row) for row in read_jsonl(context.inputs["corpus"] / "kept.jsonl")]
    chosen = choose(rows, settings, context)
    facts, known = sort_facts(chosen, settings, answerer, context)
    write_jsonl(context.out / TABLE, (fact.as_row() for fact in facts))
    report = knowledge_report(facts, known, chosen.refused, settings)
    write_json(context.out / REPORT, report)
    for one in report["kinds"]:
        context.progress.note(one["says"])
    return {"asked": len(facts), **Counter(fact.category for fact in facts)}


def sort_facts(
    chosen: Chosen, settings: KnowledgeSettings, answerer: Answerer, context: StageContext
) -> tuple[list[Fact], list[Knows]]:
    """Each question's fact with its category, and by kind whether the model knows more than luck gives. All are asked
    greedily; samples are drawn where these answers leave something open and the model knows anything of the kind."""

    def ask(subjects: Iterable[Subject], name: str, samples: range, temperature: float) -> dict[Key, str]:
        prompts = {
            Key(one.row["id"], number, sample): prompt(one, number, chosen, settings, context)
            for one in subjects
            for number in range(settings.exemplar_sets)
            for sample in samples
        }
        context.progress.start(len(prompts), f"{name} answers")
        path = context.out / f"answers-{name}.jsonl"
        limits = settings.batch_size, settings.max_new_tokens, temperature
        return answers_on_disk(prompts, path, answerer, *limits, context, context.progress.advance)

    greedy = ask(chosen.subjects, "greedy", range(1), 0.0)
    facts, known = judge(chosen.subjects, greedy, settings, context)
    decided = {one.kind for one in known if one.verdict == "knows"}
    left = [fact.subject for fact in facts if fact.subject.row["kind"] in decided and needs_samples(fact, settings)]
    sampled = ask(left, "sampled", range(1, settings.samples + 1), settings.temperature)
    settle(facts, known, sampled, settings, context)
    return facts, known
