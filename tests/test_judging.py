"""Reading answers: letters, abstentions, modes, citations and agreement, on the messy text that models write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.prompt import BEFORE_ACTING, KEY_POINT, body, shape_mcq, shape_open
from residency.core.text import sentences
from residency.judging.answers import is_abstention, obeys_mode, parse_letter
from residency.judging.citations import cite, cited_numbers, score_citations, strip_citations
from residency.judging.overlap import key_fact_recall, token_f1
from residency.judging.support import support
from tests.conftest import EXAMPLES, read_rows

LETTERS = [
    ("ANSWER: B", "B"),
    ("ANSWER: b", "B"),
    ("answer: c", "C"),
    ("ANSWER:B", "B"),
    ("ANSWER : B", "B"),
    ("ANSWER B", "B"),
    ("ANSWER:\nB", "B"),
    ("ANSWER: B.", "B"),
    ("ANSWER: B)", "B"),
    ("ANSWER: (B)", "B"),
    ("ANSWER: [B]", "B"),
    ("ANSWER: **B**", "B"),
    ("**ANSWER:** B", "B"),
    ("**Answer: B**", "B"),
    ("__Answer__: _D_", "D"),
    ("ANSWER: Option C", "C"),
    ("ANSWER: option (C)", "C"),
    ("Answer - D", "D"),
    ("Key point: The neck is narrow.\nIt strangulates early.\nANSWER: D", "D"),
    ("The answer is B.", "B"),
    ("The answer is A.", "A"),
    ("The answer is A because the neck is narrow.", "A"),
    ("The correct answer is (C).", "C"),
    ("The correct answer is option C, a femoral hernia.", "C"),
    ("The correct option is D", "D"),
    ("The best choice would be **B**: femoral hernia.", "B"),
    ("Therefore, the answer should be B. Femoral hernia", "B"),
    ("Final answer: C. Femoral hernia", "C"),
    ("answer: a", "A"),
    ("the answer is a.", "A"),
    ("I first thought the answer is A. On reflection the answer is C.", "C"),
    ("ANSWER: B\nA is wrong because the mass lies above the ligament.", "B"),
    ("ANSWER: B. A fluid bolus is given first.", "B"),
    ("The answer is B, not A.", "B"),
    ("Answer C is right. Answer A is wrong because the mass is above the ligament.", "C"),
    ("The wrong answer is A; the answer is D", "D"),
    ("ANSWER: X\nANSWER: B", "B"),
    ("ANSWER: B\nANSWER:", "B"),
    ("B", "B"),
    ("b", "B"),
    (" (B) ", "B"),
    ("**B**", "B"),
    ("B.", "B"),
    ("Option B", "B"),
    ("option c.", "C"),
    ("B. Femoral hernia", "B"),
    ("B) Femoral hernia. It lies below the ligament.", "B"),
    ("**C.** Femoral hernia", "C"),
    ("La respuesta correcta:\nANSWER: B", "B"),
    ("Die richtige Antwort:\n**ANSWER: C**", "C"),
    # nothing that can be read as a choice: unparsed, and never a wrong letter
    ("", None),
    ("   \n ", None),
    ("ANSWER:", None),
    ("ANSW", None),
    ("Key point: The neck of the femoral canal is", None),
    ("ANSWER: E", None),
    ("ANSWER: Z", None),
    ("E", None),
    ("None of the above", None),
    ("ANSWER: None of the above", None),
    ("ANSWER: N/A", None),
    ("All of the above are correct.", None),
    ("ANSWER: A or B", None),
    ("ANSWER: A and C", None),
    ("ANSWER: A/B", None),
    ("ANSWER: A, B", None),
    ("ANSWER: **A** or **B**", None),
    ("ANSWER: AB", None),
    ("ANSWER: B C", None),
    ("The answer is either A or B.", None),
    ("I'm sorry, but I cannot answer a question about medicine.", None),
    ("I can't answer that.", None),
    ("I cannot answer. A surgeon should be asked.", None),
    ("As an AI language model, I cannot give an answer as a doctor would.", None),
    ("To answer a question like this, look at the canal.", None),
    ("The answer is a question of anatomy.", None),
    ("Answer: A femoral hernia lies below the ligament.", None),
    ("The answer is a 5 mm trocar.", None),
    ("The answer is B-cell lymphoma.", None),
    ("The answer is C. difficile", None),
    ("Answer: E. coli", None),
    ("The answer is not A.", None),
    ("A femoral hernia is most likely.", None),
    ("A 45-year-old woman needs an operation.", None),
    ("C. difficile is the cause.", None),
    ("A. Inguinal hernia\nB. Femoral hernia\nC. Lipoma", None),
    ("La respuesta es la hernia femoral.", None),
    ("Die Antwort lautet: Schenkelhernie", None),
    ("答案是股疝", None),
    ("Femoral hernia", None),
]


@pytest.mark.parametrize(("output", "letter"), LETTERS)
def test_a_letter_is_read_where_one_was_chosen_and_nowhere_else(output: str, letter: str | None) -> None:
    assert parse_letter(output, "ABCD") == letter


def test_the_letters_of_the_item_decide_which_letters_count() -> None:
    assert parse_letter("ANSWER: E", "ABCDE") == "E"
    assert parse_letter("ANSWER: E", "ABCD") is None


@given(st.sampled_from("ABCDE"), st.text(max_size=30))
def test_an_answer_line_of_its_own_is_always_read(letter: str, reasons: str) -> None:
    assert parse_letter(f"{reasons}\nANSWER: {letter}", "ABCDE") == letter


@given(st.text())
def test_any_text_gives_an_option_or_none(text: str) -> None:
    assert parse_letter(text, "ABCD") in {"A", "B", "C", "D", None}


def test_every_gold_exam_answer_gives_its_own_letter() -> None:
    rows = read_rows(EXAMPLES / "mcq.jsonl")
    assert len(rows) == 240
    for row in rows:
        gold = shape_mcq(row["answer"], row["options"][row["answer"]], row["rationale"], "EXAM")
        assert parse_letter(gold, row["options"]) == row["answer"]


ABSTENTIONS = """
I'm sorry, but the provided text does not contain information about the dose of enoxaparin.
Based on the given context, it is not possible to determine the duration of treatment.
The passage doesn't mention umbilical hernia.
The passages do not say how long the drain stays in.
The context does not provide any information about this.
The provided passages do not contain the answer to this question.
Unfortunately, the passages don't specify a dose.
I am sorry, but I cannot find the answer in the given passages.
The answer to this question cannot be found in the context.
There is no mention of mesh in the passages provided.
There is no information about gallstones in the text.
No information about the timing of surgery is provided.
The text gives no information on this.
The context provides no details about the operation.
The passages are silent on the matter.
None of the passages mentions a femoral hernia.
None of the three passages addresses this.
Neither passage says when the stitches come out.
Neither of the passages discusses it.
Nothing in the passages above answers this.
The question cannot be answered from the passages given.
This question cannot be answered with the information provided.
I cannot answer this question based on the provided context.
I'm unable to determine this from the context.
It is not possible to say from these passages.
From the passages given, I cannot tell which antibiotic is used.
The dose is not stated in the passages.
The duration of antibiotics is not mentioned in the provided text.
Thromboprophylaxis isn't discussed in any of these passages.
The information you provided does not include the patient's age.
The passages I was given do not cover this.
The context above does not explain why.
Passage [1] does not mention the dose.
The passages [1], [2] and [3] do not give a dose.
The passages discuss inguinal hernia but do not mention watchful waiting.
The context only describes the repair and does not say when to operate.
The passages describe burns. They do not address hernia.
There is not enough information in the context to answer this question.
Not enough information is provided.
There is insufficient information to answer the question.
I don't have enough information to answer that.
I do not have sufficient context to say.
I could not find any information about this in the sources.
I can't find any mention of priapism in the excerpts.
The context is insufficient to answer this.
The excerpts are not enough to decide.
The answer is not in the passages.
The answer is missing from the context.
The context lacks information about the dose.
Key point: The passages do not cover this.
The documents you supplied don't specify which drug to use.
The sources given do not address splenectomy, so I cannot answer from them.
I don't know; the passages do not say.
Sorry, I do not know from this text.
Not mentioned in the context.
Not stated.
Regrettably, the given information does not specify the volume.
The text says nothing about children.
According to the passages, it is not clear when the drain is removed.
The retrieved passages fail to mention the dose.
The context never states the maximum dose.
I'm sorry. The passages above don't cover testicular torsion.
The given context does not mention what is needed about bile duct stones.
The provided excerpts do not discuss anticoagulants, so the dose cannot be given.
I am not able to answer this from the material provided.
The context does not directly state which test comes first.
I have read all of the passages, and none of them holds the answer.
The sources I was given leave this open.
""".strip().splitlines()

ANSWERS = """
The nasogastric tube is not passed until the airway is secure [1].
A nasogastric tube must never be passed blindly when oesophageal perforation is suspected [3].
Passage of flatus does not exclude obstruction [1].
The passage of flatus does not exclude obstruction, and CT is needed [2].
Passage of a catheter is not attempted when there is blood at the meatus [1].
The textbook answer is Charcot's triad [1].
The text book answer is that the appendix is removed.
The source of bleeding is not found in a fifth of patients [2].
The source of infection is not controlled by antibiotics alone [1].
If the source cannot be found, CT angiography is done [3].
Antibiotics are not given in the absence of a source of infection [1].
Antibiotics do not replace source control [1].
In this context a normal white cell count does not exclude perforation [2].
A raised lactate is not specific in the context of shock [1].
In the context of trauma, hypotension is bleeding until it is shown not to be [1].
Oral contrast is not needed and delays the scan [1].
Contrast material is not given to patients with anaphylaxis to it [2].
Mesh material does not cover the defect fully if it shrinks [1].
Information must be given in a form that she understands [1].
Consent is not valid when material risks are not mentioned to the patient [2].
Relatives cannot consent for an adult who lacks capacity [2].
Written information does not replace the consent discussion [1].
The reference range does not apply in pregnancy [1].
A low score does not rule out serious illness [1].
A negative FAST does not exclude bowel injury [2].
Prophylactic antibiotics are not given for inhalation injury [2].
A stable patient does not need an operation [1].
Warfarin is not started until platelets reach 150 x 10^9/L [1].
The INR does not tell you how much direct oral anticoagulant is on board [1].
The guideline does not recommend routine drains [1].
It is not possible to feel the testis in the scrotum [1].
The surgeon cannot see two structures entering the gallbladder, so the operation is converted [1].
There is no need for antibiotics after excision of an intact organ [1].
There is no evidence of benefit from longer courses [2].
Insufficient resuscitation is shown by a urine output below 0.5 mL/kg an hour [1].
Not enough fluid was given in the first hour [1].
None of the drains is left in for longer than 24 hours [1].
Nothing is given by mouth before the operation [1].
Neither ultrasound nor CT is needed when the torsion is obvious [1].
Do not give vitamin K by intramuscular injection [2].
The stoma does not cover the whole base of the appliance [1].
No information is given to relatives without the patient's consent [1].
Enoxaparin 40 mg once daily is given [1], but the passages do not state for how long.
Surgery follows within 24 hours [1]. The passages do not say which incision is used.
The mass lies below the ligament. It is tender. The passages do not say more.
I would choose: Femoral hernia. A hernia below the ligament is femoral.
The operation note does not mention the swab count, so it must be amended [1].
She says that she was not given the documents before she signed [1].
A patient who cannot answer or say where he is has a verbal score of 4 [1].
The stone cannot be found in the bile duct with ultrasound [1].
Articles left in the wound are not found by counting alone [1].
Blood does not hold enough information on the level of factor VIII for that test.
Ask a senior if you do not have the details of the operation.
The surgeons leave the abdomen open, and none of them closes the skin [1].
Two drains pass the fascia, and none of them holds a suture [2].
""".strip().splitlines()


def test_the_lists_are_as_long_as_they_are_meant_to_be() -> None:
    assert len(LETTERS) >= 60 and len(ABSTENTIONS) >= 60 and len(ANSWERS) >= 50


@pytest.mark.parametrize("answer", ABSTENTIONS)
def test_an_abstention_is_recognised_in_a_models_own_words(answer: str) -> None:
    assert is_abstention(answer)
    assert is_abstention(f"{answer}\n{BEFORE_ACTING} ask a senior before you decide.")


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_is_no_abstention(answer: str) -> None:
    assert not is_abstention(answer)
    assert not is_abstention(shape_open(answer, "EXAM"))


def test_no_answer_of_the_example_corpus_is_an_abstention() -> None:
    answers = [row["answer"] for row in read_rows(EXAMPLES / "open.jsonl")]
    answers += [row["rationale"] for row in read_rows(EXAMPLES / "mcq.jsonl")]
    answers += [row["text"] for row in read_rows(EXAMPLES / "passages.jsonl")]
    assert len(answers) == 855
    assert [answer for answer in answers if is_abstention(answer)] == []


def test_a_bare_refusal_is_not_the_claim_that_the_text_is_silent() -> None:
    """The check would be worthless if it took every refusal for an abstention."""
    for text in ("I cannot give medical advice.", "Please see a doctor.", "I'm sorry, I can't help with that.", ""):
        assert not is_abstention(text)


GOLD = [
    (shape_open("It strangulates.", "EXAM"), "EXAM", False),
    (shape_open("It strangulates.", "CLINICAL", "ask a senior first."), "CLINICAL", False),
    (shape_mcq("B", "Femoral hernia", "The neck is narrow.", "EXAM"), "EXAM", True),
    (shape_mcq("B", "Femoral hernia", "", "EXAM"), "EXAM", True),
    (shape_mcq("B", "Femoral hernia", "The neck is narrow.", "CLINICAL", "ask a senior first."), "CLINICAL", True),
]


@pytest.mark.parametrize(("answer", "mode", "mcq"), GOLD)
def test_a_gold_form_obeys_its_mode_and_not_the_other(answer: str, mode: str, mcq: bool) -> None:
    assert obeys_mode(answer, mode, mcq=mcq)  # type: ignore[arg-type]
    assert not obeys_mode(answer, "CLINICAL" if mode == "EXAM" else "EXAM", mcq=mcq)


@pytest.mark.parametrize(
    ("answer", "mode", "mcq"),
    [
        ("", "EXAM", False),
        ("", "CLINICAL", False),
        ("It strangulates.", "EXAM", False),
        ("It strangulates.", "CLINICAL", False),
        ("It strangulates.\nKey point: early.", "EXAM", False),
        ("Key point: It strangulates.", "EXAM", True),  # an MCQ without its letter
        ("Key point: It strangulates.\nANSWER:", "EXAM", True),
        ("Key point: It strangulates.\nANSWER: B\nI hope this helps.", "EXAM", True),
        ("Key point: It strangulates.\nBefore acting: ask a senior first.", "EXAM", False),
        ("Key point: It strangulates.\nBefore acting: ask a senior first.", "CLINICAL", False),
        ("It strangulates.\nBefore acting:", "CLINICAL", False),
        ("It strangulates.\nBefore acting: ask a senior first.\nGood luck!", "CLINICAL", False),
        ("It strangulates.\nANSWER: B\nBefore acting: ask a senior first.", "CLINICAL", True),
    ],
)
def test_a_form_that_misses_a_part_or_mixes_both_obeys_neither(answer: str, mode: str, mcq: bool) -> None:
    assert not obeys_mode(answer, mode, mcq=mcq)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("It is repaired [1].", [1]),
        ("It is repaired [1][3].", [1, 3]),
        ("It is repaired [1, 2].", [1, 2]),
        ("It is repaired [2; 1].", [2, 1]),
        ("It is repaired [12].", [12]),
        ("It is repaired [0].", [0]),
        ("It is repaired [999].", [999]),
        ("It is repaired [3] and watched [3][1].", [3, 1]),
        ("In [2009] it was [a] repaired [ 1 ] [1.5] (1).", []),
        ("", []),
    ],
)
def test_citation_marks_are_read_each_once_in_order(text: str, numbers: list[int]) -> None:
    assert cited_numbers(text) == numbers


def test_stripping_takes_the_marks_and_the_space_before_them() -> None:
    assert strip_citations("It is repaired [1][3]. Mesh is used [1, 2].") == "It is repaired. Mesh is used."
    assert strip_citations("In 2009 [a] x[1].5") == "In 2009 [a] x.5"


plain_sentences = st.text(st.characters(exclude_characters="[]", exclude_categories=["Cs"]), max_size=60)


@given(plain_sentences, st.lists(st.integers(1, 99), unique=True, max_size=4))
def test_what_was_cited_is_read_back_and_can_be_taken_off(sentence: str, numbers: list[int]) -> None:
    marked = cite(sentence, numbers)
    assert cited_numbers(marked) == numbers
    assert "".join(strip_citations(marked).split()) == "".join(sentence.split())


HERNIA = "A femoral hernia lies below the inguinal ligament and is repaired soon after diagnosis."
DRAIN = "A wound drain is removed after 24 hours when it holds less than 30 mL."
BOTH = "Femoral hernias are repaired soon after diagnosis, and the wound drain is removed after 24 hours."
FIRST = "A femoral hernia is repaired soon after diagnosis"
SECOND = "The wound drain is removed after 24 hours"


@pytest.mark.parametrize(
    ("answer", "recall", "precision"),
    [
        (f"{FIRST} [1]. {SECOND} [2].", 1, 1),
        (f"{FIRST}. [1] {SECOND}. [2]", 1, 1),
        (f"{FIRST}.\n[1]\n{SECOND} [2].", 1, 1),
        (f"{FIRST} [2]. {SECOND} [1].", 0, 0),
        (f"{FIRST} [1]. {SECOND}.", 1 / 2, 1),
        (f"{FIRST}. {SECOND}.", 0, 0),
        (f"{FIRST} [1][2].", 1, 1 / 2),  # [2] supports nothing, and [1] does without it
        (f"{FIRST} [1][3].", 1, 1),  # each supports it alone: neither is irrelevant
        (f"{FIRST} [1, 3].", 1, 1),
        (f"{FIRST} [1][1].", 1, 1),
        (f"{FIRST} [1][9].", 0, 0),  # a mark that names no passage, as ALCE counts it
        (f"{FIRST} [0].", 0, 0),
        (f"{FIRST} [999].", 0, 0),
        (f"{FIRST} [1]. {SECOND} [1][2].", 1, 2 / 3),
        ("A femoral hernia is repaired within 48 hours of diagnosis [1].", 0, 0),  # a number of its own
        (f"{KEY_POINT} {FIRST} [1].\nANSWER: B", 1, 1),
        (f"{FIRST} [1].\n{BEFORE_ACTING} ask a senior first.", 1, 1),
        ("", 0, 0),
        ("[1]", 0, 0),
    ],
)
def test_alce_scores_equal_those_computed_by_hand(answer: str, recall: float, precision: float) -> None:
    score = score_citations(answer, [HERNIA, DRAIN, BOTH])
    assert (score.recall, score.precision) == (recall, precision)
    assert score.f1 == (2 * recall * precision / (recall + precision) if recall + precision else 0)


@pytest.mark.parametrize(
    ("said", "claims"),
    [
        ("The passages do not say when the drain is removed.", 0),
        ("The passages do not say this; look for a guideline on drains.", 0),
        ("The passages do not answer the question, although they mention drains of the neck.", 0),
        ("The passages do not say this, but give 5 mg of morphine and call the anaesthetist.", 1),
        ("The passages do not mention it: remove the spleen and the tail of the pancreas.", 1),
        ("**Management**", 0),
        ("**Give adrenaline 5 mg now**", 1),
    ],
)
def test_a_claim_is_not_left_out_of_the_score_by_what_stands_before_or_around_it(said: str, claims: int) -> None:
    assert score_citations(f"{FIRST} [1].\n{said}", [HERNIA]).sentences == 1 + claims


def test_two_passages_that_only_together_support_a_sentence_are_both_needed() -> None:
    answer = "The femoral hernia below the inguinal ligament is repaired and the drain removed after 24 hours [1][2]."
    assert not support(HERNIA, answer).supported and not support(DRAIN, answer).supported
    score = score_citations(answer, [HERNIA, DRAIN])
    assert (score.recall, score.precision, score.citations) == (1, 1, 2)


def test_the_score_counts_unknown_marks_and_names_what_is_unsupported() -> None:
    score = score_citations(f"{FIRST} [1]. {SECOND} [7].", [HERNIA, DRAIN])
    assert (score.sentences, score.citations, score.unknown) == (2, 1, 1)
    assert score.unsupported == (f"{SECOND} [7].",)


def test_a_number_of_the_question_may_be_repeated() -> None:
    answer = "At 48 years a femoral hernia is repaired soon after diagnosis [1]."
    assert score_citations(answer, [HERNIA]).f1 == 0
    assert score_citations(answer, [HERNIA], question="What is done at 48?").f1 == 1


@given(st.text(), st.lists(st.text(), max_size=3))
def test_scores_lie_between_0_and_1_for_any_text(answer: str, passages: list[str]) -> None:
    score = score_citations(answer, passages)
    assert 0 <= score.recall <= 1 and 0 <= score.precision <= 1 and 0 <= score.f1 <= 1


def test_support_asks_for_the_numbers_and_for_the_words() -> None:
    assert support(DRAIN, f"{SECOND}.").supported
    assert support(DRAIN, f"{SECOND} [1, 2].").supported  # marks are no numbers
    assert support("Give 1,000 mL at pH 7.40.", "Give 1000 mL at pH 7.4.").supported
    assert "48" in support(DRAIN, "The wound drain is removed after 48 hours.").reason
    assert "words" in support(DRAIN, "The appendix is removed through a small incision.").reason
    assert "too little" in support(DRAIN, "It is.").reason
    assert not support("", SECOND).supported


def test_token_f1_is_1_for_the_reference_and_0_for_other_words() -> None:
    assert token_f1(f"{KEY_POINT} {FIRST} [1].", FIRST) == 1
    assert token_f1("Nothing of that.", FIRST) == 0
    assert token_f1("", FIRST) == token_f1(FIRST, "") == 0
    # hernia, repaired; of hernia, repaired, soon, diagnosis, femoral: 2 of 2 and 2 of 5
    assert token_f1("The hernia is repaired.", FIRST) == pytest.approx(2 * 1 * 0.4 / 1.4)


def test_key_facts_are_counted_and_what_cannot_be_judged_is_none() -> None:
    assert key_fact_recall(f"{FIRST}.", ["femoral hernia", "48 hours"]) == 0.5
    assert key_fact_recall("Yes.", ["yes"]) == 1
    assert key_fact_recall(FIRST, []) is None
    assert key_fact_recall(FIRST, ["No.", "It is not."]) is None
    assert key_fact_recall("", ["femoral hernia"]) == 0


@given(st.text(), st.text())
def test_agreement_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert 0 <= token_f1(one, other) <= 1
    assert token_f1(one, other) == pytest.approx(token_f1(other, one))


@pytest.mark.parametrize(
    "text", [" " * 200_000, "[1] " * 50_000, "ANSWER: " * 20_000, "the passages do " * 20_000, "." * 200_000]
)
def test_text_made_to_be_slow_is_read_all_the_same(text: str) -> None:
    """Each of these once took minutes or would have: the patterns must not run over them twice."""
    assert parse_letter(text, "ABCD") is None
    assert not is_abstention(text)
    assert "[1]" not in strip_citations(text)
    assert "".join("".join(sentences(body(text))).split()) in "".join(text.split())
