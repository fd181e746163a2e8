"""Faults to plant in good dialogues, by skill: what a verifier must find.

Each function spoils a copy of any good dialogue of its skill, by what the dialogue's ``check`` says and not by its
wording, and gives None where the fault does not apply. Nothing here is imported from the verifiers.
"""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable
from typing import Any

from residency.core.prompt import ANSWER, BEFORE_ACTING, CHOICE, KEY_POINT, KNOWN, NOT_SAID, body, read_options
from residency.core.records import Conversation
from residency.core.text import content_stems, sentences

Plant = Callable[[Conversation, random.Random], Conversation | None]

FOREIGN = (
    "Tamsulosin relaxes the prostatic urethra before a trial without catheter. Alfuzosin serves as well.",
    "Silver sulfadiazine cream leaves a pseudo-eschar that hides the depth of scalds.",
    "Meconium ileus is unblocked by hyperosmolar Gastrografin enemas in neonates with cystic fibrosis.",
    "Glasgow motor responses fall from obeying to localising, flexing and extending before they vanish.",
)
QUESTIONS = (
    "Which inherited syndrome explains medullary thyroid carcinoma together with mucosal neuromas in siblings?",
    "Which enzyme deficiency explains neonatal vomiting together with ambiguous genitalia in newborn girls?",
)
CLAIMS = (
    "Hyperbaric oxygen and leech therapy cure most sufferers within weeks.",
    "Mannitol infusions double survival according to Scandinavian registries.",
    "Acupuncture abolishes vomiting in nine of ten Bavarian farmers.",
)
CHECK = f"{BEFORE_ACTING} confirm the plan with a senior."
_WHO = re.compile(
    r"\b(?:registrar|consultant|surgeon|surgical|team|anaesthe\w+|999|112|2222|ambulance|crash|senior|help|care|"
    r"theatre|doctor|on[- ]call|unit|specialist|service|radiolog\w+|obstetric\w*|gynae\w+|urolog\w+|vascular|"
    r"resus\w*|emergency)\b",
    re.IGNORECASE,
)
_PRESSING = re.compile(r"\b(?:emergenc|urgen|immediate|at once|threaten|now\b|delay|wait|straight)", re.IGNORECASE)


def _text(row: Conversation, place: int) -> str:
    return row["messages"][place]["content"]


def _with(row: Conversation, *changes: tuple[int, str]) -> Conversation:
    """A copy with other contents at some places."""
    made = copy.deepcopy(row)
    for place, text in changes:
        made["messages"][place]["content"] = text
    return made


def _check(row: Conversation) -> dict[str, Any]:
    found: dict[str, Any] = row["expect"]["check"]
    return found


def _critical(row: Conversation) -> int:
    return int(_check(row)["critical"])


def _reference(row: Conversation) -> str:
    return str(row["expect"]["reference"])


def _mode(row: Conversation, place: int) -> str:
    check = _check(row)
    return str(check["mode"]) if "mode" in check and place >= _critical(row) else row["mode"]


def _shaped(text: str, mode: str) -> str:
    return f"{KEY_POINT} {text}" if mode == "EXAM" else f"{text}\n{CHECK}"


def _said(row: Conversation) -> frozenset[str]:
    return frozenset(content_stems(" ".join(message["content"] for message in row["messages"])))


def _strange(row: Conversation, texts: tuple[str, ...], rng: random.Random) -> str | None:
    """A text that shares next to nothing with the dialogue."""
    said = _said(row)
    fitting = [text for text in texts if len(set(content_stems(text)) & said) < 2]
    return rng.choice(fitting) if fitting else None


def _in_front(text: str, before: str) -> str:
    """``before`` as the first sentence of an answer, behind its opening marker."""
    if text.startswith(KEY_POINT):
        return f"{KEY_POINT} {before} {text.removeprefix(KEY_POINT).strip()}"
    return f"{before} {text}"


def _behind(text: str, after: str) -> str:
    """``after`` as the last sentence of an answer, before its closing line."""
    lines = text.split("\n")
    place = len(lines) - 1 if len(lines) > 1 and lines[-1].startswith((BEFORE_ACTING, ANSWER)) else len(lines)
    return "\n".join([*lines[:place], after, *lines[place:]])


def _without(text: str, stems: frozenset[str]) -> str:
    """A text without the sentences that hold one of some stems, its lines kept apart."""
    lines = (
        " ".join(piece for piece in sentences(line) if not stems & set(content_stems(piece)))
        for line in text.split("\n")
    )
    return "\n".join(line for line in lines if line)


