"""Prompts about everyday life: cooking, travel, the household, letters, leisure."""

from __future__ import annotations

from residency.evaluation.tasks.retention.prompts.prompt import Prompt, prompt

EVERYDAY: tuple[Prompt, ...] = (
    prompt(
        "pancakes",
        "Explain how to make pancakes in exactly six numbered steps.",
        {"kind": "numbered", "exactly": 6},
    ),
    prompt(
        "rainy-sunday",
        "Suggest things to do on a rainy Sunday. Use exactly four bullet points and no commas.",
        {"kind": "bullets", "exactly": 4},
        {"kind": "no_commas"},
    ),
    prompt(
        "neighbour-noise",
        "Write a polite note to a neighbour about loud music at night. Use at least 40 words and at most 80.",
        {"kind": "words", "least": 40, "most": 80},
    ),
    prompt(
        "packing-list",
        "List eight things to pack for a week at the seaside, one on each line, in alphabetical order.",
        {"kind": "lines", "exactly": 8},
        {"kind": "alphabetical"},
    ),
    prompt(
        "cat-story",
        "Tell a very short story about a cat that misses its train. It must end with the sentence 'And so it walked.'",
        {"kind": "ends_with", "phrase": "And so it walked."},
    ),
    prompt(
        "garden-lower",
        "Describe a garden in the early morning. Write in lowercase letters only and use exactly two sentences.",
        {"kind": "lower_case"},
        {"kind": "sentences", "exactly": 2},
    ),
    prompt(
        "recipe-json",
        'Give a simple recipe for tomato soup as one JSON object with exactly the keys "title", "ingredients" and '
        '"steps", and nothing else.',
        {"kind": "json_keys", "keys": ["title", "ingredients", "steps"]},
    ),
    prompt(
        "birthday-invitation",
        "Write an invitation to a birthday party with at least four placeholders in square brackets, such as [place].",
        {"kind": "placeholders", "least": 4},
    ),
    prompt(
        "bicycle-avoid",
        "Describe a bicycle without the words wheel, wheels, pedal or pedals.",
        {"kind": "forbidden", "words": ["wheel", "wheels", "pedal", "pedals"]},
    ),
    prompt(
        "coffee-shop-names",
        "Suggest five names for a coffee shop on one line, with commas between them and nothing else.",
        {"kind": "comma_separated", "exactly": 5},
    ),
    prompt(
        "moving-house",
        "Write advice for moving house with the headings Before, During and After, each on a line of its own and in "
        "this order.",
        {"kind": "sections", "headings": ["Before", "During", "After"]},
    ),
    prompt(
        "two-poems",
        "Write two different poems of two lines about autumn. Put a line of six stars, ******, between them and "
        "nothing else.",
        {"kind": "parts", "divider": "******", "exactly": 2},
    ),
    prompt(
        "library-shout",
        "Ask visitors of a library to be quiet. Your whole answer is in capital letters and has at most 15 words.",
        {"kind": "upper_case"},
        {"kind": "words", "most": 15},
    ),
    prompt(
        "train-tickets",
        "Compare the train, the bus and the car for a trip of 200 kilometres in a markdown table with the columns "
        "Means, Cost and Comfort and exactly 3 rows below its heading.",
        {"kind": "table", "columns": ["Means", "Cost", "Comfort"], "rows": 3},
    ),
    prompt(
        "lost-umbrella",
        "Write a short e-mail to a railway company about an umbrella that was left on a train. Add a last line that "
        "begins with P.S.",
        {"kind": "postscript"},
    ),
    prompt(
        "soup-letter",
        "Which of these is eaten with a spoon?\nA. Soup\nB. An apple\nC. A sandwich\nD. Crisps\nAnswer with exactly "
        "one letter and nothing else.",
        {"kind": "one_letter", "letters": "ABCD"},
    ),
    prompt(
        "dog-name",
        "Suggest a name for a small brown dog and say why, in exactly two sentences. The first word of your answer is "
        "'Perhaps'.",
        {"kind": "sentences", "exactly": 2},
        {"kind": "starts_with", "phrase": "Perhaps"},
    ),
    prompt(
        "market-french",
        "Write three sentences about a visit to the market. Answer in French.",
        {"kind": "language", "language": "French"},
        {"kind": "sentences", "exactly": 3},
    ),
    prompt(
        "holiday-italian",
        "Invite a friend to spend a weekend by a lake, in about 30 words. Answer in Italian.",
        {"kind": "language", "language": "Italian"},
    ),
    prompt(
        "weather-dutch",
        "Describe the weather in winter in two sentences. Answer in Dutch.",
        {"kind": "language", "language": "Dutch"},
        {"kind": "sentences", "exactly": 2},
    ),
    prompt(
        "house-russian",
        "Say in one or two sentences what a house is. Answer in Russian.",
        {"kind": "language", "language": "Russian"},
    ),
    prompt(
        "shopping-array",
        "Give a shopping list for spaghetti with tomato sauce as a JSON array of exactly 5 texts and nothing else.",
        {"kind": "json_array", "exactly": 5},
    ),
    prompt(
        "window-cleaning",
        "Explain how to clean a window in exactly two paragraphs with an empty line between them, without any digits.",
        {"kind": "paragraphs", "exactly": 2},
        {"kind": "no_digits"},
    ),
    prompt(
        "plants-bold",
        "Explain how often to water plants in a flat and set exactly three words or phrases in bold with **double "
        "stars**.",
        {"kind": "bold", "exactly": 3},
    ),
    prompt(
        "picnic-keywords",
        "Write three sentences about a picnic that use the words blanket, ants and lemonade.",
        {"kind": "keywords", "words": ["blanket", "ants", "lemonade"]},
        {"kind": "sentences", "exactly": 3},
    ),
    prompt(
        "slogan-quoted",
        "Write a slogan for a bakery that opens at five in the morning. Put your whole answer in double quotation "
        "marks.",
        {"kind": "quoted"},
    ),
    prompt(
        "haiku-lines",
        "Write a poem about the sea in exactly five lines, each of which begins with the word 'Here'.",
        {"kind": "lines", "exactly": 5},
        {"kind": "lines_start_with", "phrase": "Here"},
    ),
    prompt(
        "lipogram",
        "Write one sentence about a river that does not hold the letter e anywhere.",
        {"kind": "no_letter", "letter": "e"},
        {"kind": "sentences", "exactly": 1},
    ),
    prompt(
        "phone-broken",
        "Ask a shop about a phone that no longer charges. Your message holds exactly three questions.",
        {"kind": "questions", "exactly": 3},
    ),
    prompt(
        "budget-title",
        "Give advice on saving money as a student. The first line is a title in double angle brackets, such as "
        "<<title>>, and bullet points follow, exactly three of them.",
        {"kind": "title"},
        {"kind": "bullets", "exactly": 3},
    ),
    prompt(
        "echo-word",
        "Write a few sentences about echoes in the mountains that use the word echo exactly four times.",
        {"kind": "keyword_count", "word": "echo", "exactly": 4},
    ),
    prompt(
        "apples-or-pears",
        "Which do you find better for a cake, apples or pears? Answer with one of the words apples and pears and "
        "nothing else.",
        {"kind": "one_of", "answers": ["apples", "pears"]},
    ),
    prompt(
        "notice-tag",
        "The lift is out of order until Thursday. Write a notice that says so between <notice> and </notice>, and "
        "nothing outside.",
        {"kind": "tagged", "tag": "notice"},
    ),
    prompt(
        "limerick",
        "Write five lines about a baker from Leeds without a comma.",
        {"kind": "lines", "exactly": 5},
        {"kind": "no_commas"},
    ),
    prompt(
        "grandmother-letter",
        "Write a letter to your grandmother about your first week at a new job. Begin with 'Dear Grandmother' and use "
        "between 50 and 90 words.",
        {"kind": "starts_with", "phrase": "Dear Grandmother"},
        {"kind": "words", "least": 50, "most": 90},
    ),
    prompt(
        "colours-each",
        "Name five colours and what they remind you of, as bullet points of at most six words each.",
        {"kind": "bullets", "exactly": 5},
        {"kind": "words_each", "most": 6},
    ),
    prompt(
        "proverb-quoted",
        "Explain the proverb 'better late than never' in one or two sentences, and quote it word for word in double "
        "quotation marks.",
        {"kind": "quotes_phrase", "phrase": "better late than never"},
        {"kind": "sentences", "least": 1, "most": 2},
    ),
    prompt(
        "excited",
        "Announce that a festival begins tomorrow and write exactly two words wholly in capitals.",
        {"kind": "capitals", "exactly": 2},
    ),
    prompt(
        "zebra-letter",
        "Write one sentence about a zoo that holds the letter z at least four times.",
        {"kind": "letter_count", "letter": "z", "least": 4},
        {"kind": "sentences", "exactly": 1},
    ),
    prompt(
        "timetable-code",
        "Give a plan for a Saturday, hour by hour from 9 to 12, wholly inside one fenced code block of three "
        "backticks.",
        {"kind": "code_block"},
    ),
)
