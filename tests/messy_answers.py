"""Messy answers to MCQs whose choice is known because they were made so: for the parser's test, and for its counts.

python -m tests.messy_answers            how many of each kind are read, unread, and read wrongly
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from residency.judging.letters import parse_letter

OPTIONS = (
    ("Inguinal hernia", "Femoral hernia", "Saphena varix", "Lipoma of the cord"),
    ("Hepatitis B", "Vitamin A deficiency", "E. coli", "Blood group A", "Hepatitis C"),
    ("C. difficile", "Staphylococcus aureus", "Group A streptococcus", "B. fragilis"),
    ("Type A aortic dissection", "Type B aortic dissection", "Aortic aneurysm", "Pulmonary embolism"),
    ("Caesarean section", "Laparotomy", "A trial of conservative management", "Not operating", "CT angiography"),
    ("5 mm trocar", "10 mm trocar", "12 mm trocar", "None of the above"),
)
REASONS = (
    "The neck of the sac lies below and lateral to the pubic tubercle.",
    "A 45-year-old woman with vitamin B12 deficiency may have a Stanford type A dissection.",
    "Hepatitis B and group A streptococcus are unrelated to this.",
    "Key point: the patient needs an operation within six hours.",
    "Option texts differ in one word; see the table in chapter C of the textbook.",
    "An ASA class E suffix means an emergency. The A-V fistula is patent.",
)
WRONG_OF = "{0} is wrong because the mass lies above the ligament."


BEFORE = (
    "Sure! ",
    "Let me think about this step by step.\n\n",
    "First, consider option A: it is rare. Then C is a varix.\n\n",
    "I'm not a doctor, but ",
    "**Reasoning:** The lump is lateral.\n\n",
    "Vitamin A and hepatitis B are irrelevant here. ",
    "1. A 45-year-old woman has pain.\n2. Option C can be excluded.\n\n",
)
AFTER = (
    " I hope this helps!",
    " Would you like me to explain?",
    "\n\nNote: this is not medical advice; consult a doctor.",
    "\n\nConfidence: 80%",
    "\n\nExplanation: A is medial. C is soft.",
    "\n\n**References**\n- A. Smith, 2020",
    "\nBefore acting: check the INR.",
    "\n\nRationale: The others are wrong because they do not fit.",
    "<|im_end|>",
)
"""What models put around an answer, which changes nothing of what it chooses."""


class Case(NamedTuple):
    """An answer, and the letter that it chooses; ``letter`` is None where it chooses none."""

    kind: str
    text: str
    letter: str | None
    options: dict[str, str]


class Draw:
    """One question with the option that is chosen."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        texts = rng.choice(OPTIONS)
        self.options = dict(zip("ABCDE", texts, strict=False))
        self.letter = rng.choice(list(self.options))
        self.other = rng.choice([letter for letter in self.options if letter != self.letter])
        self.text = self.options[self.letter]

    @property
    def reason(self) -> str:
        return self.rng.choice(REASONS)

    def listed(self, mark: str = ". ") -> str:
        return "\n".join(f"{letter}{mark}{text}" for letter, text in self.options.items())


def _form(*forms: str) -> Callable[[Draw], str]:
    def make(d: Draw) -> str:
        form = d.rng.choice(forms)
        return form.format(x=d.letter, y=d.other, t=d.text, low=d.letter.lower(), r=d.reason, o=d.options[d.other])

    return make