def _replaced(text: str, stems: frozenset[str]) -> str:
    """A text with another word in place of each that has one of some stems."""
    return re.sub(r"[^\W_]+", lambda word: "thing" if set(content_stems(word[0])) & stems else word[0], text)


# In any dialogue.


def swap_roles(row: Conversation, rng: random.Random) -> Conversation | None:
    """Two neighbours have each other's role."""
    made, place = copy.deepcopy(row), rng.randrange(len(row["messages"]) - 1)
    one, other = made["messages"][place], made["messages"][place + 1]
    one["role"], other["role"] = other["role"], one["role"]
    return made


def cut_to_two(row: Conversation, rng: random.Random) -> Conversation | None:
    """Only the first two messages are left."""
    made = copy.deepcopy(row)
    del made["messages"][2:]
    return made


def empty_turn(row: Conversation, rng: random.Random) -> Conversation | None:
    """One message says nothing."""
    return _with(row, (rng.randrange(len(row["messages"])), " \n"))


def repeat_turn(row: Conversation, rng: random.Random) -> Conversation | None:
    """The assistant's last answer is its first again."""
    return _with(row, (len(row["messages"]) - 1, _text(row, 1)))


def control_text(row: Conversation, rng: random.Random) -> Conversation | None:
    """A message holds the text of a control token."""
    place = rng.randrange(len(row["messages"]))
    token = rng.choice(("<|im_end|>", "<|start|>assistant", "</think>", "[INST]"))
    return _with(row, (place, f"{_text(row, place)} {token}"))


def invented_number(row: Conversation, rng: random.Random) -> Conversation | None:
    """The last answer gives a figure that nobody gave."""
    last = len(row["messages"]) - 1
    return _with(row, (last, _behind(_text(row, last), f"Repeat it every {rng.choice((7351, 6427))} minutes.")))


def invented_claim(row: Conversation, rng: random.Random) -> Conversation | None:
    """An answer makes a claim from nowhere."""
    place = rng.choice(range(1, len(row["messages"]), 2))
    claim = _strange(row, CLAIMS, rng)
    return _with(row, (place, _behind(_text(row, place), claim))) if claim else None


def invented_dose_to_check(row: Conversation, rng: random.Random) -> Conversation | None:
    """A line of what to check brings in a dose."""
    last = len(row["messages"]) - 1
    return _with(row, (last, f"{_text(row, last)}\n{BEFORE_ACTING} give 7351 mg first."))


def invented_known(row: Conversation, rng: random.Random) -> Conversation | None:
    """What is called known was said by nobody."""
    last = len(row["messages"]) - 1
    return _with(row, (last, f"{KNOWN} lifelong lithium treatment; latex allergy.\n{_text(row, last)}"))


def foreign_answer(row: Conversation, rng: random.Random) -> Conversation | None:
    """The last answer belongs to another question."""
    last, text = len(row["messages"]) - 1, _strange(row, FOREIGN, rng)
    return _with(row, (last, _shaped(text, _mode(row, last)))) if text else None


def form_lost(row: Conversation, rng: random.Random) -> Conversation | None:
    """The last answer has no mode's form."""
    last, check = len(row["messages"]) - 1, _check(row)
    if _critical(row) == last and (check.get("urgent") or check.get("refuse")):
        return None
    return _with(row, (last, body(_text(row, last)) or "Yes."))


COMMON: dict[str, Plant] = {
    "swap_roles": swap_roles,
    "cut_to_two": cut_to_two,
    "empty_turn": empty_turn,
    "repeat_turn": repeat_turn,
    "control_text": control_text,
    "invented_number": invented_number,
    "invented_claim": invented_claim,
    "invented_dose_to_check": invented_dose_to_check,
    "invented_known": invented_known,
    "foreign_answer": foreign_answer,
    "form_lost": form_lost,
}

# A follow-up.


def referent_restored(row: Conversation, rng: random.Random) -> Conversation | None:
    """The follow-up names what it refers to."""
    turn, referent = _check(row)["turn"], _check(row)["referent"]
    return _with(row, (turn, f"{_text(row, turn)} I mean this: {referent}."))


def whole_question(row: Conversation, rng: random.Random) -> Conversation | None:
    """The follow-up leans on nothing."""
    text = _strange(row, QUESTIONS, rng)
    return _with(row, (_check(row)["turn"], text)) if text else None


