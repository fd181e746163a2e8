"""Checks of single rows: each finds its planted fault in many forms, and leaves clean rows alone."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.core.reading.read import Block, Raw
from residency.corpus.checks import CHECKS, findings
from residency.corpus.checks.answers import CHECKS as ANSWER_CHECKS
from residency.corpus.checks.base import Check, Finding
from residency.corpus.checks.conversations import CHECKS as TURN_CHECKS
from residency.corpus.checks.fields import CHECKS as FIELD_CHECKS
from residency.corpus.checks.mcq import CHECKS as MCQ_CHECKS
from residency.corpus.checks.parts import texts, whole
from residency.corpus.checks.quick import may_find
from residency.corpus.intake import Plan, work
from residency.corpus.reading.shapes import Draft, parse, resolve_key
from residency.corpus.settings import CorpusSettings
from tests.conftest import EXAMPLES, read_rows

Row = dict[str, Any]
Plant = Callable[[Row, int, random.Random], Row]

SETTINGS = CorpusSettings(files=[Path("bank.jsonl")], max_chars=15_000)
HERE = {check.id: check for check in (*FIELD_CHECKS, *MCQ_CHECKS, *ANSWER_CHECKS)}
MCQS, OPEN = read_rows(EXAMPLES / "mcq.jsonl"), read_rows(EXAMPLES / "open.jsonl")
LEAST, RECALL = 40, 0.95


def draft_of(row: Row) -> Draft:
    draft = parse(Raw("bank.jsonl", 1, row=row), SETTINGS)
    assert isinstance(draft, Draft), draft
    return resolve_key(draft, 0)


def find(check: str, row: Row) -> list[Finding]:
    draft = draft_of(row)
    found = list(HERE[check].find(draft, SETTINGS))
    assert not found or may_find([HERE[check]], [whole(draft)]) in ([None], [[True]]), "the quick look overlooks it"
    return found


def ids(row: Row) -> set[str]:
    return {check.id for check, _ in findings([draft_of(row)], SETTINGS)[0]} & set(HERE)


def open_row(answer: str, question: str = "How is it treated?", **fields: Any) -> Row:
    return {"question": question, "answer": answer, "source": "s", "topic": "t", "licence": "l"} | fields


def mcq_row(*options: str, answer: str = "A", question: str = "Which is it?", **fields: Any) -> Row:
    given_options = dict(zip("ABCDEFGH", options, strict=False))
    return open_row(answer, question, options=given_options, **fields)


# Planted faults. Each takes a clean row and plants one fault in the form that the number chooses.

REFUSALS = """I'm sorry, but I can't help with that.
I cannot provide medical advice.
I can't assist with this request.
Sorry, I cannot answer medical questions. Please see a doctor.
As an AI language model, I cannot diagnose or treat conditions.
I am unable to give medical advice. Please consult a qualified health professional.
I apologise, but I cannot provide an answer to that.
I'm not able to help with medical questions.
I’m sorry, but I can’t assist with that request.
Unfortunately, I am not able to provide specific medical guidance. Please speak to your doctor.
I must decline to answer this question.
This request goes against my guidelines, so I will not continue.
I won't provide instructions for that procedure.
As an AI, I'm not qualified to give clinical recommendations. A surgeon should be consulted.
I cannot provide medical advice, but I recommend that you consult a surgeon.
I'm really sorry, but that is something I can't discuss. Please contact a healthcare provider.""".splitlines()
OPENINGS = """Certainly! Here is the answer.|Sure, here's a summary:|Great question!|Of course! |Absolutely! |
I'd be happy to help.|Thank you for your question.|Here is a concise explanation of the topic:|As an AI language model,|
That's a great question.|Sure! |Certainly, I can explain.|Let me break this down.|I'm just an AI, but here goes.|
Of course, here are the key points.|As a large language model, I know this.""".replace("\n", "").split("|")
CLOSINGS = """I hope this helps!|Let me know if you have any other questions.|Feel free to ask if anything is unclear.|
I hope this explanation is helpful.|Is there anything else I can help you with?|Don't hesitate to reach out.|
If you have any further questions, feel free to ask.|Please consult your doctor for medical advice.|
Always consult a qualified healthcare professional for personalised medical advice.|Good luck with your exams!|
As of my last update, this is current.|This information is for educational purposes only.|
Please consult a healthcare professional.|This is not a substitute for professional medical advice.|
I am not a doctor.|It is best to speak with your doctor for specific advice.""".replace("\n", "").split("|")
TOKENS = """<|im_end|> <|im_start|>user <|start|>assistant <|channel|>analysis<|message|> <|return|> <|call|> <think>
</think> <|endoftext|> [INST] [/INST] <<SYS>> </s> <s> <|eot_id|> <|start_header_id|> <|begin_of_text|> <tool_call>
<start_of_turn>model <end_of_turn> <bos> <eos> <pad> <\uff5cend\u2581of\uff5c> [TOOL_CALLS] <|fim_prefix|>""".split()
DEBRIS = [
    *("<p>{}</p>", "{}<br/>", "<b>{}</b>", '<div class="ref">{}</div>', "{}<sup>2</sup>", '{} <a href="x">link</a>'),
    *("<!-- note --> {}", "{}&nbsp;", "{} Give &lt;5 mL.", "{}&#8217;", "{} [[edit]]", "{} {{citation needed}}"),
    *("{} [citation needed]", "```{}```", "##\n{}", "{} ****", "{} [more](https://example.org/page)", "{} [cite: 3]"),
    *(
        "{} [cite_start]",
        "{} 【4:0†source】",
        "{} :contentReference[oaicite:0]{index=0}",
        "{} [^2]",
        "{} citeturn0search1",
    ),
    *(
        r"{} \frac{1}{2}",
        r"{} \textbf{note}",
        r"{} $\alpha$",
        r"{} \(x^2\)",
        "{} $x_{1}^{2}$",
        r"{}\n\nNext",
        r"{} caf\u00e9",
    ),
    *(
        "The patientâ€™s case. {}",
        "Temperature 38 Â°C. {}",
        "{} MÃ©niÃ¨re",
        "{} \ufffd",
        "### Response:\n{}",
        "Human: why?\n{}",
    ),
]
FOREIGN = """La apendicitis aguda se trata con cirugía y con antibióticos por vía intravenosa antes de la operación.
El paciente debe ser operado cuanto antes si hay signos de peritonitis o de perforación.
¿Cuál es el tratamiento de la hernia inguinal en un paciente que no tiene síntomas?
Se recomienda la colecistectomía laparoscópica en los primeros siete días del ingreso.
L'appendicite aiguë est traitée par une opération et des antibiotiques sont donnés avant l'incision.
Le patient doit être opéré dans les six heures si la perfusion de l'intestin est en danger.
Quel est le traitement de la hernie étranglée chez un patient âgé ?
La cholécystectomie est proposée dans la semaine qui suit le début des symptômes.
Die akute Appendizitis wird durch eine Operation behandelt, und der Patient erhält vor dem Schnitt ein Antibiotikum.
Bei einer Perforation ist die Notfalloperation nicht aufzuschieben, auch wenn der Patient alt ist.
Welche Untersuchung ist bei dem Verdacht auf eine Lungenembolie die erste Wahl?
Der Bruch wird mit einem Netz versorgt, das über der Lücke liegt.
A apendicite aguda é tratada com cirurgia e com antibióticos dados por via venosa antes da operação.
O doente não deve comer nem beber até que a causa da dor seja conhecida.
Qual é o melhor exame para um doente com suspeita de embolia pulmonar?
L'appendicite acuta si cura con un intervento e con gli antibiotici che sono dati prima della incisione.
Il paziente non deve mangiare prima della operazione, e gli antibiotici sono dati in vena.
Qual è la prima scelta per la diagnosi di una embolia polmonare nella donna in gravidanza?
Een acute blindedarmontsteking wordt behandeld met een operatie en met antibiotica die voor de incisie worden gegeven.
De patiënt mag niet eten en het infuus wordt met zout aangevuld, ook als de druk daalt.
Ostre zapalenie wyrostka leczy się operacyjnie, a antybiotyk jest podawany przed nacięciem i nie po nim.
Pacjent nie powinien jeść przed operacją, a płyny są podawane dożylnie przez całą noc.
Akutní zánět slepého střeva se léčí operací a antibiotika se podávají před řezem, které je krátké.
Apendicita acută este tratată prin operație și cu antibiotice care sunt date înainte de incizie.
Akut blindtarmsinflammation behandlas med en operation och antibiotika ges till patienten innan snittet är gjort.
Akutt blindtarmsbetennelse behandles med operasjon og pasienten får antibiotika før det er gjort et snitt på huden.
Akut blindtarmsbetændelse behandles med en operation og patienten er fastende, når det ikke er for sent.
Akuutti umpilisäke leikataan ja potilas saa antibiootin ennen viiltoa, kun tulehdus on todettu ja se ei parane.
Az akut vakbélgyulladás kezelése a műtét, és a beteg nem ehet, hogy az altatás biztonságos legyen.
Akut apandisit ameliyat ile tedavi edilir ve hasta için antibiyotik verilir, daha sonra bir gün gözlenir.
Radang usus buntu akut diobati dengan operasi dan antibiotik yang diberikan sebelum sayatan untuk pasien ini.
Viêm ruột thừa cấp được điều trị bằng phẫu thuật và kháng sinh cho bệnh nhân trong vòng một ngày.
Ang talamak na apendisitis ay ginagamot sa pamamagitan ng operasyon at mga antibiotiko.
Острый аппендицит лечат операцией, а антибиотик вводят до разреза.
Пациенту нельзя есть и пить до операции.
Гострий апендицит лікують хірургічно.
急性阑尾炎应尽早手术治疗，术前给予抗生素。
急性虫垂炎は手術で治療し、執刀前に抗菌薬を投与する。
급성 충수염은 수술로 치료하며 절개 전에 항생제를 투여한다.
يعالج التهاب الزائدة الحاد بالجراحة وتعطى المضادات الحيوية قبل الشق.
תוספתן חריף מטופל בניתוח ואנטיביוטיקה ניתנת לפני החתך.
तीव्र अपेंडिसाइटिस का इलाज सर्जरी से किया जाता है।
Η οξεία σκωληκοειδίτιδα αντιμετωπίζεται με χειρουργική επέμβαση.
ไส้ติ่งอักเสบเฉียบพลันรักษาด้วยการผ่าตัด
তীব্র অ্যাপেন্ডিসাইটিস অস্ত্রোপচারে চিকিৎসা করা হয়।
கடுமையான குடல்வால் அழற்சி அறுவை சிகிச்சையால் குணமாகும்.""".splitlines()


def pick(forms: list[str], number: int) -> str:
    return forms[number % len(forms)]


def other(row: Row, number: int) -> str:
    """A letter that is not the key."""
    letters: list[str] = [letter for letter in row["options"] if letter != row["answer"]]
    return letters[number % len(letters)]


def with_option(row: Row, letter: str, text: Any) -> Row:
    return row | {"options": row["options"] | {letter: text}}


def disguise(text: str, number: int) -> str:
    """The same option, written otherwise."""
    article = text if re.match(r"(?i)(?:the|an?) ", text) else f"The {text[0].lower()}{text[1:]}"
    return [text, text.upper(), f"  {text} ", f"{text}.", article, text.replace(" ", "  "), f'"{text}"'][number % 7]


def cut(row: Row, number: int, rng: random.Random) -> Row:
    words, text = row["answer"].split(), row["answer"]
    for _ in range(20):
        by_words = " ".join(words[: rng.randrange(12, max(13, len(words)))])
        by_letters = text[: rng.randrange(min(80, len(text) - 2), len(text) - 1)].rstrip()
        short = by_words if number % 2 else by_letters
        if short[-1] not in ".!?" and len(short.split()) >= 12:
            return row | {"answer": short}
    return row | {"answer": " ".join(words[:12]).rstrip(".") + " and"}


def repeat(row: Row, number: int, rng: random.Random) -> Row:
    text, tail = row["answer"], " ".join(row["answer"].split()[:6]).rstrip(".,")
    first = text.split(". ")[0].rstrip(".") + "."
    forms = [
        " ".join([first] * 4),
        f"{text} {text}",
        f"{text} {text}\n\n{text}",
        text + f" {tail}" * 8,
        f"{text} The wound" + " and the wound" * 12,
        f"{text} " + "very " * 20,
        f"{text} {first} Another sentence stands here. {first} One more follows. {first}",
    ]
    return row | {"answer": forms[number % len(forms)]}


def argue(row: Row, number: int, rng: random.Random) -> Row:
    letter = other(row, number)
    text = row["options"][letter]
    forms = [
        f"Answer: {letter}. {text}.",
        f"Ans. {letter.lower()}) {text}.",
        f"The correct answer is {letter}.",
        f"The correct option is ({letter}), as trials show.",
        f"Option {letter} is correct because trials show it.",
        f"Correct answer - {letter}: {text}.",
        f"Ans: {letter}",
        f"{text} is right, because trials show it.",
        f"{text} is the best choice.",
        f"The right answer is {text.lower()}.",
    ]
    return row | {"rationale": f"{forms[number % len(forms)]} {row['rationale']}"}


def make_unequal(row: Row, number: int, rng: random.Random) -> Row:
    long = "The patient is observed closely, bloods are repeated, and the team meets again before any decision is made."
    plain = not any(re.search(r"\d", text) for text in row["options"].values())
    if number % 3 == 0 and plain:
        return with_option(
            row, other(row, number), pick(["45 mg", "3.5 cm", "12%", "250 mL/h", "8 mmol/L", "1:4"], number)
        )
    if number % 3 == 1:
        return with_option(row, row["answer"], f"{row['options'][row['answer']]}, {long[0].lower()}{long[1:]}")
    short = {letter: " ".join(text.split()[:3]) for letter, text in row["options"].items()}
    return row | {"options": short | {other(row, number): long}}


def repeat_stem(row: Row, number: int, rng: random.Random) -> Row:
    letter = other(row, number)
    text = row["options"][letter]
    if number % 2 and not re.search(r"\d", text) and len(text.split()) > 1:
        return row | {"question": f"The referral speaks of {text.lower()}. {row['question']}"}
    return with_option(row, letter, row["question"].rstrip("?") + ", as said")


def in_field(name: str, forms: list[str], template: str = "{form}") -> Plant:
    """A fault that is put into a field, in place of its text or, by the template, beside it."""

    def plant(row: Row, number: int, rng: random.Random) -> Row:
        return row | {name: template.format(form=pick(forms, number), text=row[name])}

    return plant


ALL = [
    "All of the above",
    "All of these",
    "All",
    "all the above.",
    "All are correct",
    "Any of the above",
    "All of them",
]
NONE = ["None of the above", "None of these", "None", "none of the above.", "None are correct", "Neither of these"]
BOTH = ["Both A and B", "A and B", "Both", "A & C", "(A) and (B)", "Both of the above", "A, B and C", "Only A and C"]
WRONG_KEYS: list[Any] = ["H", "Z", "a text that no option has", 9, True, "(G)", "26", "option H"]
PLANTS: dict[str, tuple[list[Row], Plant]] = {
    "missing_field": (OPEN, lambda r, n, g: r | {("question", "answer")[n % 2]: [None, {"x": 1}, ["y"]][n % 3]}),
    "option_count": (MCQS, lambda r, n, g: r | {"options": [["one"], [f"o{k}" for k in range(27 + n)]][n % 2]}),
    "empty_option": (MCQS, lambda r, n, g: with_option(r, "ABC"[n % 3], pick(["", " ", "\n", "\t "], n))),
    "duplicate_options": (MCQS, lambda r, n, g: with_option(r, other(r, n), disguise(r["options"][r["answer"]], n))),
    "empty_answer": (MCQS + OPEN, lambda r, n, g: r | {"answer": pick(["", " ", "\n\n"], n)}),
    "key_names_no_option": (MCQS, lambda r, n, g: r | {"answer": WRONG_KEYS[n % len(WRONG_KEYS)]}),
    "short_answer": (OPEN, lambda r, n, g: r | {"answer": "xyz?-"[n % 5]}),
    "control_tokens": (MCQS + OPEN, in_field("question", TOKENS, "{text} {form}")),
    "too_long": (OPEN, lambda r, n, g: r | {"answer": r["answer"] * (SETTINGS.max_chars // len(r["answer"]) + 1)}),
    "missing_source": (OPEN, lambda r, n, g: {k: v for k, v in r.items() if k != "source"}),
    "missing_licence": (OPEN, lambda r, n, g: r | {"licence": pick(["", " "], n)}),
    "missing_topic": (MCQS, lambda r, n, g: r | {"topic": None}),
    "duplicate_distractors": (
        MCQS,
        lambda r, n, g: with_option(r, other(r, n), disguise(r["options"][other(r, n + 1)], n)),
    ),
    "rationale_argues_for_other_option": (MCQS, argue),
    "combined_options": (MCQS, lambda r, n, g: with_option(r, "D", pick(BOTH, n))),
    "stem_in_option": (MCQS, repeat_stem),
    "options_of_unequal_kind": (MCQS, make_unequal),
    "all_of_the_above": (MCQS, lambda r, n, g: with_option(r, "D", pick(ALL, n))),
    "none_of_the_above": (MCQS, lambda r, n, g: with_option(r, "D", pick(NONE, n))),
    "refusal_answer": (OPEN, in_field("answer", REFUSALS)),
    "truncated_answer": ([row for row in OPEN if len(row["answer"].split()) > 16], cut),
    "assistant_boilerplate": (
        OPEN,
        lambda r, n, g: (
            r
            | {
                "answer": f"{pick(OPENINGS, n // 2)} {r['answer']}"
                if n % 2
                else f"{r['answer']} {pick(CLOSINGS, n // 2)}"
            }
        ),
    ),
    "repetition": (OPEN, repeat),
    "wrong_language": (OPEN, in_field("answer", FOREIGN)),
    "markup_debris": (
        OPEN,
        lambda r, n, g: r | {"answer": pick(DEBRIS, n).replace("{}", r["answer"])},
    ),
    "extreme_length": (OPEN, lambda r, n, g: r | {"answer": " ".join(q["answer"] for q in OPEN[n : n + 90])}),
}


def planted(check: str) -> list[Row]:
    """Clean rows, evenly taken, with the check's fault in each."""
    rows, plant = PLANTS[check]
    rng = random.Random(check)
    taken = rows[:: max(1, len(rows) // 48)]
    return [plant(row, number, rng) for number, row in enumerate(taken)]


def test_every_check_here_has_planted_faults() -> None:
    assert set(PLANTS) == set(HERE)
    assert set(HERE) <= {check.id for check in CHECKS}


@pytest.mark.parametrize("check", PLANTS)
def test_a_check_finds_its_planted_faults(check: str) -> None:
    rows = planted(check)
    missed = [row for row in rows if not find(check, row)]
    assert len(rows) >= LEAST
    assert len(missed) <= (1 - RECALL) * len(rows), missed[:5]


# Clean rows


def test_the_clean_examples_raise_no_alarm() -> None:
    alarms = Counter(check for row in (*MCQS, *OPEN) for check in ids(row))
    assert len(MCQS) + len(OPEN) == 720
    assert alarms == {}


def test_each_planted_flaw_of_the_examples_is_found_and_hardly_anything_beside() -> None:
    rows = read_rows(EXAMPLES / "flaws.jsonl")
    renamed = {"duplicate_options": {"duplicate_options", "duplicate_distractors"}}
    beside: Counter[tuple[str, str]] = Counter()
    for row in rows:
        wanted = renamed.get(row["planted"], {row["planted"]})
        found = ids(row)
        assert found & wanted or not wanted & set(HERE), row["id"]
        beside.update((row["planted"], check) for check in found - wanted)
    # The refusal is a chatbot's phrase as well.
    assert beside == {("refusal_answer", "assistant_boilerplate"): 1}
    assert Counter(row["planted"] for row in rows if row["planted"] in HERE) == {
        "key_names_no_option": 5,
        "truncated_answer": 5,
        "rationale_argues_for_other_option": 5,
        "control_tokens": 5,
        "duplicate_options": 5,
        "all_of_the_above": 3,
        "missing_licence": 2,
        "markup_debris": 2,
        "missing_source": 1,
        "assistant_boilerplate": 1,
        "refusal_answer": 1,
    }


CLEAN = [
    ("control_tokens", open_row("INR < 1.5 | APTT > 60, see [1] and <b>bold</b>.")),
    ("markup_debris", open_row("Give it if p<0.05, BP <90 mmHg or a gap of <5 mm; R&D and A&E agree [1].")),
    ("markup_debris", open_row("## Treatment\nFluids *first*, **then** surgery.\n\n* one\n* two\n# Note\nDone.")),
    ("markup_debris", open_row("It costs $5 to $10 and left/right differ; Ménière's, 38 °C, β-blocker, 5 µg, naïve.")),
    ("markup_debris", open_row("The user: a junior doctor. Human error is rare.")),
    ("duplicate_options", mcq_row("5 mg", "-5 mg", "<5 mg", ">5 mg", "5%", "5")),
    ("duplicate_options", mcq_row("A", "The", "An", "B")),
    ("duplicate_distractors", mcq_row("Vitamin A", "Vitamin D", "Vitamin E", "Vitamin K")),
    ("combined_options", mcq_row("A and D", "C", "B12", "E", question="Which vitamins are stored in the liver?")),
    ("combined_options", mcq_row("A", "C", "A and B", "B", question="Which hold? A) it is red B) it is hot C) both")),
    ("combined_options", mcq_row("1 and 3", "2 only", "1, 2 and 3", "3 only")),
    (
        "combined_options",
        mcq_row("Both kidneys", "Either lobe of the liver", "Hepatitis A and B", "Type A or B dissection"),
    ),
    ("all_of_the_above", mcq_row("All patients over 65", "Any bleeding", "Above 200 mL", "Only if unwell")),
    ("none_of_the_above", mcq_row("None in the first week", "Neither lobe", "No drain", "A drain")),
    (
        "stem_in_option",
        mcq_row("Femoral hernia", "Hiatus hernia", question="Which hernia is a femoral hernia or hiatus hernia?"),
    ),
    ("stem_in_option", mcq_row("2", "3", question="At 2 hours, which score is it?")),
    ("options_of_unequal_kind", mcq_row("10% formalin", "Hydrogen peroxide", "1% formalin", "10% ethanol")),
    ("options_of_unequal_kind", mcq_row("12-lead ECG", "Plain radiograph", "Peritoneal lavage", "Sigmoidoscopy")),
    ("options_of_unequal_kind", mcq_row("6 weeks", "12 weeks", "Lifelong", "3 months")),
    (
        "options_of_unequal_kind",
        mcq_row("After 24 to 48 hours", "At about six months", "At two years", "Within one hour"),
    ),
    ("options_of_unequal_kind", mcq_row("10", "20", "30", "None of the above")),
    ("rationale_argues_for_other_option", mcq_row("x", "y", rationale="The answer a surgeon gives is x.")),
    ("rationale_argues_for_other_option", mcq_row("x", "y", rationale="Ans. A. x")),
    (
        "rationale_argues_for_other_option",
        mcq_row("x", "D-dimer", "z", "w", answer="B", rationale="The best answer is D-dimer."),
    ),
    ("rationale_argues_for_other_option", mcq_row("Duct", "Vein", rationale="Vein is not right. The duct is.")),
    (
        "rationale_argues_for_other_option",
        mcq_row("Fever", "Rash", question="Which is NOT a sign?", rationale="Rash is right as a sign."),
    ),
    (
        "rationale_argues_for_other_option",
        mcq_row("Graft", "Mini plates", rationale="Never put mini plates into an infected site."),
    ),
    ("truncated_answer", open_row("Laparoscopic cholecystectomy within one week")),
    ("truncated_answer", open_row("Causes include:\n- stones\n- alcohol\n- drugs")),
    ("truncated_answer", open_row("The leak is drained. The patient is fed by tube. [1][2]")),
    ("truncated_answer", open_row('He said "the leak is drained."')),
    ("truncated_answer", open_row("The dose rises with weight. It is capped at 100 mg.3")),
    ("truncated_answer", open_row("Hepatitis A")),
    (
        "truncated_answer",
        open_row("Causes\n\nStones in the bile duct\n\nAlcohol in any amount over many years, and drugs of some kinds"),
    ),
    ("truncated_answer", open_row("Blood group HER2-")),
    ("refusal_answer", open_row("I cannot recommend aspirin here, because the ulcer bled last week.")),
    ("refusal_answer", open_row("The patient is unable to give consent, so a best-interests decision is made.")),
    ("refusal_answer", open_row("She has dementia and is unable to give any information.")),
    ("refusal_answer", open_row("He may decline treatment. Surgeons cannot provide care against his will.")),
    ("refusal_answer", open_row("I cannot share information with her family without her consent.")),
    ("refusal_answer", open_row("We cannot offer treatment that a capable adult refuses.")),
    ("refusal_answer", open_row("I can't give a diagnosis from these details alone: send a lactate and arrange CT.")),
    ("refusal_answer", open_row("Say: I'm sorry, but this is serious news. I will not leave you alone with it.")),
    ("refusal_answer", open_row("This is outside my competence, so I call the registrar at once.")),
    ("refusal_answer", open_row("I will not continue antibiotics beyond 24 hours.")),
    ("refusal_answer", open_row("I'd need the lactate to answer; from these details I can't tell whether it is safe.")),
    ("assistant_boilerplate", open_row("Certainly the appendix is retrocaecal in most. Sure signs are absent.")),
    (
        "assistant_boilerplate",
        open_row("Talk to your surgeon about stopping warfarin. If you have any questions, ask the nurse."),
    ),
    (
        "assistant_boilerplate",
        open_row("As an AI-based tool, it reads films. Absolutely contraindicated in pregnancy."),
    ),
    ("repetition", open_row("Blood is taken. Blood is cross-matched. Blood is given. " * 2)),
    (
        "repetition",
        open_row("Type I is mild. Type II is worse. Type III is worst. Type IV is rare. Type V is unknown to most."),
    ),
    (
        "wrong_language",
        open_row("Musculus levator ani, nervus pudendus, arteria rectalis inferior et vena cava in situ."),
    ),
    (
        "wrong_language",
        open_row("Peau d'orange, café au lait spots, restitutio ad integrum, grand mal, en bloc resection."),
    ),
    ("wrong_language", open_row("α, β and γ; ΔP/Δt; μ = 5; Müller, Hürthle, Ménière, Sjögren, Köbner, Dupuytren.")),
    ("wrong_language", open_row("Aspirin, clopidogrel, ticagrelor, prasugrel, dipyridamole, cilostazol")),
    ("extreme_length", open_row("word " * 1400)),
    ("short_answer", open_row("no")),
]


@pytest.mark.parametrize(("check", "row"), CLEAN)
def test_a_check_leaves_ordinary_text_alone(check: str, row: Row) -> None:
    assert find(check, row) == []


# How sure a finding is, and what a row is rejected for


@pytest.mark.parametrize(
    ("rationale", "sure"),
    [
        ("Ans. B. Inguinal", "certain"),
        ("The correct answer is B.", "likely"),
        ("Inguinal is the right choice.", "likely"),
        ("Inguinal hernias leave by the deep ring.", "possible"),
        ("Ans. B. Femoral", "likely"),
    ],
)
def test_a_rationale_for_another_option_says_how_sure_it_is(rationale: str, sure: str) -> None:
    [finding] = find(
        "rationale_argues_for_other_option", mcq_row("Femoral", "Inguinal", "Spigelian", rationale=rationale)
    )
    assert (finding.where, finding.sure) == ("rationale", sure)


def test_letters_that_moved_when_options_were_reordered_are_named_as_such() -> None:
    row = mcq_row("Femoral", "Inguinal", rationale="Ans. B. Femoral, since it lies below the ligament.")
    assert "reordered" in find("rationale_argues_for_other_option", row)[0].detail


def test_a_wrong_key_without_a_word_about_it_is_found_in_half_of_the_examples() -> None:
    """No letter is named and nothing is called right: only the rationale's first sentence gives it away."""
    wrong = [row | {"answer": letter} for row in MCQS for letter in row["options"] if letter != row["answer"]]
    assert sum(bool(find("rationale_argues_for_other_option", row)) for row in wrong) > len(wrong) / 2


def test_each_field_has_at_most_one_finding_of_a_check() -> None:
    row = mcq_row("same", "same", "same", "other", answer="D", rationale="<p>x</p> &nbsp; ```")
    found = Counter((check.id, finding.where) for check, finding in findings([draft_of(row)], SETTINGS)[0])
    assert set(found.values()) == {1}
    expected = {("markup_debris", "rationale"), *(("duplicate_distractors", f"option {letter}") for letter in "BC")}
    assert expected <= set(found)


def test_an_unusable_row_is_asked_no_further() -> None:
    row = open_row("<p>As an AI, I cannot help.</p><|im_end|>", licence="")
    assert [check.id for check, _ in findings([draft_of(row)], SETTINGS)[0]] == ["control_tokens", "missing_licence"]


def test_only_a_blocking_check_rejects_a_row() -> None:
    warned, refused = open_row("<p>Drain it.</p>"), open_row("I'm sorry, but I can't help with that.")
    parts = [
        work(Plan(SETTINGS, None, {}), Block("bank.jsonl", rows=(draft_of(row).raw,))) for row in (warned, refused)
    ]
    assert [len(part.lines) for part in parts] == [1, 0]
    assert parts[0].found["check"].to_list() == ["markup_debris"] and parts[0].rejected == []
    assert [one.fault.reason for one in parts[1].rejected] == ["refusal_answer"]


def test_a_span_marks_what_the_detail_quotes() -> None:
    text = "The leak is drained. I hope this helps!"
    [finding] = find("assistant_boilerplate", open_row(text))
    assert finding.span is not None
    assert text[slice(*finding.span)] in finding.detail


TEXT = st.text(max_size=60) | st.sampled_from(
    [*REFUSALS, *OPENINGS, *CLOSINGS, *TOKENS, *DEBRIS, *FOREIGN, "A" * 50 + " b"]
)


@given(
    question=TEXT,
    answer=TEXT,
    options=st.lists(TEXT, max_size=5),
    rationale=st.lists(TEXT, max_size=3).map(" ".join),
    key=st.sampled_from(["A", "B", "C", "", 2, None]),
)
def test_no_text_makes_a_check_fail_and_spans_lie_in_their_fields(
    question: str, answer: str, options: list[str], rationale: str, key: Any
) -> None:
    rows: list[Row] = [
        open_row(answer, question, rationale=rationale),
        mcq_row(*options, answer=key, question=question),
    ]
    for row in rows:
        draft = draft_of(row | {"rationale": rationale})
        fields = dict(texts(draft))
        for check in HERE.values():
            for finding in check.find(draft, SETTINGS):
                assert finding.detail
                if finding.span is not None:
                    start, stop = finding.span
                    assert 0 <= start <= stop <= len(fields[finding.where])


# Conversations

ASK, REPLY = {"role": "user", "content": "Why?"}, {"role": "assistant", "content": "Because."}
HELLO = {"role": "assistant", "content": "Hello! How can I help you today?"}
CALL = {"role": "assistant", "content": "", "tool_calls": [{"name": "search"}]}
TOOL, SYSTEM = {"role": "tool", "content": "{}"}, {"role": "system", "content": "Be brief."}


def find_in_turns(turns: list[Row]) -> list[tuple[Check, Finding]]:
    draft = replace(draft_of(open_row("Because.")), turns=turns)
    return [(check, finding) for check in TURN_CHECKS for finding in check.find(draft, SETTINGS)]


@pytest.mark.parametrize(
    "turns",
    [
        [ASK, REPLY],
        [SYSTEM, ASK, REPLY, ASK, REPLY],
        [{"role": "developer", "content": "Be brief."}, ASK, REPLY, ASK, REPLY],
        [{"role": "human", "content": "Why?"}, {"role": "GPT", "content": "Because."}],
        [ASK, {"role": "assistant", "content": [{"type": "text", "text": "Because."}]}],
    ],
)
def test_a_well_formed_conversation_raises_no_alarm(turns: list[Row]) -> None:
    assert list(find_in_turns(turns)) == []


BROKEN: list[tuple[str, str, list[Row]]] = [
    ("unknown_role", "turn 1", [{"role": "narrator", "content": "Once."}, ASK, REPLY]),
    ("unknown_role", "turn 2", [ASK, {"content": "Because."}]),
    ("broken_role_order", "turn 1", [REPLY, ASK, REPLY]),
    ("broken_role_order", "turn 2", [SYSTEM, REPLY, ASK, REPLY]),
    ("broken_role_order", "turn 2", [ASK, TOOL, REPLY]),
    ("broken_role_order", "turn 3", [ASK, CALL, ASK, REPLY]),
    ("broken_role_order", "", [SYSTEM]),
    ("broken_role_order", "", [SYSTEM, HELLO]),
    ("broken_role_order", "turn 2", [HELLO, REPLY, ASK, REPLY]),
    ("broken_role_order", "turn 1", [{"role": "assistant", "content": "Hello. The scan is clear."}, ASK, REPLY]),
    ("greeting_first", "turn 1", [HELLO, ASK, REPLY]),
    ("greeting_first", "turn 3", [SYSTEM, HELLO, {"role": "gpt", "content": "How can I help you?"}, ASK, REPLY]),
    ("consecutive_turns", "turn 2", [ASK, ASK, REPLY]),
    ("consecutive_turns", "turn 4", [ASK, REPLY, SYSTEM, REPLY]),
    ("empty_turn", "turn 2", [ASK, {"role": "assistant", "content": " \n"}]),
    ("empty_turn", "turn 1", [{"role": "user", "content": None}, REPLY]),
    ("empty_turn", "turn 2", [ASK, {"role": "assistant", "content": []}]),
    ("system_in_the_middle", "turn 3", [ASK, REPLY, SYSTEM, ASK, REPLY]),
    ("turn_not_text", "turn 1", [{"role": "user", "content": [{"type": "image_url"}, {"text": "What?"}]}, REPLY]),
    ("turn_not_text", "turn 2", [ASK, {"role": "assistant", "content": True}]),
    ("tool_turn", "turn 2", [ASK, CALL, TOOL, TOOL, REPLY]),
    ("tool_turn", "turn 4", [ASK, REPLY, ASK, REPLY | {"tool_calls": [{"name": "search"}]}]),
    ("unanswered_turn", "turn 3", [ASK, REPLY, ASK]),
    ("unanswered_turn", "turn 3", [ASK, CALL, TOOL]),
]


@pytest.mark.parametrize(("check", "where", "turns"), BROKEN)
def test_a_broken_conversation_is_found_at_its_turn(check: str, where: str, turns: list[Row]) -> None:
    found = [(found.id, finding.where) for found, finding in find_in_turns(turns)]
    assert (check, where) in found


@pytest.mark.parametrize(
    "turns", [[ASK, CALL, TOOL, TOOL, REPLY], [SYSTEM, ASK, CALL, TOOL, CALL, TOOL, REPLY, ASK, REPLY]]
)
def test_of_calls_in_order_only_their_being_calls_is_found(turns: list[Row]) -> None:
    assert {check.id for check, _ in find_in_turns(turns)} == {"tool_turn"}


def test_every_check_of_turns_has_a_planted_fault() -> None:
    assert {check for check, _, _ in BROKEN} == {check.id for check in TURN_CHECKS}


@pytest.mark.parametrize("check", [check for check in TURN_CHECKS if check.severity == "blocks"])
def test_a_fault_planted_in_a_long_conversation_is_found(check: Any) -> None:
    faults = [row for row in BROKEN if row[0] == check.id]
    for length in range(LEAST):
        _, _, turns = faults[length % len(faults)]
        whole = turns if check.id == "broken_role_order" else [ASK, REPLY] * length + turns
        assert check.id in {found.id for found, _ in find_in_turns(whole)}


def test_turns_are_read_from_a_row_of_messages_or_of_sharegpt() -> None:
    shared = {"conversations": json.dumps([{"from": "human", "value": "Why?"}, {"from": "gpt", "value": " "}])}
    for row in ({"messages": [ASK, {"role": "assistant", "content": " "}]}, shared):
        assert [check.id for check in TURN_CHECKS if list(check.find(draft_of(row), SETTINGS))] == ["empty_turn"]


@given(st.lists(st.dictionaries(st.sampled_from(["role", "content", "tool_calls"]), st.none() | TEXT | st.integers())))
def test_no_list_of_turns_makes_a_check_fail(turns: list[Row]) -> None:
    assert all(finding.detail for _, finding in find_in_turns(turns))