CHOOSES: dict[str, Callable[[Draw], str]] = {
    "as asked": _form("{r}\nANSWER: {x}", "ANSWER: {x}", "Key point: {t}.\n{r}\nANSWER: {x}\n"),
    "lower case": _form(
        "answer: {low}", "{r}\nAnswer: {low}.", "the answer is ({low}).", "{low}", "({low})", "option {low}."
    ),
    "more than once": _form(
        "ANSWER: {x}\n{r}\nANSWER: {x}",
        "ANSWER: {y}\nOn reflection:\nANSWER: {x}",
        "ANSWER: {y}\n\n{r}\n\nFinal answer: {x}",
    ),
    "markdown": _form(
        "**Answer:** {x}",
        "### Answer\n\n**{x}. {t}**\n\n{r}",
        "> ANSWER: {x}",
        "- **ANSWER: {x}**",
        "`ANSWER: {x}`",
        "| Answer | {x} |",
        "**{x}**",
        "**{x}. {t}**\n\n{r}",
        "{r}\n\n---\n**Final Answer: ({x})**",
        "__{x}__",
        "The correct answer is **{x}) {t}**.",
        "***ANSWER: {x}***",
    ),
    "LaTeX": _form(
        r"\boxed{{{x}}}",
        r"$\boxed{{\text{{{x}}}}}$",
        r"Thus the final answer is $\boxed{{\textbf{{({x})}}}}$.",
        r"\[\boxed{{{x}}}\]",
        r"\(\boxed{{\mathrm{{{x}}}}}\)",
        r"The answer is $\text{{{x}}}$.",
        r"\boxed{{{x}. {t}}}",
    ),
    "HTML and XML": _form(
        "<answer>{x}</answer>",
        "<b>Answer:</b> {x}",
        "<p>{r}</p><p>ANSWER: <strong>{x}</strong></p>",
        "<final_answer>({x})</final_answer>",
    ),
    "JSON": lambda d: d.rng.choice(
        (
            json.dumps({"answer": d.letter}),
            json.dumps({"reasoning": d.reason, "answer": d.letter, "confidence": 0.8}),
            json.dumps({"final_answer": f"{d.letter}. {d.text}"}),
            json.dumps({"choice": d.letter}, indent=2),
            f"```json\n{json.dumps({'correct_option': d.letter, 'why': d.reason})}\n```",
            str({"answer": d.letter}),
        )
    ),
    "in prose": _form(
        "The answer is {x}.",
        "The correct answer is ({x}) {t}.",
        "Therefore, the best option is {x}.",
        "I would choose {x}.",
        "I'd go with option {x}, since the mass is reducible.",
        "Option {x} is correct.",
        "{r} So {x} is the best answer.",
        "The correct answer is option {x}, as it is safest.",
        "My choice is {x}.",
        "The most likely answer is {x}. {r}",
        "The answer is most likely {x}.",
        "{r} Hence the right choice must be {x}",
        "I select ({x}).",
        "The answer to this question is {x}.",
        "So the answer's {x}.",
        "{x}, since the sac is lateral.",
        "ANSWER: {x} I hope this helps!",
        "Selected option: {x}",
        "Ans. {x}",
        "Ans: ({low}) {t}",
        "The most likely diagnosis is **{x}. {t}**.",
        "The best next step is ({x}) {t}. {r}",
        "The answer is {x} because of the tubercle.",
        "Not sure, but the answer is {x}.",
        "It is not easy; still, I would choose {x}.",
    ),
    "options quoted": lambda d: d.rng.choice(
        (
            f"{d.listed()}\n\nANSWER: {d.letter}",
            f"Choose the best answer:\n{d.listed()}\n\nThe correct answer is {d.letter}.",
            f"Options:\n{d.listed(') ')}\n\nThe answer is {d.letter}) {d.text}",
            f"{d.letter}. {d.text}",
            f"{d.letter} - {d.text}",
            f"{d.letter}\n\n{d.text} fits best.",
            f"ANSWER: {d.letter} {d.text}",
            f"{d.letter}) {d.text}. {d.reason}",
            f"({d.letter}) {d.text}",
            f"ANSWER: {d.letter}. {d.text}",
            f"Answer: {d.letter} - {d.text}",
            f"Considering each:\n- {d.other}. {d.options[d.other]}: no.\nANSWER: {d.letter}: {d.text}",
        )
    ),
    "wrong ones explained": lambda d: d.rng.choice(
        (
            f"ANSWER: {d.letter}\n{WRONG_OF.format(d.other)}",
            f"The answer is {d.letter}, not {d.other}.",
            f"Answer {d.letter} is right. Answer {d.other} is wrong because it is rare.",
            f"The answer is not {d.other}. {d.reason} The answer is {d.letter}.",
            f"I first thought the answer is {d.other}. Wait, that is rare. The answer is {d.letter}.",
            f"Many would answer {d.other}. The answer is {d.letter}.",
            f"If the lump were medial, the answer would be {d.other}. Here it is lateral.\nANSWER: {d.letter}",
        )
    ),
    "thought before": _form(
        "<think>The answer is {y}? No. {r}</think>\nANSWER: {x}",
        "<think>\nANSWER: {y}\n</think>\n\n**ANSWER: {x}**",
        "ANSWER: {y}, I would say first. {r}</think>The answer is {x}.",
    ),
    "runs on": _form(
        "ANSWER: {x}\n\nQuestion: Which nerve is at risk?\nA. Ulnar\nB. Radial\nANSWER: {y}",
        "ANSWER: {x}\nUser: And the next one?\nAssistant: ANSWER: {y}",
        "{x}. {t}\nThe answer is {x}.\n\nQ2: Another?\nThe answer is {y}.",
    ),
    "full width": _form("ＡＮＳＷＥＲ：{x}", "ANSWER：{x}", "答案：（{x}）"),
    "Spanish": _form(
        "La respuesta correcta es la {x}.",
        "Respuesta: {x}",
        "La respuesta es {x} porque el saco es lateral.",
        "**Respuesta correcta: {low})** {t}",
        "La opción correcta es la {x}.",
    ),
    "Portuguese": _form("A resposta correta é a letra {x}.", "Resposta: {x}", "Alternativa correta: {x}"),
    "French": _form(
        "La bonne réponse est {x}.",
        "La réponse correcte est la {x}.",
        "Réponse : {x}",
        "La réponse est la proposition {x}.",
    ),
    "German": _form(
        "Die richtige Antwort ist {x}.",
        "Antwort: {x}",
        "Die Antwort lautet {x}.",
        "Die richtige Antwort ist die Option {x}.",
        "Antwort {x} ist richtig.",
    ),
    "Italian": _form("La risposta corretta è {x}.", "Risposta: {x}", "La risposta esatta è la {x}."),
    "Dutch, Polish, Turkish": _form(
        "Het juiste antwoord is {x}.", "Odpowiedź: {x}", "Poprawna odpowiedź to {x}.", "Cevap: {x}", "Doğru yanıt: {x}"
    ),
    "Russian": _form("Ответ: {x}", "Правильный ответ — {x}.", "Ответ: {x}. {t}"),
    "Chinese": _form(
        "答案是{x}。",
        "正确答案：{x}",
        "答案：{x}。因为疝囊在耻骨结节外下方。",
        "故选{x}。",
        "正确答案是 {x}",
        "答案为 {x}，理由如下",
        "选择{x}选项",
    ),
    "Japanese, Korean": _form("正解は{x}です。", "答え：{x}", "정답은 {x}입니다.", "정답: {x}"),
    "Arabic, Hindi": _form(
        "الإجابة الصحيحة هي {x}.", "الإجابة: {x}", "الجواب هو ({x})", "सही उत्तर {x} है।", "उत्तर: {x}"
    ),
}