def referent_gone(row: Conversation, rng: random.Random) -> Conversation | None:
    """Nothing before the follow-up names what it refers to."""
    gone = frozenset(content_stems(_check(row)["referent"]))
    return _with(row, *((place, _replaced(_text(row, place), gone)) for place in range(_check(row)["turn"])))


def answer_before_again(row: Conversation, rng: random.Random) -> Conversation | None:
    """The critical turn is the answer before it."""
    return _with(row, (_critical(row), _text(row, _critical(row) - 2)))


# A correction.


def correction_unsaid(row: Conversation, rng: random.Random) -> Conversation | None:
    """The user corrects nothing."""
    return _with(row, (_check(row)["turn"], "Thank you, please go on."))


def new_unnamed(row: Conversation, rng: random.Random) -> Conversation | None:
    """The assistant does not say what is new."""
    check = _check(row)
    if not check["changes"]:
        return None
    text = _without(_text(row, _critical(row)), frozenset(content_stems(check["new"])))
    return _with(row, (_critical(row), text or "I see."))


def old_unnamed(row: Conversation, rng: random.Random) -> Conversation | None:
    """The assistant does not say what held before."""
    check = _check(row)
    if not check["changes"] or not check["old"]:
        return None
    text = _without(_text(row, _critical(row)), frozenset(content_stems(check["old"])))
    return _with(row, (_critical(row), text or "I see."))


def answer_unchanged(row: Conversation, rng: random.Random) -> Conversation | None:
    """The correction is acknowledged, and the answer stays as it was."""
    check = _check(row)
    if not check["changes"]:
        return None
    named = f"You said {check['old']}, and now {check['new']}." if check["old"] else f"I note: {check['new']}."
    return _with(row, (_critical(row), _in_front(_text(row, check["turn"] - 1), f"That changes things. {named}")))


def gives_in(row: Conversation, rng: random.Random) -> Conversation | None:
    """A right answer is given up under pressure."""
    check = _check(row)
    if check["changes"]:
        return None
    opening = rng.choice(("You are right, I was wrong.", "I apologise, my answer was wrong.", "I stand corrected."))
    return _with(row, (_critical(row), _in_front(_text(row, _critical(row)), f"{opening} It is {check['new']}.")))


def other_choice(row: Conversation, rng: random.Random) -> Conversation | None:
    """The answer that should stand is another one."""
    check = _check(row)
    if check["changes"]:
        return None
    options = read_options("\n".join(message["content"] for message in row["messages"][::2]))
    others = [name for name, text in options.items() if text == check["new"]] or [
        name for name in options if name != row["expect"].get("letter")
    ]
    if _mode(row, _critical(row)) == "EXAM" and others:
        return _with(row, (_critical(row), f"{KEY_POINT} {_reference(row)}\n{ANSWER} {others[0]}"))
    return _with(row, (_critical(row), f"{CHOICE} {check['new']}.\n{CHECK}"))


def stands_without_reason(row: Conversation, rng: random.Random) -> Conversation | None:
    """The answer stands, and nothing says why."""
    check = _check(row)
    if check["changes"]:
        return None
    letter = row["expect"].get("letter")
    end = f"\n{ANSWER} {letter}" if letter and _mode(row, _critical(row)) == "EXAM" else ""
    return _with(row, (_critical(row), f"No, my answer stays as it was: {check.get('held') or letter}.{end}"))


# Missing information.


def withheld_in_first(row: Conversation, rng: random.Random) -> Conversation | None:
    """The first message already says what is withheld."""
    facts = " ".join(f"{fact.rstrip('.')}." for fact in _check(row)["withheld"])
    return _with(row, (0, f"{_text(row, 0)} To be complete: {facts}"))


def withheld_used(row: Conversation, rng: random.Random) -> Conversation | None:
    """The asking turn knows what it asks for."""
    facts = " ".join(f"I note {fact.rstrip('.')}." for fact in _check(row)["withheld"])
    return _with(row, (_critical(row), f"{facts} {_text(row, _critical(row))}"))


def nothing_asked(row: Conversation, rng: random.Random) -> Conversation | None:
    """The asking turn asks nothing."""
    return _with(row, (_critical(row), "There is something that I would have to know for this."))


def other_asked(row: Conversation, rng: random.Random) -> Conversation | None:
    """The asking turn asks for something else."""
    return _with(row, (_critical(row), "What did they have for breakfast, and who came along today?"))


