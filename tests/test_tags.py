"""The wordings of the mode's tag: many, unambiguous, and not those that evaluation asks with."""

from __future__ import annotations

import pytest

from residency.core.prompt import MODES, Mode, standard_tag
from residency.core.tags import held_out_tags, training_tags
from residency.core.text import CONTROL_TOKEN, words


def bare(wordings: tuple[str, ...]) -> set[str]:
    """Wordings as their words, so that case and punctuation make no difference."""
    return {" ".join(words(tag)) for tag in wordings}


@pytest.mark.parametrize("mode", MODES)
def test_a_tag_says_its_own_mode_and_not_the_other_in_one_line(mode: Mode) -> None:
    [other] = [name for name in MODES if name != mode]
    tags = [*training_tags(mode), *held_out_tags(mode), standard_tag(mode)]
    assert len(tags) == len({*tags})
    for tag in tags:
        assert mode.lower() in tag.lower() and other.lower() not in tag.lower()
        assert tag.isprintable() and not CONTROL_TOKEN.search(tag) and "{" not in tag.replace('{"mode"', "")


def test_there_are_enough_wordings_of_many_forms() -> None:
    for mode in MODES:
        tags = training_tags(mode)
        assert len(tags) >= 30 and len(held_out_tags(mode)) >= 8
        assert any("=" in tag for tag in tags) and any(tag.endswith(".") for tag in tags)
        assert any(tag[0] in "[(" for tag in tags) and sum(tag == tag.lower() for tag in tags) >= 4
        assert sum(mode in tag for tag in tags) >= 10 and sum(mode.lower() in tag for tag in tags) >= 10


def test_no_wording_of_evaluation_is_one_of_training_in_other_punctuation() -> None:
    trained = set().union(*(bare((*training_tags(mode), standard_tag(mode))) for mode in MODES))
    for mode in MODES:
        asked = bare(held_out_tags(mode))
        assert len(asked) == len(held_out_tags(mode)) and not asked & trained
    assert bare(("MODE -> exam!",)) <= trained, "such a one would be found"