NAMES_NONE: dict[str, Callable[[Draw], str]] = {
    "empty": _form("", "   \n ", "\n\n", ".", "...", "ANSWER:", "**ANSWER:**", "ANSW", "Answer:\n"),
    "refusal": _form(
        "I'm sorry, but I cannot answer a question about medicine.",
        "I can't help with that. A surgeon should be asked.",
        "As an AI language model, I cannot give an answer as a doctor would.",
        "I do not know the answer.",
        "I don't know.",
        "A definite answer cannot be given; consult a doctor.",
        "I am not able to choose between {x} and {y}.",
    ),
    "two letters": _form(
        "ANSWER: {x} or {y}",
        "ANSWER: {x}/{y}",
        "ANSWER: {x}, {y}",
        "The answer is {x} and {y}.",
        "ANSWER: **{x}** or **{y}**",
        "The answer is either {x} or {y}.",
        "ANSWER: ({x}) & ({y})",
        "ANSWER: {x} {y}",
        "Answer: {low}, {y}",
        "I would choose {x} or {y}.",
        "Both {x} and {y} are correct.",
        '{{"answer": ["{x}", "{y}"]}}',
        "Respuesta: {x} o {y}",
        "Antwort: {x} oder {y}",
        "答案：{x}、{y}",
        "ANSWER: {x} (or {y})",
        "The answer is {y}. The correct answer is {x}. {t} and {y}. {o}.",
        r"\boxed{{{x}, {y}}}",
        "{x} and {y}",
        "{x}, {y}",
        "The answer is {x} or possibly {y}.",
        "La réponse est {x} ou {y}.",
    ),
    "none or all of them": _form(
        "None of the above",
        "ANSWER: None of the above",
        "All of the above are correct.",
        "ANSWER: N/A",
        "The answer is none of these.",
        "I first thought the answer is {x}. ANSWER: none of them",
        "ANSWER: neither",
        "The answer is not listed.",
        "ANSWER: all of them",
        "The answer is unclear.",
    ),
    "letter that is no option": _form("ANSWER: F", "ANSWER: Z", "The answer is X.", "F", "(G)", "H. Another"),
    "thought cut off": _form(
        "<think>The mass is below the ligament, so the answer is {x}. But wait",
        "<think>\nLet me see. ANSWER: {x} would fit, {r}",
        "Let me consider each option. {y}. {o} is unlikely because",
        "First, {r} Option {x} is possible, but option {y} would",
        "Is the answer {x}? Let me think about",
        "The answer is {x}. Wait, the lump is lateral, so",
        "Suppose the answer is {x}. Then the lump",
        "We need to decide whether the answer is {x}",
        "If the answer is {x}, the sac would lie",
        "The answer is a",
        "Perhaps it is {x} or {y}, since {r}",
        "{y}. {o} is wrong, since the",
        "{r} So between {x} and {y}, the",
        "Hmm, could it be {x}? On the other hand {y}",
    ),
    "letters in prose": _form(
        "The answer is vitamin A.",
        "Answer: hepatitis B",
        "The answer is hepatitis C infection.",
        "Answer: A femoral hernia lies below the ligament.",
        "The answer is a 5 mm trocar.",
        "The answer is B-cell lymphoma.",
        "The answer is C. difficile",
        "Answer: E. coli",
        "Answer: B. fragilis",
        "The answer is a question of anatomy.",
        "A femoral hernia is most likely.",
        "C. difficile is the cause.",
        "E. coli grows in most cultures.",
        "The answer is B12.",
        "Vitamin B is given.",
        "Group A streptococcus",
        "Stanford type B dissection is treated medically.",
        "The answer is A&E referral.",
        "The best option is C-section.",
        "The answer is C section.",
        "The answer is B cell depletion.",
        "ANSWER: A-V fistula",
        "Correct answer: Hepatitis B",
        "A. Vesalius described it in 1543.",
        "Answer: A CT scan",
        "The answer is A Foley catheter.",
        "ANSWER: A SENIOR SHOULD BE CALLED",
        "The answer depends on the ASA class: A or E?",
        "Vitamin A is correct for this deficiency in part.",
    ),
    "said not to be": _form(
        "The answer is not {x}.",
        "I don't think the answer is {x}.",
        "The answer {x} is wrong.",
        "The wrong answer is {x}.",
        "I doubt that the answer is {x}.",
        "{x} is not correct.",
        "Option {x} is incorrect.",
        "{x}. {t} is wrong.",
        "The answer {x}, however, is wrong.",
        "Some students answer {x}.",
        "You might think the answer is {x}, but it is not.",
        "La respuesta no es {x}.",
        "Die Antwort ist nicht {x}.",
        "La réponse n'est pas {x}.",
        "答案不是{x}。",
        "Antwort {x} ist falsch.",
    ),
    "options alone": lambda d: d.rng.choice(
        (
            d.listed(),
            d.listed(") "),
            f"Choose the best answer\n{d.listed()}",
            f"Choose the correct option: {d.listed().replace(chr(10), ' ')}",
            f"Options:\n{d.listed()}\nWhich is right?",
            f"Q: ...\n{d.listed()}\nANSWER:",
            f"The most common cause is:\n{d.listed()}",
            f"The best answer is: {d.listed().replace(chr(10), ' ')}",
        )
    ),
    "other languages": _form(
        "La respuesta es la hernia femoral.",
        "Die Antwort lautet: Schenkelhernie",
        "答案是股疝",
        "La réponse a été donnée.",
        "La respuesta es a menudo clínica.",
        "Lo siento, no puedo responder.",
        "Es tut mir leid, das kann ich nicht beantworten.",
        "Je ne sais pas.",
        "我不知道答案。",
        "لا أعرف الإجابة.",
        "Ответ зависит от клиники.",
        "答案是A型主动脉夹层",
        "La risposta è a volte difficile.",
        "A resposta é a hérnia.",
        "정답은 없습니다.",
        "正解はありません。",
        "La réponse est à discuter.",
        "Die Antwort A priori ist offen.",
        "Antwort auf die Frage: Abwarten",
    ),
    "words under ANSWER": _form(
        "ANSWER: {o} is not it", "ANSWER: the one about the ligament", "ANSWER: see above", "ANSWER: yes", "ANSWER: 42"
    ),
}