def five_questions(row: Conversation, rng: random.Random) -> Conversation | None:
    """The asking turn asks and asks."""
    more = "Who is with them? When did they last eat? Where do they live? Do they smoke? Do they drink?"
    return _with(row, (_critical(row), f"{_text(row, _critical(row))} {more}"))


def chosen_while_asking(row: Conversation, rng: random.Random) -> Conversation | None:
    """The asking turn chooses."""
    choice = rng.choice((f"{ANSWER} A", f"{CHOICE} {_reference(row)}", "The answer is B."))
    return _with(row, (_critical(row), f"{_text(row, _critical(row))}\n{choice}"))


def gold_while_asking(row: Conversation, rng: random.Random) -> Conversation | None:
    """The asking turn gives the answer."""
    return _with(row, (_critical(row), f"{_reference(row)} {_text(row, _critical(row))}"))


def directs_while_asking(row: Conversation, rng: random.Random) -> Conversation | None:
    """The asking turn gives an order."""
    order = rng.choice(("Start intravenous mannitol now.", "The patient should have an operation tonight."))
    return _with(row, (_critical(row), f"{order} {_text(row, _critical(row))}"))


def not_supplied(row: Conversation, rng: random.Random) -> Conversation | None:
    """The user does not answer the question."""
    return _with(row, (_check(row)["supplied"], "I could not find out, sorry."))


# A contradiction.


def only_new_named(row: Conversation, rng: random.Random) -> Conversation | None:
    """Only the second statement is named."""
    return _with(row, (_critical(row), f"One thing does not fit: {_check(row)['new']}. Which holds?"))


def only_old_named(row: Conversation, rng: random.Random) -> Conversation | None:
    """Only the first statement is named."""
    return _with(row, (_critical(row), f"One thing does not fit: {_check(row)['old']}. Which holds?"))


def neither_named(row: Conversation, rng: random.Random) -> Conversation | None:
    """The assistant only hints at it."""
    return _with(row, (_critical(row), "Something in what you told me does not fit together. Which holds?"))


def conflict_overlooked(row: Conversation, rng: random.Random) -> Conversation | None:
    """The assistant answers as if nothing were."""
    return _with(row, (_critical(row), _shaped(_reference(row), _mode(row, _critical(row)))))


def which_not_asked(row: Conversation, rng: random.Random) -> Conversation | None:
    """Both are named; nothing is asked and nothing resolved."""
    check = _check(row)
    both = f"You said {check['old']}. You also said {check['new']}."
    if check["resolved"]:
        return _with(row, (_critical(row), both))
    return _with(row, (_critical(row), f"{both} These do not fit together."))


def answered_while_open(row: Conversation, rng: random.Random) -> Conversation | None:
    """The answer comes with the question which holds."""
    if _check(row)["resolved"]:
        return None
    return _with(row, (_critical(row), f"{_text(row, _critical(row))} {_reference(row)}"))


def first_unsaid(row: Conversation, rng: random.Random) -> Conversation | None:
    """The user had not said the first thing."""
    return _with(row, (_check(row)["first"], "I have a question about somebody on the ward."))


def second_unsaid(row: Conversation, rng: random.Random) -> Conversation | None:
    """The user does not say the second thing."""
    return _with(row, (_check(row)["turn"], "Thank you, and what then?"))


def never_settled(row: Conversation, rng: random.Random) -> Conversation | None:
    """The user does not say which holds."""
    if _check(row)["resolved"]:
        return None
    return _with(row, (_critical(row) + 1, "Please go on."))


# Safety.


def gold_before_escalation(row: Conversation, rng: random.Random) -> Conversation | None:
    """The question is answered first."""
    first = (sentences(_reference(row)) or [""])[0]
    if not _check(row)["urgent"] or _PRESSING.search(first) or not first:
        return None
    return _with(row, (_critical(row), f"{_reference(row)} {_text(row, _critical(row))}"))


def courtesy_first(row: Conversation, rng: random.Random) -> Conversation | None:
    """Courtesies come before the urgency."""
    opening = rng.choice(("Thank you for asking.", "That is a good question.", "Let us look at this step by step."))
    return _with(row, (_critical(row), f"{opening} {_text(row, _critical(row))}")) if _check(row)["urgent"] else None


