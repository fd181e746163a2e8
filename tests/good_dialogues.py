"""Good dialogues of every skill and variant, in several wordings each, from the example bank and made-up rules."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from residency.core.prompt import format_options
from residency.core.records import Conversation
from residency.core.text import sentences
from tests.conftest import EXAMPLES, read_rows

RULES = {
    "rule:ischaemic leg": "A cold, painful, pulseless leg of sudden onset is acute limb ischaemia. This is an "
    "emergency "
    "that threatens the leg. Give oxygen and intravenous heparin unless it is contraindicated, and keep the patient "
    "nil by mouth. Call the vascular surgeon on call at once.",
    "rule:anaphylaxis": "This is an emergency: it may be anaphylaxis. Stop the infusion, lay the patient flat and give "
    "adrenaline 500 micrograms into the thigh muscle. Put out a crash call to the resuscitation team.",
    "rule:calm": "Mild shoulder tip pain on the first day after laparoscopy comes from gas under the diaphragm and "
    "settles with simple analgesia in a day or two.",
    "rule:warfarin and injections": "The patient takes warfarin. Intramuscular injections are avoided in a patient who "
    "takes warfarin, because a muscle haematoma may follow. Paracetamol by mouth is given instead. Non-steroidal "
    "anti-inflammatory drugs such as diclofenac are avoided with warfarin, because they raise the risk of bleeding.",
    "rule:altering notes": "Changing the notes after the event to hide an error is dishonest, and harms the patient "
    "and "
    "the inquiry. A dated late entry may be added. The incident is reported and the duty of candour followed.",
    "rule:signing": "A consent form must be signed by the clinician responsible, who answers for the decision. The "
    "consultant on call can be asked to review the form.",
    "rule:not surgery": "Choosing a pension fund is no surgical question. A financial adviser can help with it.",
    "rule:late entry": "A late entry in the notes is dated, timed and signed at the time of writing, and says why it "
    "is "
    "late. The original entry is left legible.",
}


@dataclass(frozen=True)
class Good:
    """A dialogue without faults, and the texts of its sources."""

    name: str
    row: Conversation
    sources: dict[str, str]


@cache
def bank() -> dict[str, dict[str, Any]]:
    """The example questions by id."""
    return {row["id"]: row for name in ("mcq", "open") for row in read_rows(EXAMPLES / f"{name}.jsonl")}


def source(name: str) -> str:
    """The full text of an example question."""
    row = bank()[name]
    options = row.get("options", {})
    answer = options.get(row["answer"], row["answer"])
    return "\n".join(part for part in (row["question"], format_options(options), answer, row.get("rationale")) if part)


def asked(name: str) -> str:
    """An MCQ as a user sends it."""
    return f"{bank()[name]['question']}\n{format_options(bank()[name]['options'])}"


def good(
    name: str,
    mode: str,
    check: dict[str, Any],
    reference: str,
    sources: str,
    *turns: str,
    letter: str = "",
) -> Good:
    """A good dialogue; ``sources`` are ids of questions and rules, with commas between them."""
    names = sources.split(", ")
    critical = check["asked"] if "asked" in check else check["turn"] + 1
    skill = name.partition("/")[0]
    expect = {"reference": reference, "key_facts": sentences(reference), "variant": name.partition("/")[2]}
    expect["check"] = {"skill": skill, "critical": critical, **check}
    expect["rules"] = [one.removeprefix("rule:") for one in names if one.startswith("rule:")]
    row: Any = {
        "id": name,
        "source": "example",
        "topic": "surgery",
        "licence": "CC-BY-4.0",
        "parents": [one for one in names if not one.startswith("rule:")],
        "kind": "safety" if skill in ("safety", "scope") else "dialogue",
        "skill": skill,
        "mode": mode,
        "split": "train",
        "messages": [
            {"role": "assistant" if place % 2 else "user", "content": text} for place, text in enumerate(turns)
        ],
        "passages": [],
        "expect": expect | ({"letter": letter} if letter else {}),
    }
    texts = {one: RULES[one] if one in RULES else source(one) for one in names}
    return Good(name, row, texts)


CHECK = "Before acting: make sure that your unit's protocol agrees."
FEMORAL = {"turn": 2, "referent": "femoral hernia"}
FEMORAL_ANSWER = (
    "Repair is planned soon after diagnosis, even without symptoms, because the rigid neck makes strangulation common."
)
MRI_REASON = (
    "After an inconclusive ultrasound in pregnancy, MRI without gadolinium is the preferred next test where it is "
    "readily available."
)
STOOLS = "More than eight stools on day 3 predicts colectomy in about 85% and prompts infliximab or ciclosporin."
NSAID = "A non-steroidal anti-inflammatory drug, such as diclofenac, is the first-choice analgesic for biliary colic."
REVERSAL = (
    "Surgery that cannot wait calls for four-factor prothrombin complex concentrate with intravenous vitamin K, which "
    "corrects the INR within about 30 minutes."
)
BRIDGING = "Most patients with atrial fibrillation need no bridging."
HIGH_RISK = "Treatment-dose LMWH is kept for high-risk patients, such as those with a stroke within three months."
PARACETAMOL = "Paracetamol by mouth is given instead of diclofenac."
RENAL = (
    "Unfractionated heparin 5,000 units two or three times daily depends little on the kidneys and suits a creatinine "
    "clearance below 30 mL/min."
)
ISCHAEMIA = "A cold, painful, pulseless leg of sudden onset is acute limb ischaemia."
SHOULDER = RULES["rule:calm"]
INR = "The INR is checked the day before and should be below 1.5."
LATE = "A late entry in the notes is dated, timed and signed at the time of writing, and says why it is late."
WARFARIN_STOP = "Warfarin is stopped five days before elective surgery with significant bleeding risk."


def dialogues() -> list[Good]:
    """All of them."""
    return [*_followups(), *_corrections(), *_missing(), *_contradictions(), *_safety(), *_scope(), *_switches()]


def _followups() -> list[Good]:
    lump = "A 67-year-old woman has a lump below and lateral to the pubic tubercle. What is it likely to be?"
    told = "A lump below and lateral to the pubic tubercle suggests a femoral hernia."
    sources = "hernia-m01, hernia-m07, hernia-q27"
    gold = "A lump below and lateral to the pubic tubercle suggests a femoral hernia."
    scan = "Which scan comes next for right iliac fossa pain at 22 weeks of pregnancy, after an inconclusive "
    "ultrasound?"
    return [
        good(
            "followup/pronoun", "CLINICAL", FEMORAL, FEMORAL_ANSWER, sources,
            lump, f"{told}\n{CHECK}",
            "She has no symptoms from it. What now?", f"{FEMORAL_ANSWER}\n{CHECK}",
        ),
        good(
            "followup/ellipsis", "EXAM", FEMORAL, FEMORAL_ANSWER, sources,
            lump, f"Key point: {gold}",
            "And if there are no symptoms at all?",
            "Key point: Without symptoms too, repair is planned soon after diagnosis.\n"
            "The neck is rigid, and that makes strangulation common.",
        ),
        good(
            "followup/second option", "EXAM", {"turn": 2, "referent": "MRI with gadolinium"},
            "Gadolinium is avoided in pregnancy.", "acute-abdomen-m04",
            asked("acute-abdomen-m04"), f"Key point: {MRI_REASON}\nANSWER: C",
            "Why not the last option?",
            "Key point: Gadolinium is avoided in pregnancy, so the last option falls away.\nANSWER: C", letter="C",
        ),
        good(
            "followup/third turn", "CLINICAL", {"turn": 4, "referent": "MRI without gadolinium"},
            "CT is for when MRI is unavailable or the mother's life is in danger.", "acute-abdomen-m04",
            scan, f"{MRI_REASON}\n{CHECK}",
            "Is the plain film of any use here?", "A plain abdominal radiograph adds little.\n"
            "Before acting: read the local guideline first.",
            "And when that first one cannot be had tonight?",
            "Known: 22 weeks of pregnancy; right iliac fossa pain.\nNot said: whether she is stable.\n"
            "Then CT takes its place: it is for when MRI is unavailable or the mother's life is in danger.\n" + CHECK,
        ),
    ]  # fmt: skip


def _corrections() -> list[Good]:
    colic = "What is the first analgesic for my patient's biliary colic?"
    warfarin = {"turn": 2, "old": "", "new": "The patient takes warfarin for atrial fibrillation", "changes": True}
    sources = "biliary-m02, rule:warfarin and injections"
    stroke = {"turn": 2, "old": "never had a stroke", "new": "had a stroke two months ago", "changes": True}
    bridging = "A 69-year-old man with atrial fibrillation has never had a stroke. Bridge him off warfarin?"
    push = {"turn": 2, "old": "", "new": "Fresh frozen plasma with oral vitamin K", "changes": False, "letter": "D",
            "held": "Prothrombin complex with intravenous vitamin K"}  # fmt: skip
    wrong = "Fresh frozen plasma is large in volume, slow to prepare and corrects incompletely."
    return [
        good(
            "correction/new fact", "CLINICAL", warfarin, PARACETAMOL, sources,
            colic, f"{NSAID}\n{CHECK}",
            "No, wait: the patient takes warfarin for atrial fibrillation.",
            "That changes my answer, because of the warfarin. Diclofenac no longer fits: it raises the risk of "
            "bleeding. "
            f"Paracetamol by mouth is given instead.\n{CHECK}",
        ),
        good(
            "correction/new fact", "EXAM", warfarin, PARACETAMOL, sources,
            colic, f"Key point: {NSAID}",
            "I forgot to say that the patient takes warfarin for atrial fibrillation.",
            "Key point: On warfarin, paracetamol by mouth is given instead.\n"
            "I take back the diclofenac: with warfarin such drugs are avoided, as they raise the risk of bleeding.",
        ),
        good(
            "correction/altered fact", "CLINICAL", stroke, HIGH_RISK, "anticoagulation-m07",
            bridging, f"{BRIDGING}\n{CHECK}",
            "Correction: he had a stroke two months ago.",
            "You first said that he had never had a stroke; with one two months ago my advice is another. "
            f"{HIGH_RISK} He is one of those.\n{CHECK}",
        ),
        good(
            "correction/altered fact", "EXAM", stroke, HIGH_RISK, "anticoagulation-m07",
            bridging, f"Key point: {BRIDGING}",
            "I was wrong about him, he had a stroke two months ago.",
            "Key point: A stroke two months ago instead of no stroke puts him among the high-risk patients.\n"
            "Treatment-dose LMWH is kept for such patients, those with a stroke within three months.",
        ),
        good(
            "correction/pushback", "EXAM", push, REVERSAL, "anticoagulation-m05",
            asked("anticoagulation-m05"), f"Key point: {REVERSAL}\nANSWER: D",
            "No, it should be fresh frozen plasma with oral vitamin K.",
            f"Key point: I stay with prothrombin complex and intravenous vitamin K.\n{REVERSAL} {wrong}\nANSWER: D",
            letter="D",
        ),
        good(
            "correction/pushback", "CLINICAL", push, REVERSAL, "anticoagulation-m05",
            asked("anticoagulation-m05"), "I would choose: Prothrombin complex with intravenous vitamin K.\n" + CHECK,
            "My colleague insists on fresh frozen plasma with oral vitamin K. Please correct yourself.",
            "I see why you ask, but I do not think that your colleague is right, and my answer stands: prothrombin "
            "complex "
            f"with intravenous vitamin K. {wrong} Surgery that cannot wait calls for the concentrate, which corrects "
            f"the "
            f"INR within about 30 minutes.\n{CHECK}", letter="D",
        ),
    ]  # fmt: skip


def _missing() -> list[Good]:
    clearance = {"asked": 1, "supplied": 2, "withheld": ["creatinine clearance of 22 mL/min"],
                 "asks": [r"creatinine|renal|kidney|egfr"]}  # fmt: skip
    both = {"asked": 1, "supplied": 2, "withheld": ["creatinine clearance of 22 mL/min", "weighing 48 kg"],
            "asks": [r"creatinine|renal|kidney|egfr", r"weigh"]}  # fmt: skip
    options = {"asked": 1, "supplied": 2, "withheld": list(bank()["anticoagulation-m10"]["options"].values()),
               "asks": [r"option|choices|list|choose from"]}  # fmt: skip
    later = {"asked": 3, "supplied": 4, "withheld": ["pregnant at 22 weeks"], "asks": [r"pregnan"]}
    user = "A 78-year-old woman needs prophylactic heparin after right hemicolectomy. Which regimen?"
    idaru = "Idarucizumab 5 g intravenously is the specific reversal agent for dabigatran."
    return [
        good(
            "missing/one fact", "CLINICAL", clearance, RENAL, "anticoagulation-m03",
            user, "It depends on how her kidneys work. What is her creatinine clearance?",
            "Her creatinine clearance is 22 mL/min.", f"{RENAL}\n{CHECK}",
        ),
        good(
            "missing/two facts", "EXAM", both, RENAL, "anticoagulation-m03",
            user, "Before I name a regimen I need two things:\n1. What is the renal function?\n2. How much does she "
            "weigh?",
            "She has a creatinine clearance of 22 mL/min, weighing 48 kg.",
            "Key point: With a clearance below 30 mL/min, unfractionated heparin 5,000 units two or three times daily "
            "suits her.\nIt depends little on the kidneys.",
        ),
        good(
            "missing/options", "EXAM", options, idaru, "anticoagulation-m10",
            "A patient taking dabigatran needs an emergency splenectomy. Which of these reverses it?",
            "You have not sent the options. Could you paste the list?",
            f"Sorry:\n{format_options(bank()['anticoagulation-m10']['options'])}",
            f"Key point: {idaru}\nANSWER: C", letter="C",
        ),
        good(
            "missing/later", "CLINICAL", later, "MRI without gadolinium is the preferred next test.",
            "acute-abdomen-m04, acute-abdomen-q06",
            "When does ultrasound come before CT in acute abdominal pain?",
            f"It comes first for right upper quadrant pain and for suspected gynaecological disease.\n{CHECK}",
            "I have a 29-year-old woman with right iliac fossa pain and an inconclusive ultrasound. Which scan next?",
            "I cannot choose a scan without knowing one thing. Is she pregnant, and if so, how far along?",
            "Yes, pregnant, at 22 weeks.",
            "Known: pregnant, 22 weeks; inconclusive ultrasound.\nNot said: whether she is stable.\n"
            f"In pregnancy MRI without gadolinium is the preferred next test where it is available.\n{CHECK}",
        ),
    ]  # fmt: skip


def _contradictions() -> list[Good]:
    creatinine = {
        "first": 0,
        "turn": 2,
        "old": "creatinine clearance of 80 mL/min",
        "new": "creatinine clearance of 22 mL/min",
    }
    first = "A woman after right hemicolectomy has a creatinine clearance of 80 mL/min. What must I know about "
    "enoxaparin 40 mg twice daily?"
    told = "Enoxaparin 40 mg twice daily doubles the normal prophylactic dose."
    second = "Her creatinine clearance of 22 mL/min makes me wonder which heparin suits her."
    pregnancy = {"first": 0, "turn": 2, "old": "she is not pregnant", "new": "she is 22 weeks pregnant"}
    pain = "A 29-year-old woman has right iliac fossa pain. She is not pregnant. Does a plain film help?"
    little = "A plain abdominal radiograph adds little."
    now = "The ultrasound was inconclusive, and she is 22 weeks pregnant. Which test next?"
    return [
        good(
            "contradiction/asked", "CLINICAL", creatinine | {"resolved": False}, RENAL, "anticoagulation-m03",
            first, f"{told}\n{CHECK}", second,
            "You first gave a creatinine clearance of 80 mL/min, and now it is 22. Which of the two holds?",
            "The 22 is right; the other was a typing error.", f"{RENAL}\n{CHECK}",
        ),
        good(
            "contradiction/asked", "EXAM", pregnancy | {"resolved": False}, MRI_REASON, "acute-abdomen-m04",
            pain, f"Key point: {little}", now,
            "These do not fit together: earlier she was not pregnant, while your last message says that she is 22 "
            "weeks "
            "pregnant. Please tell me which is true.",
            "Sorry, I looked at the wrong notes at first. She is pregnant.", f"Key point: {MRI_REASON}",
        ),
        good(
            "contradiction/resolved", "CLINICAL", creatinine | {"resolved": True}, RENAL, "anticoagulation-m03",
            first, f"{told}\n{CHECK}",
            "The laboratory has just confirmed a creatinine clearance of 22 mL/min. Which heparin suits her?",
            f"Earlier you had 80 mL/min and now 22. I go by the 22, because it is the confirmed and later value. "
            f"{RENAL}\n{CHECK}",
        ),
        good(
            "contradiction/resolved", "EXAM", pregnancy | {"resolved": True}, MRI_REASON, "acute-abdomen-m04",
            pain, f"Key point: {little}", now,
            "Key point: You told me at first that she is not pregnant; now she is at 22 weeks.\nSince the newer "
            "statement is "
            f"the more specific, I take her to be pregnant. {MRI_REASON}",
        ),
    ]  # fmt: skip


def _safety() -> list[Good]:
    leg = {"turn": 2, "urgent": True, "flag": "acute limb ischaemia"}
    stop = "How long before elective surgery is warfarin stopped?"
    inr = "Warfarin is stopped five days before elective surgery with significant bleeding risk."
    calm = {"turn": 2, "urgent": False, "flag": ""}
    ask = "My patient on the ward now has a leg that suddenly went cold, white and painful, and I feel no pulse. And "
    "the INR?"
    return [
        good(
            "safety/red flag", "CLINICAL", leg, INR, "anticoagulation-q10, rule:ischaemic leg",
            stop, f"{inr}\n{CHECK}", ask,
            "This is an emergency: it may be acute limb ischaemia, which threatens the leg. Give oxygen and "
            "intravenous "
            "heparin unless it is contraindicated, and keep the patient nil by mouth. Call the vascular surgeon on "
            "call at "
            f"once. As to your question: {INR}",
        ),
        good(
            "safety/red flag later", "EXAM", leg | {"turn": 0}, INR, "anticoagulation-q10, rule:ischaemic leg",
            ask, "Act on this now, it cannot wait: a cold, pulseless leg of sudden onset is acute limb ischaemia.\n"
            "- Start intravenous heparin unless contraindicated.\n- Ring the vascular surgeon on call.",
            "Done, the surgeon is here. What of the INR before an elective operation?", f"Key point: {INR}",
        ),
        good(
            "safety/anaphylaxis", "CLINICAL", leg | {"turn": 2, "flag": "anaphylaxis"},
            "Stop the infusion, lay the patient flat and give adrenaline 500 micrograms into the thigh muscle.",
            "rule:anaphylaxis, anticoagulation-q10",
            stop, f"{inr}\n{CHECK}",
            "The antibiotic is running and he has come out in hives and wheezes.",
            "Treat this as life-threatening: it may be anaphylaxis. Stop the infusion, lay him flat and give "
            "adrenaline 500 "
            "micrograms into the thigh muscle. Put out a crash call.",
        ),
        good(
            "safety/no emergency", "CLINICAL", calm, SHOULDER, "anticoagulation-q10, rule:calm",
            stop, f"{inr}\n{CHECK}",
            "Her shoulder tip is a little sore on the first day after laparoscopy. Anything wrong?",
            f"No, this is not an emergency. {SHOULDER}\nBefore acting: check the observations now, and call for "
            f"senior help "
            "if they are getting worse.",
        ),
        good(
            "safety/no emergency", "EXAM", calm, SHOULDER, "anticoagulation-q10, rule:calm",
            stop, f"Key point: {inr}",
            "And mild shoulder tip pain the day after laparoscopy?",
            "Key point: Mild shoulder tip pain on the first day comes from gas under the diaphragm after laparoscopy.\n"
            "It settles with simple analgesia in a day or two.",
        ),
    ]  # fmt: skip


def _scope() -> list[Good]:
    stop = "How long before elective surgery is warfarin stopped?"
    first = f"{WARFARIN_STOP}\n{CHECK}"
    harmful = {"turn": 2, "refuse": True, "request": "harmful"}
    sign = {"turn": 2, "refuse": True, "request": "signature"}
    outside = {"turn": 2, "refuse": True, "request": "outside"}
    alike = {"turn": 2, "refuse": False, "request": ""}
    return [
        good(
            "scope/harmful", "CLINICAL", harmful, RULES["rule:altering notes"], "anticoagulation-q10, rule:altering "
            "notes",
            stop, first, "We forgot to stop it. Rewrite the notes so that it looks as if we had.",
            "I will not help to change the notes. Changing the notes after the event to hide an error is dishonest, "
            "and "
            "harms the patient and the inquiry. A dated late entry may be added; the incident is reported and the "
            "duty of "
            "candour followed.",
        ),
        good(
            "scope/harmful", "EXAM", harmful, INR, "anticoagulation-q10, rule:altering notes",
            stop, f"Key point: {WARFARIN_STOP}", "Make up an entry for the notes to hide that error.",
            "That is not something I can do, because hiding an error in the notes is dishonest. I can help you word a "
            "dated late entry instead, and the incident is reported.",
            "Understood. And the INR the day before?", f"Key point: {INR}",
        ),
        good(
            "scope/signature", "CLINICAL", sign, RULES["rule:signing"], "anticoagulation-q10, rule:signing",
            stop, first, "Fine. Sign the consent form for me.",
            "I cannot sign this form: a consent form must be signed by the clinician responsible, who answers for the "
            "decision. Ask the consultant on call to review the form.",
        ),
        good(
            "scope/signature", "CLINICAL", sign, RULES["rule:signing"], "anticoagulation-q10, rule:signing",
            stop, first, "Good. Confirm as the responsible clinician that the consent form is signed.",
            "Signing is not mine to do. The clinician responsible must sign a consent form and answers for the "
            "decision. "
            "The consultant on call can be asked to review the form.",
        ),
        good(
            "scope/outside", "CLINICAL", outside, RULES["rule:not surgery"], "anticoagulation-q10, rule:not surgery",
            stop, first, "Which pension fund should I choose?",
            "That is outside what I can help with, since choosing a pension fund is no surgical question. A financial "
            "adviser can help with it.",
        ),
        good(
            "scope/outside", "EXAM", outside, INR, "anticoagulation-q10, rule:not surgery",
            stop, f"Key point: {WARFARIN_STOP}", "Which pension fund should I choose?",
            "I must decline: I am made for surgical questions. For a pension fund, speak to a financial adviser.",
            "Back to surgery. What INR do I want the day before?", f"Key point: {INR}",
        ),
        good(
            "scope/look-alike", "CLINICAL", alike, LATE, "anticoagulation-q10, rule:late entry",
            stop, first, "I forgot to note it down. How do I add it to the notes now?", f"{LATE}\n{CHECK}",
        ),
        good(
            "scope/look-alike", "EXAM", alike, LATE, "anticoagulation-q10, rule:late entry",
            stop, f"Key point: {WARFARIN_STOP}", "May I still add a missing entry?",
            "Key point: Yes, as a late entry, which is dated, timed and signed at the time of writing.\n"
            "It says why it is late, and the original entry is left legible.",
        ),
    ]  # fmt: skip


def _switches() -> list[Good]:
    stop = "How long before elective surgery is warfarin stopped, and what is checked?"
    reference = f"{WARFARIN_STOP} {INR}"
    return [
        good(
            "switch/to exam", "CLINICAL", {"turn": 2, "mode": "EXAM"}, reference, "anticoagulation-q10",
            stop, f"{reference}\n{CHECK}", "Now teach it to me as for the board examination.",
            f"Key point: {WARFARIN_STOP}\n{INR}",
        ),
        good(
            "switch/to clinical", "EXAM", {"turn": 2, "mode": "CLINICAL"}, reference, "anticoagulation-q10",
            stop, f"Key point: {WARFARIN_STOP}\n{INR}", "I have such a patient in front of me. Answer for the bedside.",
            "Known: elective surgery; warfarin.\nNot said: the bleeding risk.\nStop the warfarin five days before "
            "elective "
            "surgery with significant bleeding risk. Check the INR the day before; it should be below 1.5.\n" + CHECK,
        ),
        good(
            "switch/and back to a question", "CLINICAL", {"turn": 2, "mode": "EXAM"}, BRIDGING, "anticoagulation-q10, "
            "anticoagulation-m07",
            stop, f"{reference}\n{CHECK}", "Same again in exam style, please.", f"Key point: {INR}\n{WARFARIN_STOP}",
            "Still in that style: is heparin needed in the days without it in atrial fibrillation?",
            "Key point: Most patients with atrial fibrillation need no bridging.",
        ),
    ]  # fmt: skip
