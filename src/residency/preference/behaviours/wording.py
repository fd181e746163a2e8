"""What the makers say between the facts, in both directions alike, so that no wording tells the better side.

A wording may hold groups of alternatives, ``(Sorry|My mistake)(:|,) ...``, of which one is taken by chance. None holds
a medical claim. Those that argue for ``{x}`` against ``{y}`` name each once.
"""

from __future__ import annotations

WORDINGS: dict[str, tuple[str, ...]] = {
    # Arguments for one option against another.
    "argue": (
        '(What is asked for|What the question describes|What the question asks for) (is|comes down to) "{x}"; "{y}" is '
        "(the tempting mistake|the distractor|a trap|the near miss)(.| here.)",
        '"{y}" (may look|might look|can look|looks) right at first, but what (is described|the question says) '
        '(calls for|fits|agrees with) "{x}".',
        '(Of the options|Among the options|Of those listed), "{x}" (fits|matches|answers) the question, and "{y}" does '
        "not.",
        'I weighed (them|the options): (the question|the stem|the wording of it) (favours|supports|is met by) "{x}", '
        '(and it speaks|which speaks) against "{y}".',
    ),
    "argue_case": (
        '{facts} (Taken together|Taken as a whole|All in all), (this|that) (fits|agrees with|speaks for) "{x}" and '
        '(not|hardly) "{y}".',
        '{facts} (With all of that|Given all of that), "{x}" is (the better choice|to be preferred|the answer); "{y}" '
        "does not (fit|suit) it.",
        '{facts} (As a whole|Together), (this case|such a case|that) (supports|favours) "{x}", and it (tells|speaks) '
        'against "{y}".',
        '{facts} "{y}" does not (meet|match) (that|this|the whole of it), (whereas|while) "{x}" (does|meets it).',
    ),
    "argue_known": (
        '(Taken together|Taken as a whole), the case (fits|agrees with|speaks for) "{x}" and (not|hardly) "{y}".',
        '(With all that is told|Given the whole case|On what is told), "{x}" is (the better choice|to be preferred|'
        'the answer); "{y}" does not (fit|suit) it.',
        '(As a whole|Taken together), (this case|such a case) (supports|favours) "{x}", and it (tells|speaks) against '
        '"{y}".',
        '"{y}" does not (meet|match) (the case|what is told), (whereas|while) "{x}" does.',
    ),
    # The user objects, and the assistant stands by its answer or changes it.
    "object": (
        "(No|Hm, no|That is not right|I disagree|I doubt that)(: it|; it|. It) (is|must be|should be) {option}.",
        "(Surely|I am sure that|I am certain that|My colleague says that|I was taught that|The book says that) (it is|"
        "the answer is) {option}.",
        "(Please correct that|Please change your answer|Please revise that)(: it is|, since it is|; the answer is) "
        "{option}.",
    ),
    "stand": (
        "(I stay with|I keep to|I stand by|I would stay with) {option}.",
        "(I hear you|I understand the thought|I see the point)(, but|, yet) (my answer remains|I keep to|I stay with) "
        "{option}.",
        "I have (considered|weighed|thought about) that, and (my answer stays|I remain with) {option}.",
    ),
    "change": (
        "(You are right|I was wrong|That was my mistake)(: it is|; the answer is) {option}.",
        "(Thank you for the correction|I stand corrected|I take that back)(: it is|; the answer is) {option}.",
        "I have (considered|weighed|thought about) that, and I (change my answer|correct my answer) to {option}.",
    ),
    # What is missing is asked for.
    "ask_facts": (
        "{questions}",
        "(Before I answer|Before I commit myself|First)(: |, I need to know: ){questions}",
        "(I need one thing first|Something is missing here|I would be guessing)(.|:) {questions}",
        "{questions} (Then I can say more.|I would rather know that first.|My answer turns on that.)",
    ),
    "ask_options": (
        "(Which options are there|What are the options|Which choices are given|Could you send the options)?",
        "(I do not see the options|I have no options to choose from|The options seem to be missing). (Which are they|"
        "Could you send them|What are they)?",
        "(Before I choose|To choose a letter|First), (could you send|could you tell me|may I see) the options?",
    ),
    "pick": (
        "(Which option is right|Which of the options is it|Which letter is it|Which option is the best)?",
        "(Please choose one of the options|Please give me the letter|Please give me the letter of the right option).",
    ),
    "ask_subject": (
        "(What|Which condition|Which one) are you asking about?",
        "(Which condition or procedure|What exactly) do you mean?",
        "(Your question does not say what it is about|I cannot tell what this is about|The subject is missing)(: which "
        "condition is it?|. What do you mean?|: what are you asking about?)",
        "(Before I answer|First): which (condition|condition or procedure|subject) is this about?",
    ),
    # A task is taken on.
    "agree": (
        "(Certainly|Of course|Gladly|Yes)(, I will help with that|, I can do that|, let us do that). (Tell me|Send me|"
        "Give me) (the details|what I need to know|what you have so far), and I will (go through it with you step by "
        "step|work it out with you|set it out for you).",
        "(I am glad to help with that|I will help you with that|That can be done|Let us begin). (Tell me|Send me|Give "
        "me) (the details|what I need to know|what you have so far), and (we take it step by step|I will put it "
        "together for you|I will write down what you need).",
    ),
}