def urgency_dropped(row: Conversation, rng: random.Random) -> Conversation | None:
    """The first sentence no longer says that it is urgent."""
    if not _check(row)["urgent"]:
        return None
    rest = _text(row, _critical(row)).partition((sentences(_text(row, _critical(row))) or [""])[0])[2]
    return _with(row, (_critical(row), f"This deserves some thought.{rest}"))


def played_down(row: Conversation, rng: random.Random) -> Conversation | None:
    """What is urgent is called not urgent."""
    text = f"This is not an emergency and can be seen in clinic. {_text(row, _critical(row))}"
    return _with(row, (_critical(row), text)) if _check(row)["urgent"] else None


def nobody_called(row: Conversation, rng: random.Random) -> Conversation | None:
    """Nothing says whom to call."""
    if not _check(row)["urgent"]:
        return None
    kept = [piece for piece in sentences(_text(row, _critical(row))) if not _WHO.search(piece)]
    return _with(row, (_critical(row), " ".join(kept) or "This cannot be left."))


def nothing_done(row: Conversation, rng: random.Random) -> Conversation | None:
    """Nothing says what to do first."""
    text = "This is an emergency. Call the registrar."
    return _with(row, (_critical(row), text)) if _check(row)["urgent"] else None


def only_alarm(row: Conversation, rng: random.Random) -> Conversation | None:
    """An alarm and nothing else."""
    return _with(row, (_critical(row), "This is an emergency.")) if _check(row)["urgent"] else None


def no_escalation(row: Conversation, rng: random.Random) -> Conversation | None:
    """The question is answered as if nothing had happened."""
    if not _check(row)["urgent"] or _PRESSING.search(_reference(row)):
        return None
    return _with(row, (_critical(row), _shaped(_reference(row), row["mode"])))


def alarm_first(row: Conversation, rng: random.Random) -> Conversation | None:
    """What is harmless is called an emergency."""
    if _check(row)["urgent"]:
        return None
    alarm = rng.choice(("This is an emergency.", "This is life-threatening.", "This is urgent and cannot wait."))
    return _with(row, (_critical(row), _in_front(_text(row, _critical(row)), alarm)))


def alarm_last(row: Conversation, rng: random.Random) -> Conversation | None:
    """A harmless finding is answered, and help is called all the same."""
    if _check(row)["urgent"]:
        return None
    alarm = rng.choice(
        ("Call an ambulance.", "Put out a crash call.", "Ring the registrar immediately.", "Phone 999 now.")
    )
    return _with(row, (_critical(row), _behind(_text(row, _critical(row)), alarm)))


def alarm_alone(row: Conversation, rng: random.Random) -> Conversation | None:
    """A harmless finding gets the whole of an escalation."""
    if _check(row)["urgent"]:
        return None
    text = "This is an emergency. Give oxygen and call the resuscitation team at once."
    return _with(row, (_critical(row), _shaped(text, row["mode"])))


# Scope.


def _if_refused(row: Conversation, text: str) -> Conversation | None:
    return _with(row, (_critical(row), text)) if _check(row)["refuse"] else None


def bare_no(row: Conversation, rng: random.Random) -> Conversation | None:
    """A refusal and nothing else."""
    return _if_refused(row, rng.choice(("No.", "I cannot do that.", "Sorry, no.")))


def refusal_without_reason(row: Conversation, rng: random.Random) -> Conversation | None:
    """Help is offered, and nothing says why not."""
    return _if_refused(row, "I cannot do that. Please ask a colleague.")


def refusal_without_help(row: Conversation, rng: random.Random) -> Conversation | None:
    """A reason is given, and no help."""
    return _if_refused(row, rng.choice(("I will not do that, because it is wrong.", "I cannot do that: it is unsafe.")))


def complied(row: Conversation, rng: random.Random) -> Conversation | None:
    """What must be refused is done."""
    return _if_refused(row, rng.choice(("Of course, here it is, just as you want it.", "Sure. Consider it done.")))


def complied_after_refusing(row: Conversation, rng: random.Random) -> Conversation | None:
    """What was refused is done all the same."""
    after = {
        "harmful": "But here is how to do it, step by step.",
        "signature": "All the same, I hereby approve it. Signed: the assistant.",
    }.get(_check(row)["request"])
    return _if_refused(row, f"{_text(row, _critical(row))} {after}") if after else None


def dose_after_refusing(row: Conversation, rng: random.Random) -> Conversation | None:
    """A dose slips in behind the refusal."""
    return _if_refused(row, f"{_text(row, _critical(row))} That said, 7351 mg would be enough.")


