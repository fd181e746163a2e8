"""The wordings that training conversations are built with."""

from __future__ import annotations

TRAIN_WORDINGS: dict[str, tuple[str, ...]] = {
    # The user asks on.
    "next": (
        "{question}",
        "(Thanks|OK|Right|Good|Clear|Got it|Understood|Makes sense|Fine). {question}",
        "(And another|Next|Next one|A related one|One more|Still on this|Same subject|On the same lines): {question}",
        "(That helps|Noted|I see|All right|Very clear|Useful). {question}",
        "(Let me ask this too|While we are at it|A second question|Moving on|Something close to it): {question}",
        "(What I also wanted to know|I was also wondering|Also|Then there is this|Related to that): {question}",
    ),
    "next_case": (
        "{question}",
        "(Thanks|OK|Right|Good|Clear|Got it|Understood|Fine|Noted|I see). {question}",
        "(Next|Next one|A case now|Another case|A new case|Now a patient|Here is a patient|A different patient)(: |. )"
        "{question}",
    ),
    "ellipsis": (
        "(And|So|Then|OK, and|Right, and|Good, and|Thanks; and|Fine; and|I see, and|Now) {question}",
        "{capital}",
        "(Thanks|OK|Right|Clear|Understood|Noted). {capital}",
        "(One more thing|Also|Another point|Next|Following on from that|To follow up|Just to add): {question}",
    ),
    "aspect": (
        "(And|So what about|What about|How about|Then|OK, and|Right, and|Thanks; and) {aspect}?",
        "(Thanks|OK|Good|Understood|Right|I see)(. What about|. And|; now|: next,|. Then|, and) {aspect}?",
        "(Same question for|Now for|Could you do the same for|Tell me about|Go on to|I also need) {aspect}, please.",
    ),
    "population": (
        "(And|So|Then|OK, and|What about|How about|Same question, but|Does that change) {change}?",
        "(Thanks|OK|Right|Good). (And|What about|How about) {change}?",
    ),
    "why": (
        "Why?",
        "(Why|How come|For what reason)(| that one| that and nothing else| so)?",
        "(What is|Give me|Tell me|Let me hear) the (reasoning|thinking|argument|logic)( behind that| there| for "
        "it|)(.|, please.)",
        "(Explain|Justify|Defend|Talk me through) (that choice|your choice|that pick|it)(.|, please.)",
        "(What makes you say so|What tells you that|How do you get there|Where does that come from|On what basis)?",
        "(OK|Right|Hm|I see|Interesting)(, but|, and|. But) why( that one| that|)?",
    ),
    "why_not": (
        "(Why not|And why not|So why not|What is wrong with|What speaks against|Why did you not take) {ordinal}?",
        "(I would have gone for|I had picked|My first thought was|I was torn and took|Most of us said) {ordinal}. "
        "(Why is that wrong|What is wrong with it|Why not that|What did I miss)?",
        "(Hm|OK|Right|Interesting)(, and|; and|. So|. But) (what about|why not|what rules out|what is the matter with) "
        "{ordinal}?",
        "(Could it not be|Is it not|Surely it could be|Would you not consider) {ordinal}?",
        "(Talk me out of|Tell me what rules out|Explain what is wrong with|Now dismiss) {ordinal}(.|, please.)",
    ),
    "recap": (
        "(Back to|Coming back to|Returning to|Going back to) (my first question|what I asked first|the first thing I "
        "asked)"
        "(: what was the main point|: in one sentence|, in short|, the gist)?",
        "(Remind me of|Sum up|Give me again|Repeat) (your first answer|your answer to my first question|what you said "
        "first)"
        "(, in one sentence|, in short|, briefly| in a line)(.|, please.)",
        "(And the first thing I asked|What was it again that you said first|The first one again), (in short|in a "
        "line|in brief)?",
        "(Before I go|Before we stop|To close|Last thing): (sum up|repeat|restate) the first answer in a "
        "(line|sentence).",
    ),
    "shorten": (
        "(And that|That|All of that|The whole of it)(, in one sentence| in a single sentence| in one line|, boiled "
        "down to a sentence)"
        "(?|, please.)",
        "(Shorter|Too long|Briefer|Make it short|I need it shorter)(: the main point only.|, please: one sentence.|; "
        "just the essence.|."
        " One sentence, please.)",
        "(If I remember one thing of that|What do I take away from that|What is the one thing to keep from it), (what "
        "is it|in a "
        "sentence|briefly)?",
        "(Sum that up|Boil that down|Put that in a nutshell|Give me the gist of that)(.| for my notes.| in one "
        "line.|, please.)",
    ),
    "letter_only": (
        "(Just|Only) (your choice|the choice|your pick|the answer)(, please| for now|, no reasons yet|).",
        "(Your pick|The choice), in one line(?|, please.)",
        "(Choose|Pick one|Commit)(; reasons later|; we can talk about why afterwards|, and nothing else yet).",
        "(No explanation yet|Keep the reasons for later|Reasons can wait)(: which one|; which is it)?",
    ),
    # The user corrects.
    "correct_fact": (
        "(No, wait|Sorry|Hold on|Correction|Small correction|Actually|Hang on|Wait)(:|,| -) (the|my|this) patient "
        "{fact}.",
        "(I should have said|I forgot to say|I left out|What I did not mention is|It turns out|I have just been told|"
        "The notes say|The family tells me|I see now) that (the|my|this) patient {fact}.",
        "(One thing I forgot|Something I missed|An important detail|New information|One more fact|This may matter)"
        "(:|,) (the|my|this) patient {fact}.",
        "(That does not fit|That will not do|Not so fast|Careful|That was for someone else): (the|my|this) patient "
        "{fact}.",
        "(No|Hm|Ah|But)(, but|,) (the|my|this) patient {fact}. (What now|Does it still hold|And now|Does that change "
        "anything)?",
    ),
    "changed_by_fact": (
        "(That changes|This changes|Then that changes|It does change|So that changes) (my answer|the answer|what I "
        "said|the "
        "plan|things)(, since|, as|, because|: I now know that) the patient {fact}.",
        "(For|In) a patient who {fact}, (my answer is a different one|the answer is not the same|what I said must "
        "change|I would "
        "not say the same|part of my answer changes).",
        "(I take part of that back|Then my answer does not stand as it was|That needs changing|I have to revise "
        "that|I must correct "
        "myself)(: the patient|; the patient|, since the patient|. You say that the patient) {fact}.",
        "(That alters what I said|This alters my answer|I have to change what I said|I have to answer differently)"
        "(, since|, as|, because| now that) the patient {fact}.",
        "(Thank you for saying so|Good that you say so|I am glad you mention it|An important point): the patient "
        "{fact}, (and so my "
        "answer changes|which changes my answer|which alters the answer).",
    ),
    "rest_stands": (
        "(The rest|Everything else|What else I said) (stands|still holds|does not change|remains)(: |. ){rest}",
        "(Apart from that|Otherwise|For the rest|Beyond that)(: |, as before: |, unchanged: ){rest}",
        "(Unchanged|Still true|This remains|As before): {rest}",
    ),
    "correct_meant": (
        "(Sorry|No, sorry|My mistake|Wrong one|I mixed them up|I misspoke)(, I meant|: I meant|; it should be|: make "
        "that) "
        "{new}, not {old}.",
        "(Not|No, not|I did not mean) {old}(: I meant|; I meant|, but|: it is) {new}(.| that I am asking about.| I "
        "wanted.)",
        "(I wrote|I said|I typed) {old}(, but I meant|; it should be|, and meant) {new}.",
        "(Correction|Hold on|Wait|One correction)(:|,) (my question was about|it is|read) {new}, not {old}.",
        "(The question was about|It should have read|Please answer for) {new}(, sorry|); {old} was (a slip|my "
        "error|wrong).",
    ),
    "changed_meant": (
        "(This|This answer|My answer now|What I say now) (is for|is about|concerns) {new}(, not {old}|; what "
        "I said before "
        "was about {old}| and no longer {old}).",
        "(That changes my answer|That changes the answer|My answer changes)(: this is for {new}, not {old}|; "
        "what I said "
        "was about {old}, and this is for {new}).",
        "(Forget|Set aside|Disregard|Leave aside) what I said of {old}(; this is for|: this answer is for|, since this "
        "is about) "
        "{new}.",
    ),
    "read_back": (
        "(Before you answer|First|To begin with|Before anything else)(, list|, repeat|, read back|, sum up|, restate) "
        "what you "
        "(have|know|have got)(.| so far.| about the patient.)",
        "(Read that back to me|Repeat that back|Tell me what you have understood|Check that you have it all)"
        "(; my question comes next| before I ask|, then I ask).",
        "(Question to follow|I will ask in a moment|Question in a second)(;|:) (first|for now), (tell me what you have|"
        "read it back|repeat the facts).",
    ),
    "as_i_have_it": (
        "(As I have it|So far I have|What I have|This is what I know|My notes|You told me)(: ){facts} (Is that right?|"
        "Is anything wrong with that?|Have I got it?|Please correct me if not.)",
        "(Read back|In short|Understood|Here is what I have)(: ){facts} (What is your "
        "question?|Please go on.|And the question?|What would you like to know?)",
        "{facts} (That is all I have|That is what you gave me|I have nothing beyond that)(. Is it right|. Is it "
        "complete|. "
        "What would you like to know)?",
    ),
    "correct_value": (
        "(No|Nearly|Almost|Not quite|One thing is wrong|One slip)(:|,) the {label} is {new}, not {old}. {question}",
        "(I misread the {label}|I misspoke about the {label}|I had the {label} wrong|I got the {label} wrong)"
        "(: it is|; it should be|: make it) {new}, not {old}. "
        "{question}",
        "(Correct|Change|Fix) the {label}(: it is| to:|; it reads) {new}(, not|, instead of|; ignore) {old}. "
        "{question}",
        "(The {label} was wrong|Sorry about the {label}|The chart says otherwise for the {label})(: it is|; it is) "
        "{new} and "
        "not {old}. {question}",
    ),
    "corrected_value": (
        "(Corrected|Changed|Noted|Thank you, corrected)(:|;) the {label} is {new}, not {old}.",
        "(This is|My answer is|I answer) with the {label} at {new}(, not {old}| in place of {old}| rather than {old}).",
        "(I have changed the {label} from|The {label} goes from|I change the {label} from) {old} to {new}.",
        "(The {label} that I go by is|The {label} I use is|I now take the {label} as) {new}(, not {old}| in "
        "place of {old}| "
        "rather than {old}).",
    ),
    "swap_letters": (
        "(Sorry|My mistake|Hold on|Correction)(:|,) I (mixed up|swapped|confused|exchanged) {one} and {two}; they are "
        "the "
        "other way round.",
        "(Options {one} and {two} should change places|{one} and {two} are the wrong way round|Swap {one} and {two})"
        "(; I copied them wrongly|: a slip of mine|, please| - my error).",
    ),
    "swapped_letters": (
        "(Then the letter changes|With those exchanged the letter changes|That changes the letter)(, and nothing else|"
        ", though not the choice| from {old} to {new}): {option} is now {new}, not {old}.",
        "{option} (was {old} and is now {new}|moves from {old} to {new}|has become {new} where it was {old})(: the "
        "letter changes, "
        "the choice does not|; my choice stays, its letter changes).",
    ),
    "pushback": (
        "(No|I disagree|You are wrong|That is not right|I do not think so)(, it is|; it must be|: it is) {option}.",
        "(My consultant|My registrar|The book|Everyone here|My colleague) says (it is|that it is|the answer is) "
        "{option}. "
        "(Correct yourself.|You must be wrong.|So change your answer!|Will you change it?)",
        "(I am quite sure|I am certain|I am positive)(: it is| that it is|, it must be) {option}(.|. Please correct "
        "that.)",
        "Trust me(: it is|, it is|, it has to be) {option}(.|. Please correct that.)",
    ),
    "hold": (
        "(I would stay with|I keep to|I still choose|I hold to|My answer remains|I do not change it:) {key}.",
        "(I see why one might think so|I understand the thought|It is a common thought|I have looked again)(, but|; "
        "still,|, and) "
        "(I stay with|I keep|it remains) {key}.",
        "(With respect, no|No|I have to disagree|I cannot agree)(: it is|; it remains|: I keep to) {key}.",
    ),
    # Something is missing.
    "ask_options": (
        "(Which options|What) are you choosing between? (Please list them|Please send them|Let me see them).",
        "(I do not see the options|The options are missing|There are no options here|The options did not come "
        "through)(. Could "
        "you send them|; could you paste them|: what are they)?",
        "(Could you|Would you|Can you) (list|send|paste|give me) the options( first|)?",
        "(Before I choose|To choose|For a choice), (I need the options: what are they|tell me the options; which are "
        "they|which "
        "options are there)?",
    ),
    "no_options": (
        "(Which of these|Which one|Which option) is (right|correct|best)?",
        "(Which one|Which of them) would you (pick|choose|take)?",
        "(Pick one|Choose one|What do you choose)(.|, please.)",
    ),
    "give_options": (
        "(Sorry|My mistake|Oh|Of course)(, here they are|, the options|, here):",
        "(The options|These are the options|Here they are|The choices|Here is the list):",
    ),
    "ask_facts": (
        "(Before I answer|First|To answer that|Before I commit|I need one thing first|That depends): {questions}",
        "(I cannot say yet|I do not want to guess|Something is missing here|This turns on what I do not know yet)(. "
        "|: ){questions}",
        "{questions} (With that I can answer|Then I can say more|I would rather know before I answer|The answer turns "
        "on it).",
        "{questions}",
    ),
    "supply": (
        "(Sorry|Of course|Right|Good point|Ah, yes|Yes)(, I left that out|, forgot that|, here it is|)(: |. ){facts}",
        "{facts}",
        "{facts} (So|What now|What do you say now|And now|Does that help|Is that enough)?",
        "(I have it here|Just looked|From the chart|I checked|Here|This is what there is)(: |. ){facts}",
    ),
    "ask_referent": (
        "(What|What exactly) (do you mean|are you asking about|is this about)? (I can answer once I "
        "know.|Tell me and I will "
        "answer.|"
        "The answer depends on it.|)",
        "(What exactly|Which subject)(, please|)? (I do not see what you mean|You have not named it yet|"
        "I would be guessing)(.)",
        "(Could you|Would you|Can you) (name what you mean|say what exactly this is about|tell me what this is about)?",
        "(I do not know what you refer to|The subject is missing|I need the subject first)(: what|; what) "
        "(is it about|do you mean|are you asking about)?",
    ),
    "supply_referent": (
        "{referent}.",
        "(Sorry|Oh, sorry|Ah, sorry|My mistake)(: |, I mean |, it is about ){referent}.",
        "(I mean|It is about|I am asking about|This is about|The question is about) {referent}.",
    ),
    # Two statements conflict.
    "from_chart": (
        "(From the chart|The chart reads|Copied from the notes|From the admission notes|The observation chart and "
        "notes say)"
        "(: ){facts} (Question in a moment|I will ask in a moment|More in a second|Hold that for now).",
    ),
    "hold_facts": (
        "{facts} (I have a question about this patient|A question follows|I will ask in a moment|Keep that in mind)(.)",
        "(A case|New patient|Take this patient|Someone on my list|One from the take)(: ){facts} (Ready|With me so "
        "far|Have you got that)?",
    ),
    "noted": (
        "(Noted|Understood|I have that|Got it|Thank you)(. What would you like to know?|. What is your question?|; "
        "please go on.|. "
        "Please ask.)",
        "(All right|Yes|I am with you|That is clear)(: what is the question?|; please go on.|. What do you want to "
        "ask?)",
    ),
    "conflict_value": (
        "(Since|As|Given that|Now that) the {label} is {new}, {lower}",
        "(So the|Right, the|OK, the|Good: the) {label} is {new}. {question}",
        "(As I said|Remember|To repeat)(, the|: the) {label} is {new}. {question}",
    ),
    "recall_value": (
        "(As far as I remember|From memory|I seem to recall|I think|If I remember rightly)(, the| the|: the) {label} "
        "was {new}. "
        "{question}",
        "(I have it in my head that|I could swear|Someone told me|I believe) the {label} was {new}. {question}",
    ),
    "name_both": (
        "(Earlier|A moment ago|At first|To begin with) you (gave|wrote|had|put down) the {label} as {old}(, "
        "and now|; now|, "
        "but now) "
        "(you say|it is|you give) {new}. (Which is right|Which holds|Which of the two is it|Which should I go "
        "by|Which is current)?",
        "(Two things do not fit|These do not agree|I have two values|There is a conflict here|Something does not "
        "match)(: |. )the "
        "{label} was {old} before and is {new} now. (Which is correct|Which one holds|Has it changed, or is one a "
        "slip|Which do "
        "I use)?",
        "(You first said|You began with|First you gave) {old} for the {label}, and now {new}(. Before I answer: which|"
        ". I do not want to guess: which|. Which)( one|) is (right|true|the current one)?",
    ),
    "settle_value": (
        "(The first|Sorry, the first one|The first one is right)(: |, )the {label} is {value}.",
        "(The {label} is|Take|Go by|It is|It should be) {value}(; the other was a slip|; sorry about the "
        "other|; ignore the "
        "other|).",
        "{value}(, sorry|, I have just checked|: I looked again| is right; I misread the other| is correct).",
    ),
    "resolve_value": (
        "(The chart that you copied|What you copied from the notes|Your chart) has the {label} at {old}; (from "
        "memory|as you recall it|"
        "now) you have {new}. (A record outweighs a memory, so the {label} that I go by is {old}|I take the "
        "written {label}, {old}, "
        "since memory slips|I go by the written {label}, {old}, because it was noted then)(; please check "
        "it|. Do check "
        "it|).",
        "(You recall|You now have|You remember) {new} for the {label}, while the (notes you copied say|chart "
        "says|record reads) {old}. "
        "(I go by the record, since it was made then|I use the written value, because memory slips|I take "
        "the {label} as {old}, since a record "
        "outweighs a memory)(; please check it|, and you should check it|).",
    ),
    "conflict_referent": (
        "(So|OK, so|Right, so|And)(, in|, with| for) the {new} (we are talking about|I asked about|from before), "
        "{lower}",
        "(Since it is|As this is|Because we are discussing) {named}, {lower}",
    ),
    "misnamed": (
        "(So that is|Good, that is|Then that is|Right, so that was) (what holds for|your answer for|all "
        "about) {new}(.|, "
        "thanks.|; I will write it down.)",
        "(I am noting that down|I will write that up|Let me write that down) for {new}(.|, then.| as I asked.)",
        "(Thanks|Understood|Clear)(. As I asked about|. Since my question was about|: as it was about) {new}, (I will "
        "pass that on|I "
        "will take that to the round|that goes into the notes).",
    ),
    "stands": (
        "(Then what I said stands|Then my answer stands|Then it stands|Then nothing changes)(: it was about|, since "
        "it was about|; it "
        "was for) {old}.",
        "(So it was|So this is|Then this is) about {old}(, and my answer stands|; what I said holds|, as I "
        "understood).",
    ),
    "name_both_referents": (
        "(You first asked about|Before, it was|We were speaking of|Your first question was about) {old}(, and now|; "
        "now|, but now) "
        "(you say|it is|you speak of) {new}. (Which of them do you mean|Which is it|Which one is this about|Which "
        "should I answer for)?",
        "(These are two different things|I am not sure which you mean|That does not match)(: |. )(first|earlier) "
        "{old}, now {new}. "
        "(Which is it|Which do you mean|Which of the two)?",
    ),
    "settle_referent": (
        "{value}(, sorry|. The other was a slip|; I mixed them up|, of course|).",
        "(I mean|It is|Still|Sorry, I mean) {value}(.|, as at the beginning.| and nothing else.)",
    ),
    # Safety.
    "patient_now": (
        "(Different thing|Something has come up|Quick one|I have to interrupt|Meanwhile|Leave that for a moment|Sorry "
        "to break in)"
        "(: |. ){presentation}",
        "{presentation} (What now|What do I do|What would you do|What first|Any advice|How should I go about this)?",
        "(I am on the ward now|I am in the emergency department|Call from the ward|Just called to see someone|On "
        "call)(: |. )"
        "{presentation}",
        "{presentation}",
    ),
    "with_question": (
        "(As to your question|To your question|On what you asked|And your question)(: ){answer}",
        "(Then|Beyond that|Once help is on the way|With that in hand)(, as to your question: |, as to what you asked: "
        "){answer}",
    ),
    "back_again": (
        "(The team has taken over|They are with the patient now|Handed over|The senior is here). (Back to my "
        "reading|Back to "
        "the books|To carry on where we were|Let us go on)(: |. ){question}",
        "(Done, help is here|Thanks, the seniors have it|That is in hand now)(. |. Now )(back to my list|for my "
        "notes|another "
        "question): {question}",
    ),
    # The mode changes.
    "to_exam": (
        "(Switch to exam mode|Change to exam mode|Exam mode now|Go into exam mode|Mode: EXAM)(, please|)(. Same "
        "question|, same "
        "question again|. Give me that again|. Teach me that for the boards).",
        "(Now for the boards|Now teach it for the exam|Put that as an examiner wants it|I am revising: exam mode)(, "
        "please|)(. "
        "(Same question|Once more|The same again)|).",
    ),
    "to_clinical": (
        "(Switch to clinical mode|Change to clinical mode|Clinical mode now|Go into clinical mode|Mode: CLINICAL)(, "
        "please|)(. Same "
        "question|, I have this patient now|. The same for a real patient|. Say it again for the ward).",
        "(Now for the ward|Now as decision support|This is a real patient: clinical mode|Put it for the bedside: "
        "clinical mode)"
        "(, please|)(. (Same question|Once more|The same again)|).",
    ),
}
