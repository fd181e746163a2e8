"""The system message of each example: the mode's tag in a wording of it, or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from residency.core.prompt import DEFAULT_MODE, conversation, standard_tag
from residency.core.records import Conversation
from residency.core.stage import StageContext
from residency.core.tags import training_tags
from residency.mix.draw import Drawn
from residency.mix.settings import ANCHOR, MixSettings

STANDARD_SHARE = 0.5  # of the tagged examples, where there are many wordings; serving uses this tag alone


def with_system(drawn: Sequence[Drawn], settings: MixSettings, context: StageContext) -> list[Conversation]:
    """The conversations with their system message.

    As many go without a tag as ``tagged`` leaves, and all of these are CLINICAL, which is what a model without a tag
    shall be. With many ``tag_wordings`` half of the others have the standard tag, with one all of them. The anchor's
    have no tag and are not counted: their answers have no mode's form, and nothing may ask for one.
    """
    moded = [one for one in drawn if one.row["kind"] != ANCHOR]
    clinical = [one for one in moded if one.row["mode"] == DEFAULT_MODE]
    bare = _some(clinical, round((1 - settings.tagged) * len(moded)), "untagged", context)
    tagged = [one for one in moded if _key(one) not in bare]
    share = STANDARD_SHARE if settings.tag_wordings == "many" else 1.0
    standard = _some(tagged, round(share * len(tagged)), "standard tag", context)
    done: list[Conversation] = []
    for one in drawn:
        row, key = one.row, _key(one)
        tag = None
        if key in standard:
            tag = standard_tag(row["mode"])
        elif row["kind"] != ANCHOR and key not in bare:
            tag = context.random("tag", *key).choice(training_tags(row["mode"]))
        messages = conversation(row["mode"], row["messages"], tag)
        done.append(cast(Conversation, {**row, "messages": messages, "tag": tag}))
    return done


def _key(one: Drawn) -> tuple[str, str, int]:
    return one.row["kind"], one.row["id"], one.copy


def _some(drawn: Sequence[Drawn], number: int, purpose: str, context: StageContext) -> set[tuple[str, str, int]]:
    """So many of these, each by a draw of its own, or all where there are fewer."""
    keys = sorted(map(_key, drawn), key=lambda key: (context.random(purpose, *key).random(), key))
    return set(keys[:number])
