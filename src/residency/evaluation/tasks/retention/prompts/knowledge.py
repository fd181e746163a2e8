"""Prompts about general knowledge: nature, history, school, language, technology, work."""

from __future__ import annotations

from residency.evaluation.tasks.retention.prompts.prompt import Prompt, prompt

KNOWLEDGE: tuple[Prompt, ...] = (
    prompt(
        "rainbow",
        "Explain how a rainbow comes about in exactly four sentences.",
        {"kind": "sentences", "exactly": 4},
    ),
    prompt(
        "planets-order",
        "List the eight planets of the solar system in alphabetical order, one on each line.",
        {"kind": "lines", "exactly": 8},
        {"kind": "alphabetical"},
    ),
    prompt(
        "volcano-words",
        "Explain what a volcano is in at most 30 words.",
        {"kind": "words", "most": 30},
    ),
    prompt(
        "capitals-table",
        "Give the capitals and the currencies of Japan, Brazil and Sweden in a markdown table with the columns "
        "Country, Capital and Currency.",
        {"kind": "table", "columns": ["Country", "Capital", "Currency"], "rows": 3},
    ),
    prompt(
        "moon-keywords",
        "Explain the tides in two or three sentences that use the words moon, gravity and ocean.",
        {"kind": "keywords", "words": ["moon", "gravity", "ocean"]},
        {"kind": "sentences", "least": 2, "most": 3},
    ),
    prompt(
        "printing-press",
        "Say why the printing press mattered, as exactly three bullet points.",
        {"kind": "bullets", "exactly": 3},
    ),
    prompt(
        "book-json",
        'Give the novel Frankenstein as one JSON object with exactly the keys "title", "author" and "year", and '
        "nothing else.",
        {"kind": "json_keys", "keys": ["title", "author", "year"]},
    ),
    prompt(
        "water-boils",
        "What happens to water at 100 degrees Celsius at sea level?\nA. It freezes\nB. It boils\nC. It burns\nAnswer "
        "with exactly one letter and nothing else.",
        {"kind": "one_letter", "letters": "ABC"},
    ),
    prompt(
        "internet-avoid",
        "Explain the internet to someone from the year 1900 without the words computer, electricity or network.",
        {"kind": "forbidden", "words": ["computer", "electricity", "network"]},
    ),
    prompt(
        "debate-homework",
        "Give both sides of the question whether schools should set homework, in two sections with the headings For "
        "and Against, each on a line of its own.",
        {"kind": "sections", "headings": ["For", "Against"]},
    ),
    prompt(
        "bees-lower",
        "Why do bees matter to farmers? Answer in lowercase letters only.",
        {"kind": "lower_case"},
    ),
    prompt(
        "stop-upper",
        "What does a red traffic light mean? Answer in capital letters only, in exactly one sentence.",
        {"kind": "upper_case"},
        {"kind": "sentences", "exactly": 1},
    ),
    prompt(
        "evaporation-paragraphs",
        "Explain evaporation and then condensation, in exactly two paragraphs with an empty line between them.",
        {"kind": "paragraphs", "exactly": 2},
    ),
    prompt(
        "olympics-numbered",
        "Name five Olympic sports as a numbered list with exactly five entries of at most three words each.",
        {"kind": "numbered", "exactly": 5},
        {"kind": "words_each", "most": 3},
    ),
    prompt(
        "alphabet-animals",
        "Name six animals on one line, with commas between them and nothing else.",
        {"kind": "comma_separated", "exactly": 6},
    ),
    prompt(
        "rivers-array",
        "Name three rivers of Europe as a JSON array of exactly 3 texts and nothing else.",
        {"kind": "json_array", "exactly": 3},
    ),
    prompt(
        "earth-round",
        "Is the Earth larger than the Moon? Answer with yes or no and nothing else.",
        {"kind": "one_of", "answers": ["yes", "no"]},
    ),
    prompt(
        "photosynthesis-bold",
        "Explain photosynthesis in a few sentences and set exactly two terms in bold with **double stars**.",
        {"kind": "bold", "exactly": 2},
    ),
    prompt(
        "castle-title",
        "Write one paragraph about why castles were built on hills. Put a title in double angle brackets on the first "
        "line, such as <<title>>.",
        {"kind": "title"},
    ),
    prompt(
        "science-spanish",
        "Explain in two sentences why the sky is blue. Answer in Spanish.",
        {"kind": "language", "language": "Spanish"},
        {"kind": "sentences", "exactly": 2},
    ),
    prompt(
        "history-german",
        "Say in two sentences what the Berlin Wall was. Answer in German.",
        {"kind": "language", "language": "German"},
        {"kind": "sentences", "exactly": 2},
    ),
    prompt(
        "trees-portuguese",
        "Why do trees lose their leaves in autumn? Answer in Portuguese with at least 15 words.",
        {"kind": "language", "language": "Portuguese"},
        {"kind": "words", "least": 15},
    ),
    prompt(
        "friendship-greek",
        "Say in one sentence what friendship is. Answer in Greek.",
        {"kind": "language", "language": "Greek"},
    ),
    prompt(
        "sun-korean",
        "Say in one sentence what the Sun is. Answer in Korean.",
        {"kind": "language", "language": "Korean"},
    ),
    prompt(
        "peace-arabic",
        "Say in one sentence what a library is for. Answer in Arabic.",
        {"kind": "language", "language": "Arabic"},
    ),
    prompt(
        "ice-hindi",
        "Say in one sentence why ice floats on water. Answer in Hindi.",
        {"kind": "language", "language": "Hindi"},
    ),
    prompt(
        "bridge-start",
        "Explain what a suspension bridge is. Begin your answer with the words 'In short' and use exactly two "
        "sentences.",
        {"kind": "starts_with", "phrase": "In short"},
        {"kind": "sentences", "exactly": 2},
    ),
    prompt(
        "meeting-minutes",
        "Write the minutes of a short meeting about a new printer, with at least three placeholders in square "
        "brackets, such as [date].",
        {"kind": "placeholders", "least": 3},
    ),
    prompt(
        "two-headlines",
        "Write two different headlines about the opening of a bridge. Put a line of six stars, ******, between them "
        "and nothing else.",
        {"kind": "parts", "divider": "******", "exactly": 2},
    ),
    prompt(
        "job-advert",
        "Write a job advert for a gardener in at least 40 words. End with the words 'We look forward to meeting you.'",
        {"kind": "words", "least": 40},
        {"kind": "ends_with", "phrase": "We look forward to meeting you."},
    ),
    prompt(
        "quiz-questions",
        "Write exactly three quiz questions about geography, one on each line.",
        {"kind": "questions", "exactly": 3},
        {"kind": "lines", "exactly": 3},
    ),
    prompt(
        "gold-commas",
        "Say what gold is used for in exactly two sentences, without a comma.",
        {"kind": "sentences", "exactly": 2},
        {"kind": "no_commas"},
    ),
    prompt(
        "wind-digits",
        "Explain how a windmill works without any digits, in at most 60 words.",
        {"kind": "no_digits"},
        {"kind": "words", "most": 60},
    ),
    prompt(
        "time-word",
        "Write a few sentences about clocks that use the word time exactly five times.",
        {"kind": "keyword_count", "word": "time", "exactly": 5},
    ),
    prompt(
        "newton-quoted",
        "Who was Isaac Newton? Put your whole answer in double quotation marks and write exactly one sentence.",
        {"kind": "quoted"},
        {"kind": "sentences", "exactly": 1},
    ),
    prompt(
        "python-code",
        "Write a function in Python that adds two numbers. Your whole answer is one fenced code block of three "
        "backticks.",
        {"kind": "code_block"},
    ),
    prompt(
        "metals-each-line",
        "Name four metals and a use of each. Write four lines, each of which begins with the words 'One metal is'.",
        {"kind": "lines", "exactly": 4},
        {"kind": "lines_start_with", "phrase": "One metal is"},
    ),
    prompt(
        "summary-tag",
        "The Romans built roads so that their armies could move fast, and traders used them too. Give the summary of "
        "this in one sentence between <summary> and </summary>, with nothing outside.",
        {"kind": "tagged", "tag": "summary"},
    ),
    prompt(
        "no-letter-a",
        "Write one sentence about the sky that does not hold the letter a anywhere.",
        {"kind": "no_letter", "letter": "a"},
        {"kind": "sentences", "exactly": 1},
    ),
    prompt(
        "report-ps",
        "Write a short e-mail to a teacher about a report that will be late. Use at most 70 words and add a last line "
        "that begins with P.S.",
        {"kind": "words", "most": 70},
        {"kind": "postscript"},
    ),
    prompt(
        "saying-quoted",
        "Say in one or two sentences what Shakespeare's words 'to be or not to be' are about, and quote them word for "
        "word in double quotation marks.",
        {"kind": "quotes_phrase", "phrase": "to be or not to be"},
        {"kind": "sentences", "least": 1, "most": 2},
    ),
)
