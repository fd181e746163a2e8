"""Instructions that code verifies: each kind with what follows it and what does not, and the prompts that give them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.evaluation.tasks.retention.prompts import TOPICS
from residency.judging.instructions import KINDS, fault_of, followed, loose, strict
from tests.instruction_golds import GOLDS

PROMPTS = [prompt for prompts in TOPICS.values() for prompt in prompts]

CASES: list[tuple[dict[str, Any], list[str], list[str]]] = [
    ({"kind": "words", "least": 2, "most": 3}, ["One two.", "a well-known thing"], ["one", "one two three four"]),
    (
        {"kind": "sentences", "exactly": 2},
        ["It is. It was!", "Dr. Hill left at 3.5 p.m. today. Good."],
        ["It is.", "A b. C d. E f."],
    ),
    ({"kind": "paragraphs", "exactly": 2}, ["a\nb\n\nc", "a\n \n\n\nb"], ["a\nb", "a\n\nb\n\nc"]),
    ({"kind": "lines", "exactly": 2}, ["a\n\nb"], ["a", "a\nb\nc"]),
    (
        {"kind": "bullets", "exactly": 2},
        ["Here:\n- a\n- b", "* a\n* b\n---\n", "• a\n  • b"],
        ["- a", "1. a\n2. b", "-a\n-b"],
    ),
    ({"kind": "numbered", "exactly": 2}, ["1. a\n2. b", "1) a\n\n2) b"], ["1. a", "1. a\n3. b", "- a\n- b"]),
    ({"kind": "words_each", "most": 2}, ["- a b\n- c", "1. a\n2. b c", "a b"], ["- a b c\n- d", "a b c"]),
    ({"kind": "bold", "exactly": 1}, ["A **b c** d."], ["a b", "**a** **b**", "2 ** 3 ** 4"]),
    ({"kind": "placeholders", "least": 2}, ["Dear [name], on [date]"], ["Dear [name]", "Dear name"]),
    ({"kind": "capitals", "exactly": 1}, ["It is NOW."], ["It is now.", "IT IS now", "I am"]),
    ({"kind": "questions", "exactly": 1}, ["Why?", "Why?! I ask."], ["Why.", "Why? How?"]),
    ({"kind": "keyword_count", "word": "sun", "exactly": 2}, ["Sun and SUN."], ["sun", "sunny sun", "sun sun sun"]),
    ({"kind": "letter_count", "letter": "z", "least": 2}, ["Zigzag"], ["zoo"]),
    (
        {"kind": "keywords", "words": ["ice cream", "hot"]},
        ["Hot days want ice\ncream."],
        ["Ice, cream, hot", "hotel ice cream"],
    ),
    ({"kind": "forbidden", "words": ["sit"]}, ["Sitting is a posture."], ["Do not sit."]),
    ({"kind": "no_letter", "letter": "e"}, ["A brook."], ["Every brook.", "123"]),
    ({"kind": "no_commas"}, ["a b"], ["a, b"]),
    ({"kind": "no_digits"}, ["two"], ["2"]),
    ({"kind": "lower_case"}, ["all low, 2 of them."], ["All low", "123"]),
    ({"kind": "upper_case"}, ["ALL UP, 2 OF THEM."], ["ALL Up", "123"]),
    ({"kind": "starts_with", "phrase": "In short"}, ["in short, yes", "In  short: no"], ["Yes, in short"]),
    ({"kind": "ends_with", "phrase": "the end."}, ["It is the end", 'He said "the end."'], ["The end. Or not?"]),
    ({"kind": "lines_start_with", "phrase": "Here"}, ["Here a\nHere b", "- Here a\n- here b"], ["Here a\nThere b"]),
    ({"kind": "quoted"}, ['"Go."', "“Go on.”"], ['Say "go".', '"a" and "b"', '""', '"a']),
    (
        {"kind": "quotes_phrase", "phrase": "so it is"},
        ['He said "So it is."', "“so it is”"],
        ["so it is", '"so it was"'],
    ),
    ({"kind": "postscript"}, ["Dear\nP.S. more", "a\n\nPS: more"], ["P.S. alone", "P.S. more\nbye", "a\npsychology"]),
    (
        {"kind": "json_keys", "keys": ["a", "b"]},
        ['{"a": 1, "b": null}', '```json\n{"b": 1, "a": 2}\n```'],
        ['{"a": 1}', '{"a": 1, "b": 2, "c": 3}', 'Here: {"a": 1, "b": 2}', "[1]"],
    ),
    ({"kind": "json_array", "exactly": 2}, ['["a", "b"]'], ['["a"]', '["a", 2]', '{"a": "b"}', "a, b"]),
    (
        {"kind": "table", "columns": ["A", "B"], "rows": 1},
        ["Here:\n| a | **B** |\n|---|:-:|\n| x | y |"],
        [
            "| A | B |\n| x | y |",
            "| B | A |\n|---|---|\n| x | y |",
            "| A | B |\n|---|---|",
            "| A | B |\n|---|---|\n| x | y |\n| z | w |",
        ],
    ),
    (
        {"kind": "sections", "headings": ["For", "Against"]},
        ["# For\nx\n## Against:\ny"],
        ["For\nAgainst\ny", "Against\ny\nFor\nx", "For\nx", "For x\nAgainst y"],
    ),
    (
        {"kind": "parts", "divider": "***", "exactly": 2},
        ["a\n***\nb"],
        ["a *** b", "a\n***\na", "a\n***\n", "a\n***\nb\n***\nc"],
    ),
    ({"kind": "title"}, ["<<A title>>\ntext"], ["A title\ntext", "text\n<<A title>>", "<<a>> and more\nb"]),
    (
        {"kind": "code_block"},
        ["```python\nx = 1\n```"],
        ["x = 1", "See:\n```\nx\n```", "```\na\n```\n```\nb\n```", "```\n```"],
    ),
    (
        {"kind": "tagged", "tag": "note"},
        ["<note>a</note>", "<note>\na\n</note>\n"],
        ["<note></note>", "x <note>a</note>", "<note>a"],
    ),
    ({"kind": "one_letter", "letters": "ABC"}, ["B", "C."], ["D", "The answer is B", "B, C", "b"]),
    ({"kind": "one_of", "answers": ["yes", "no"]}, ["Yes.", "no"], ["Yes, it is.", "maybe"]),
    ({"kind": "comma_separated", "exactly": 2}, ["a, b c."], ["a", "a, b, c", "a,\nb", "a, "]),
    ({"kind": "alphabetical"}, ["- ant\n- Bee\n- cow", "1. Été\n2. foo", "a\nb"], ["- bee\n- ant", "ant"]),
    (
        {"kind": "language", "language": "French"},
        ["Le chat est dans la maison avec un chien."],
        ["The cat is in the house.", "El gato está en la casa de los niños.", "42", "Der Hund ist nicht im Haus."],
    ),
]


def test_every_kind_is_tried() -> None:
    assert {instruction["kind"] for instruction, _, _ in CASES} == set(KINDS)


@pytest.mark.parametrize(("instruction", "right", "wrong"), CASES, ids=[str(case[0]["kind"]) for case in CASES])
def test_a_kind_tells_what_follows_it_from_what_does_not(
    instruction: dict[str, Any], right: list[str], wrong: list[str]
) -> None:
    assert not fault_of(instruction)
    assert [text for text in right if not followed(instruction, text)] == []
    assert [text for text in wrong if followed(instruction, text)] == []
    assert not followed(instruction, " \n")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("Dutch", GOLDS["weather-dutch"]),
        ("English", "The house is on the hill, and it was built by hand."),
        ("German", GOLDS["eyes-german"]),
        ("Italian", GOLDS["holiday-italian"]),
        ("Portuguese", GOLDS["trees-portuguese"]),
        ("Spanish", GOLDS["science-spanish"]),
        ("Russian", GOLDS["house-russian"]),
        ("Greek", GOLDS["friendship-greek"]),
        ("Korean", GOLDS["sun-korean"]),
        ("Arabic", GOLDS["peace-arabic"]),
        ("Hindi", GOLDS["ice-hindi"]),
    ],
)
def test_a_text_is_in_its_own_language_alone(language: str, text: str) -> None:
    named = ("Dutch", "English", "French", "German", "Italian", "Portuguese", "Spanish", "Russian", "Greek", "Korean")
    told = [name for name in (*named, "Arabic", "Hindi") if followed({"kind": "language", "language": name}, text)]
    assert told == [language]


def test_loose_reads_past_markdown_and_a_preamble_and_strict_does_not() -> None:
    asked = [{"kind": "starts_with", "phrase": "Perhaps"}, {"kind": "no_commas"}]
    for answer in ("Sure, here it is:\nPerhaps so.", "**Perhaps** so."):
        assert strict(asked, answer) == [False, "," not in answer]
        assert loose(asked, answer) == [True, True]
    ending = [{"kind": "ends_with", "phrase": "the end"}]
    assert strict(ending, "It is the end.\nI hope that this helps!") == [False]
    assert loose(ending, "It is the end.\nI hope that this helps!") == [True]
    assert loose([{"kind": "no_commas"}], "Sure, yes\n") == [False], "an empty reading follows nothing"


@given(st.text(max_size=200))
def test_whoever_follows_strictly_follows_loosely(answer: str) -> None:
    for instruction, _, _ in CASES:
        assert followed(instruction, answer) <= loose([instruction], answer)[0]


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_counts_are_held_against_both_bounds(count: int, least: int, most: int) -> None:
    answer = "\n".join(f"- item {letter}" for letter in "abcdefghi"[:count]) or "nothing"
    low, high = sorted((least, most))
    assert followed({"kind": "bullets", "least": low, "most": high}, answer) == (low <= count <= high)
    assert followed({"kind": "bullets", "exactly": low}, answer) == (count == low)


@pytest.mark.parametrize(
    ("instruction", "says"),
    [
        ({"kind": "bulets", "exactly": 2}, "did you mean 'bullets'"),
        ({}, "unknown kind"),
        ({"kind": "bullets"}, "needs 'exactly', 'least' or 'most'"),
        ({"kind": "bullets", "exactly": 2, "least": 1}, "not both"),
        ({"kind": "bullets", "least": 3, "most": 1}, "more than its 'most'"),
        ({"kind": "bullets", "exactly": True}, "whole number"),
        ({"kind": "no_commas", "exactly": 1}, "takes no 'exactly'"),
        ({"kind": "keywords"}, "needs 'words'"),
        ({"kind": "keywords", "words": []}, "list of texts"),
        ({"kind": "starts_with", "phrase": " "}, "not empty"),
        ({"kind": "language", "language": "Latin"}, "cannot be told"),
    ],
)
def test_an_instruction_that_cannot_be_verified_is_told(instruction: dict[str, Any], says: str) -> None:
    assert says in fault_of(instruction)


def test_the_prompts_are_about_120_with_names_of_their_own_and_all_kinds() -> None:
    assert 115 <= len(PROMPTS) <= 125
    assert len({prompt.name for prompt in PROMPTS}) == len({prompt.text for prompt in PROMPTS}) == len(PROMPTS)
    assert {one["kind"] for prompt in PROMPTS for one in prompt.instructions} == set(KINDS)
    assert [fault for prompt in PROMPTS for one in prompt.instructions if (fault := fault_of(one))] == []


@pytest.mark.parametrize("prompt", PROMPTS, ids=[prompt.name for prompt in PROMPTS])
def test_a_prompt_says_what_is_verified_and_can_be_followed(prompt: Any) -> None:
    assert strict(prompt.instructions, GOLDS[prompt.name]) == [True] * len(prompt.instructions)
    text = prompt.text.lower().replace("\n", " ")
    said = {word: str(number) for number, word in enumerate(NUMBERS)}
    figures = {said.get(word, word) for word in re.findall(r"[\w-]+", text)}
    for one in prompt.instructions:
        for key, value in one.items():
            if key in ("exactly", "least", "most") and value != 1 and one["kind"] not in ("alphabetical", "sentences"):
                assert str(value) in figures, f"{prompt.name} does not say {key} {value}"
            if key in ("word", "phrase", "tag", "divider"):
                assert value.lower() in text
            if key in ("words", "columns", "headings", "keys", "answers"):
                assert [part for part in value if part.lower() not in text] == []


def test_no_instruction_is_followed_by_a_refusal_or_by_silence_throughout() -> None:
    for answer in ("", "I am sorry, I can only answer surgical questions, and this is none. Ask me about hernia 2."):
        scores = [all(strict(prompt.instructions, answer)) for prompt in PROMPTS]
        assert sum(scores) <= len(PROMPTS) * 0.1


NUMBERS = "zero one two three four five six seven eight nine ten".split()
