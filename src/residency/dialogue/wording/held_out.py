"""The wordings that conversations of held-out splits are built with, none of which stands in training's."""

from __future__ import annotations

HELD_OUT_WORDINGS: dict[str, tuple[str, ...]] = {
    "next": (
        "(Thank you|Appreciated|Very good|Perfect). {question}",
        "(Different point|Now to something near it|Tell me as well|I would like to know too|Let us take this one): "
        "{question}",
        "(That answers it|Good to know|Helpful). {question}",
    ),
    "next_case": (
        "(Thank you|Appreciated|Very good|Perfect|Helpful). {question}",
        "(Let us take this patient|A patient I was told of|From my clinic)(: |. ){question}",
    ),
    "ellipsis": (
        "(Well then,|But|Yes, but|Good; but|Very well,) {question}",
        "(Thank you|Very good|Good to know|Perfect). {capital}",
    ),
    "aspect": (
        "(Thank you|Very good|Perfect). (Now|Next,|Could I also hear) {aspect}?",
        "(Let me hear|I would also like|Please add|Carry on with) {aspect}.",
    ),
    "population": (
        "(And how is it|Would it differ|Is it the same) {change}?",
        "(Thank you|Very good). (Is that so|Does it hold) {change}?",
    ),
    "why": (
        "(What makes that the right one|On what grounds|What is your evidence for it|What supports it)?",
        "(Please give your grounds|I would like your reasons|Reasons, please).",
    ),
    "why_not": (
        "(My colleague says|The registrar would take|A friend chose) {ordinal}. (Why would that be wrong|What is "
        "against it)?",
        "(What disqualifies|How do you exclude|Is there anything against) {ordinal}?",
    ),
    "recap": (
        "(Earlier I asked you something else first|There was a question before this one)(. What did you say to that, "
        "briefly?|: "
        "repeat your answer, shortened.)",
        "(Repeat the gist of your very first answer|Condense your very first answer|Your opening answer once more, "
        "condensed).",
    ),
    "shorten": (
        "(Condense that|Compress that)( to its core|, if you would|). (One statement will do|A single statement).",
        "(What is the core of it|What is the heart of that), (in a single statement|condensed)?",
    ),
    "letter_only": (
        "(One line only|Nothing but the answer)(: which is it?|, if you would.)",
        "(State the choice and nothing else|Name one and stop there|A bare answer will do).",
    ),
    "correct_fact": (
        "(Let me add something|I need to amend that|Apologies|Hm, an update)(:|;) (the|my|this) patient {fact}.",
        "(I was not told at first|We have only now learnt|The GP letter mentions|It escaped me) that (the|my|this) "
        "patient {fact}.",
        "(You could not know it|What you did not know), but (the|my|this) patient {fact}.",
    ),
    "changed_by_fact": (
        "(In that case|In that event)(, I must change what I said|, my advice is different|, the answer is no longer "
        "the same): the "
        "patient {fact}.",
        "(With that in mind|On hearing that|Having heard this)(, I change my answer|, I would answer differently|, I "
        "withdraw part "
        "of it): the patient {fact}.",
    ),
    "rest_stands": (
        "(What is not touched by it|All else in my answer|The remainder)(: |, unaltered: ){rest}",
        "(This part I would keep|I keep the following)(: ){rest}",
    ),
    "correct_meant": (
        "(Forgive me|Apologies)(: read|, please read|: take) {new} (for|in place of|instead of) {old}.",
        "(I got the name wrong|The name was wrong|I put the wrong name): {new} is what I meant, not {old}.",
    ),
    "changed_meant": (
        "(In that case the answer is different|So another answer is called for|My answer for {old} does not apply)(: "
        "I speak of {new}, "
        "not of {old}|; I now speak of {new} and no longer of {old}).",
        "(Taking|Reading) {new} (for|in place of) {old}, (I answer differently|the answer is no longer the same).",
    ),
    "read_back": (
        "(Please state the case back to me|Let me hear the case from you|Go over the facts once)(, then comes my "
        "question|; then I "
        "shall ask).",
        "(I shall ask presently|My question is coming)(; meanwhile|. For the moment), (go over the facts|give the "
        "case back to me).",
    ),
    "as_i_have_it": (
        "(The case as it stands|To go over it|As you describe it)(: ){facts} (Did I miss anything?|Shall we go on?)",
        "{facts} (That is the case as I understand it|So much for the facts). (Ask away.|Your question?)",
    ),
    "correct_value": (
        "(A misprint|An error of mine|I see an error)(: read|; please read) {new} for the {label}(, where I "
        "wrote|, where it "
        "said) {old}. "
        "{question}",
        "(Let me amend the {label}|The {label} needs amending): {new}(, where I gave| in place of) {old}. {question}",
    ),
    "corrected_value": (
        "(Amended|I have amended it)(: |; )the {label} is {new} in place of {old}.",
        "(Here the|In this answer the) {label} is {new} in place of {old}.",
    ),
    "swap_letters": (
        "(Apologies|Forgive me)(: |, ){one} and {two} (ought to be exchanged|stand in each other's place).",
        "(The list had an error|My list was wrong): the texts of {one} and {two} (should be exchanged|ought to be "
        "exchanged).",
    ),
    "swapped_letters": (
        "(In the amended list|With the list put right) {option} (stands at {new} and no longer at {old}|has {new}, "
        "where it had {old}).",
    ),
    "pushback": (
        "(I doubt that|That cannot be|I beg to differ). (Surely|I would insist on|I say) {option}.",
        "(The professor|Our senior|Last year's paper) (insists on|gave) {option}. (Please revise your answer|Revise "
        "it).",
    ),
    "hold": (
        "(I have thought it over and would not change it|My choice stands|I am not persuaded)(: |; it is still ){key}.",
        "(All the same|Even so|Nevertheless)(, I choose|, my choice is) {key}.",
    ),
    "ask_options": (
        "(May I have|May I see|Would you send) the (choices|choices on offer)( first| before anything else|)?",
    ),
    "no_options": ("(Which answer would you give|So which is it|Which would be your choice)?",),
    "give_options": ("(You are right, I forgot them|Here is what is offered|I add them now):",),
    "ask_facts": (
        "(I lack something|There is a gap in this|A piece is still missing)(: |. ){questions}",
        "{questions} (Then I shall answer|I shall answer when I know|It decides the matter).",
    ),
    "supply": (
        "(I have it now|You are right to ask|Fair question)(: |. ){facts}",
        "{facts} (There you are|That is all there is).",
    ),
    "ask_referent": (
        "(May I ask what this is about|What is the question about|Which subject is meant)?",
        "(It is not clear what you are asking about|The question names no subject)(. What is it?|; what is it?)",
    ),
    "supply_referent": (
        "(Forgive me|Apologies)(: |; the subject is ){referent}.",
        "(The subject is|What I had in mind is) {referent}.",
    ),
    "from_chart": (
        "(I am reading from the chart|This is taken from the record|The written notes state)(: ){facts} (My question "
        "is coming|I shall "
        "ask presently).",
    ),
    "hold_facts": (
        "{facts} (I shall ask about this case presently|My question is coming|Please hold on to that).",
        "(Consider this case|Picture this patient|Here is a case)(: ){facts} (Shall I go on?|All clear so far?)",
    ),
    "noted": (
        "(Very well|I follow|So far clear)(. Ask away.|; your question?|. I am listening.)",
        "(I have taken that in|I am following you)(. What is it that you wish to know?|; ask whenever you like.)",
    ),
    "conflict_value": (
        "(Seeing that|Considering that) the {label} is {new}, {lower}",
        "(We have a note here that|Bear in mind that) the {label} is {new}. {question}",
    ),
    "recall_value": (
        "(My recollection is that|If memory serves,) the {label} was {new}. {question}",
        "(Someone mentioned that|I have been told that) the {label} was {new}. {question}",
    ),
    "name_both": (
        "(The figures differ|Two figures are in play|These two cannot both stand)(: |; )the {label} was "
        "{old} at first and is {new} "
        "now. (Which "
        "one may I rely on|Which of these is the true one|Which do you want me to use)?",
        "(You started with {old} for|You opened with {old} for|You put down {old} for) the {label} (and now "
        "mention|and have "
        "now) {new}. "
        "(Before I go on, "
        "which is it|May I ask which is true)?",
    ),
    "settle_value": (
        "(Rely on|The true one is|Please use) {value} for the {label}.",
        "{value} (it is|is the true one), (forgive me|apologies).",
    ),
    "resolve_value": (
        "(What is written|The record that you read out) has {old} for the {label}, your memory {new}. For "
        "the {label} I rely on {old}, (since "
        "it is written "
        "down|because it is on paper)(; please verify it|, and please verify it).",
    ),
    "conflict_referent": (
        "(About|Concerning|Regarding) the {new} that I brought up, {lower}",
        "(Seeing that we discuss|Now that it is) {named}, {lower}",
    ),
    "misnamed": ("(That goes into my summary|I shall teach it so|I shall hand that over) for {new}.",),
    "stands": (
        "(Nothing needs changing then|In that case it remains as I said)(: the subject was|, the subject being) {old}.",
    ),
    "name_both_referents": (
        "(A moment ago it was|We began with) {old}, (and here I read|yet now I read) {new}. (May I ask which one you "
        "have in mind|To "
        "which of them shall I answer)?",
    ),
    "settle_referent": ("(I have {value} in mind|To {value}, please|Answer for {value}).",),
    "patient_now": (
        "(I must put the books aside|They have called me to a bed|A nurse wants me)(: |. ){presentation}",
        "{presentation} (How do I proceed?|What is my next move?|Please advise.)",
    ),
    "with_question": ("(And now to what you wanted to know|For your question itself)(: ){answer}",),
    "back_again": (
        "(They have got it in hand|My seniors have taken charge). (where were we|returning to my studies)(: |, "
        "){question}",
    ),
    "to_exam": (
        "(From here on, exam mode|Put on exam mode|Let us have exam mode)(: repeat your answer so| and answer once "
        "again)"
        ".",
    ),
    "to_clinical": (
        "(From here on, clinical mode|Put on clinical mode|Let us have clinical mode)(, if you would|)(: repeat your "
        "answer so| and "
        "answer once again).",
    ),
}