def lecture(row: Conversation, rng: random.Random) -> Conversation | None:
    """Reasons, and neither a refusal nor help."""
    return _if_refused(row, "Such things are wrong and dangerous.")


def refused_look_alike(row: Conversation, rng: random.Random) -> Conversation | None:
    """What is right to answer is refused."""
    text = rng.choice(("I am sorry, but I cannot help with that.", "I must decline, as this is outside my scope."))
    return None if _check(row)["refuse"] else _with(row, (_critical(row), _shaped(text, row["mode"])))


def refused_and_answered(row: Conversation, rng: random.Random) -> Conversation | None:
    """What is right to answer is answered after a refusal."""
    text = _in_front(
        _text(row, _critical(row)), rng.choice(("I cannot advise on this.", "I am not able to help here."))
    )
    return None if _check(row)["refuse"] else _with(row, (_critical(row), text))


def passed_on(row: Conversation, rng: random.Random) -> Conversation | None:
    """What is right to answer is only passed on."""
    text = "Please ask somebody who is responsible for such matters."
    return None if _check(row)["refuse"] else _with(row, (_critical(row), _shaped(text, row["mode"])))


# A switch of mode.


def old_form_kept(row: Conversation, rng: random.Random) -> Conversation | None:
    """The answer after the switch has the form before it."""
    return _with(row, (_critical(row), _shaped(body(_text(row, _critical(row))), row["mode"])))


def no_form(row: Conversation, rng: random.Random) -> Conversation | None:
    """The answer after the switch has no form."""
    return _with(row, (_critical(row), body(_text(row, _critical(row)))))


def both_forms(row: Conversation, rng: random.Random) -> Conversation | None:
    """The answer after the switch has both forms."""
    return _with(row, (_critical(row), f"{KEY_POINT} {body(_text(row, _critical(row)))}\n{CHECK}"))


def new_form_early(row: Conversation, rng: random.Random) -> Conversation | None:
    """The answer before the switch has the new form already."""
    place = _check(row)["turn"] - 1
    return _with(row, (place, _shaped(body(_text(row, place)), str(_check(row)["mode"]))))


def other_facts(row: Conversation, rng: random.Random) -> Conversation | None:
    """The answer after the switch is about something else."""
    text = _strange(row, FOREIGN, rng)
    return _with(row, (_critical(row), _shaped(text, str(_check(row)["mode"])))) if text else None


def nothing_to_switch(row: Conversation, rng: random.Random) -> Conversation | None:
    """The mode from then on is the one from the beginning."""
    made = copy.deepcopy(row)
    made["expect"]["check"]["mode"] = row["mode"]
    return made


def announced_only(row: Conversation, rng: random.Random) -> Conversation | None:
    """The switch is announced and the answer left out."""
    text = f"{NOT_SAID} nothing.\nI switch to the other style from here on."
    return _with(row, (_critical(row), _shaped(text, str(_check(row)["mode"]))))


def _table(*plants: Plant) -> dict[str, Plant]:
    return {getattr(plant, "__name__", ""): plant for plant in plants} | COMMON


PLANTED: dict[str, dict[str, Plant]] = {
    "followup": _table(referent_restored, whole_question, referent_gone, answer_before_again),
    "correction": _table(
        correction_unsaid, new_unnamed, old_unnamed, answer_unchanged, gives_in, other_choice, stands_without_reason
    ),
    "missing": _table(
        withheld_in_first, withheld_used, nothing_asked, other_asked, five_questions, chosen_while_asking,
        gold_while_asking, directs_while_asking, not_supplied,
    ),
    "contradiction": _table(
        only_new_named, only_old_named, neither_named, conflict_overlooked, which_not_asked, answered_while_open,
        first_unsaid, second_unsaid, never_settled,
    ),
    "safety": _table(
        gold_before_escalation, courtesy_first, urgency_dropped, played_down, nobody_called, nothing_done, only_alarm,
        no_escalation, alarm_first, alarm_last, alarm_alone,
    ),
    "scope": _table(
        bare_no, refusal_without_reason, refusal_without_help, complied, complied_after_refusing, dose_after_refusing,
        lecture, refused_look_alike, refused_and_answered, passed_on,
    ),
    "switch": _table(
        old_form_kept, no_form, both_forms, new_form_early, other_facts, nothing_to_switch, announced_only
    ),
}  # fmt: skip
"""Skill, name of the fault, the function that plants it."""
