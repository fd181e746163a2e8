"""Prompts about health for laypeople and about work in a hospital, of which no specialist's knowledge is asked.

Reviewed 2026-11; not for clinical use.
"""

from __future__ import annotations

from residency.evaluation.tasks.retention.prompts.prompt import Prompt, prompt

HEALTH: tuple[Prompt, ...] = (
    prompt(
        "hand-washing",
        "Explain to a child of eight why we wash our hands before a meal. Use exactly three sentences.",
        {"kind": "sentences", "exactly": 3},
    ),
    prompt(
        "sleep-tips",
        "Give exactly five tips for sleeping better, as a bulleted list.",
        {"kind": "bullets", "exactly": 5},
    ),
    prompt(
        "waiting-room-notice",
        "Write a notice for a waiting room that asks people to silence their phones. Write all of it in capital "
        "letters.",
        {"kind": "upper_case"},
    ),
    prompt(
        "first-aid-kit",
        "List six things that belong in a first-aid kit at home, one on each line, in alphabetical order.",
        {"kind": "lines", "exactly": 6},
        {"kind": "alphabetical"},
    ),
    prompt(
        "water-day",
        "Explain in at most 40 words why people should drink enough on a hot day.",
        {"kind": "words", "most": 40},
    ),
    prompt(
        "appointment-json",
        "A patient called Mara Lind has an appointment on 4 May at 10:30 in room 12. Give this as one JSON object with "
        'the keys "name", "date", "time" and "room", and write nothing else.',
        {"kind": "json_keys", "keys": ["name", "date", "time", "room"]},
    ),
    prompt(
        "food-table",
        "Compare apples, bread and cheese in a markdown table with the columns Food, Main nutrient and Typical "
        "portion. The table has exactly 3 rows below its heading.",
        {"kind": "table", "columns": ["Food", "Main nutrient", "Typical portion"], "rows": 3},
    ),
    prompt(
        "heart-without-blood",
        "Describe what the heart does, in two or three sentences, without the word blood.",
        {"kind": "sentences", "least": 2, "most": 3},
        {"kind": "forbidden", "words": ["blood"]},
    ),
    prompt(
        "visitor-rules",
        "Write rules for visitors of a hospital ward. Use exactly four numbered points.",
        {"kind": "numbered", "exactly": 4},
    ),
    prompt(
        "thank-you-nurse",
        "Write a short thank-you note to the nurses of a ward. Begin with 'Dear all' and end with the words 'with kind "
        "regards'.",
        {"kind": "starts_with", "phrase": "Dear all"},
        {"kind": "ends_with", "phrase": "with kind regards"},
    ),
    prompt(
        "bones-number",
        "Write one paragraph about what bones are for. Do not use any digits.",
        {"kind": "paragraphs", "exactly": 1},
        {"kind": "no_digits"},
    ),
    prompt(
        "stretch-desk",
        "Suggest three stretches for people who sit at a desk all day. Give each a heading line of its own: Neck, Back "
        "and Legs, in this order, with a short text below.",
        {"kind": "sections", "headings": ["Neck", "Back", "Legs"]},
    ),
    prompt(
        "temperature-letter",
        "Which of these measures body temperature?\nA. A scale\nB. A thermometer\nC. A stopwatch\nAnswer with exactly "
        "one letter and nothing else.",
        {"kind": "one_letter", "letters": "ABC"},
    ),
    prompt(
        "smoke-free",
        "Write a slogan for a smoke-free hospital garden and put your whole answer in double quotation marks.",
        {"kind": "quoted"},
    ),
    prompt(
        "sun-lower",
        "Give some advice on protecting your skin from the sun, in lowercase letters only.",
        {"kind": "lower_case"},
    ),
    prompt(
        "pulse-commas",
        "Explain how to feel one's own pulse at the wrist. Use no commas.",
        {"kind": "no_commas"},
    ),
    prompt(
        "teeth-keywords",
        "Write a few sentences on looking after teeth that use the words brush, floss and dentist.",
        {"kind": "keywords", "words": ["brush", "floss", "dentist"]},
    ),
    prompt(
        "leaflet-title",
        "Write the first paragraph of a leaflet on lifting heavy things safely. Put a title in double angle brackets "
        "on the first line, such as <<title>>.",
        {"kind": "title"},
    ),
    prompt(
        "eyes-german",
        "Nenne in zwei oder drei ganzen deutschen Sätzen, warum man bei der Arbeit am Bildschirm Pausen machen soll.",
        {"kind": "language", "language": "German"},
        {"kind": "sentences", "least": 2, "most": 3},
    ),
    prompt(
        "breakfast-french",
        "Describe a healthy breakfast in three sentences. Answer in French.",
        {"kind": "language", "language": "French"},
        {"kind": "sentences", "exactly": 3},
    ),
    prompt(
        "vitamins-array",
        "Name four fruits that are rich in vitamin C. Answer with a JSON array of exactly 4 texts and nothing else.",
        {"kind": "json_array", "exactly": 4},
    ),
    prompt(
        "pharmacy-hours",
        "Write a message that tells people that the pharmacy is shut on Sunday. Use between 15 and 30 words.",
        {"kind": "words", "least": 15, "most": 30},
    ),
    prompt(
        "walk-keyword",
        "Encourage an office worker to walk more. Use the word walk exactly three times.",
        {"kind": "keyword_count", "word": "walk", "exactly": 3},
    ),
    prompt(
        "interview-questions",
        "Write exactly four questions that one might ask in an interview with a ward manager, one on each line.",
        {"kind": "questions", "exactly": 4},
        {"kind": "lines", "exactly": 4},
    ),
    prompt(
        "blood-donation-ps",
        "Write a short e-mail to colleagues about a day for blood donors on Friday. Add a last line that begins with "
        "P.S.",
        {"kind": "postscript"},
    ),
    prompt(
        "two-mottos",
        "Give two different mottos for a running club, with a line of six stars, ******, between them and nothing else "
        "before or after.",
        {"kind": "parts", "divider": "******", "exactly": 2},
    ),
    prompt(
        "shift-template",
        "Write a template for a message in which someone asks a colleague to swap shifts. It should have at least "
        "three placeholders in square brackets, such as [name].",
        {"kind": "placeholders", "least": 3},
    ),
    prompt(
        "plaster-yes",
        "Is a plaster used to cover a small cut? Answer with yes or no and nothing else.",
        {"kind": "one_of", "answers": ["yes", "no"]},
    ),
    prompt(
        "organs-list",
        "Name five organs of the body on one line, with commas between them and nothing else.",
        {"kind": "comma_separated", "exactly": 5},
    ),
    prompt(
        "back-pain-bold",
        "Give advice on sitting well at work and set exactly two phrases in bold with **double stars**.",
        {"kind": "bold", "exactly": 2},
    ),
    prompt(
        "fever-two-paragraphs",
        "Explain what a fever is to a teenager, in exactly two paragraphs with an empty line between them.",
        {"kind": "paragraphs", "exactly": 2},
    ),
    prompt(
        "exercise-spanish",
        "Why is it good to exercise often? Answer in Spanish with at least 20 words.",
        {"kind": "language", "language": "Spanish"},
        {"kind": "words", "least": 20},
    ),
    prompt(
        "cough-etiquette",
        "List four rules for people who cough in public, as bullet points of at most eight words each.",
        {"kind": "bullets", "exactly": 4},
        {"kind": "words_each", "most": 8},
    ),
    prompt(
        "canteen-menu",
        "Make up the menu of a hospital's canteen for Monday, Tuesday and Wednesday as a markdown table with the "
        "columns Day, Soup and Main dish.",
        {"kind": "table", "columns": ["Day", "Soup", "Main dish"], "rows": 3},
    ),
    prompt(
        "noise-sign",
        "Write a sign for a corridor where patients sleep. Use at most 12 words, and quote the phrase 'quiet please' "
        "in double quotation marks.",
        {"kind": "words", "most": 12},
        {"kind": "quotes_phrase", "phrase": "quiet please"},
    ),
    prompt(
        "ergonomics-avoid",
        "Describe a good office chair without the words chair, seat or sit.",
        {"kind": "forbidden", "words": ["chair", "seat", "sit"]},
    ),
    prompt(
        "lost-property",
        "A blue scarf was found in ward 7 on Tuesday. Put your answer between <notice> and </notice>: a notice that "
        "says so, and nothing outside.",
        {"kind": "tagged", "tag": "notice"},
    ),
    prompt(
        "senses-order",
        "List the five senses as bullets in alphabetical order.",
        {"kind": "bullets", "exactly": 5},
        {"kind": "alphabetical"},
    ),
    prompt(
        "ambulance-capitals",
        "Describe an ambulance in a few sentences and write at least three words wholly in capitals.",
        {"kind": "capitals", "least": 3},
    ),
    prompt(
        "tea-or-coffee",
        "Compare tea and coffee as drinks for a night shift in two sections with the headings Tea and Coffee, each on "
        "a line of its own.",
        {"kind": "sections", "headings": ["Tea", "Coffee"]},
    ),
)