def cases(seed: int = 0, each: int = 40) -> list[Case]:
    """``each`` answers of every kind, drawn by seed."""
    found = []
    for chooses, kinds in ((True, CHOOSES), (False, NAMES_NONE)):
        for kind, make in kinds.items():
            rng = random.Random(f"{seed}/{kind}")
            for _ in range(each):
                draw = Draw(rng)
                found.append(Case(kind, make(draw), draw.letter if chooses else None, draw.options))
    return found


def surrounded(case: Case, rng: random.Random) -> Case:
    """The same choice with something before it, after it, or both."""
    before, after = rng.choice((*BEFORE, "")), rng.choice((*AFTER, ""))
    return case._replace(text=f"{before}{case.text}{after}")


def outcome(case: Case, found: str | None) -> str:
    """``right`` (what names none is right to give none), ``unread`` or ``wrong``."""
    return "right" if found == case.letter else "unread" if found is None else "wrong"


def main() -> None:
    """Print the counts, the options' texts being known and not, and what is unread or wrong."""
    told: Counter[tuple[str, str]] = Counter()
    others: dict[str, None] = {}
    for case in cases():
        for how, letters in (("texts", case.options), ("letters", "".join(case.options))):
            found = parse_letter(case.text, letters)
            told[case.kind, f"{how} {(result := outcome(case, found))}"] += 1
            if result != "right":
                others[f"{case.kind}: {case.text!r} chooses {case.letter}, read as {found} (by {how})"] = None
    columns = [f"{how} {result}" for how in ("texts", "letters") for result in ("right", "unread", "wrong")]
    print(f"{'':28}" + "".join(f"{column:>16}" for column in columns))
    for kind in dict.fromkeys(kind for kind, _ in told):
        print(f"{kind:28}" + "".join(f"{told[kind, column]:16}" for column in columns))
    print(f"{'all':28}" + "".join(f"{sum(told[k, c] for k, c in told if c == column):16}" for column in columns))
    print(*others, sep="\n")


if __name__ == "__main__":
    main()
