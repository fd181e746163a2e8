"""An answer to every prompt of the retention axis that follows all of its instructions."""

from __future__ import annotations

GOLDS: dict[str, str] = {
    "hand-washing": "Tiny germs sit on our hands. They could get into our tummies when we eat. Soap and water carry "
    "them off!",
    "sleep-tips": "- Keep one bedtime\n- Dim the lights\n- Drink no coffee late\n- Cool the room\n- Leave the phone "
    "outside",
    "waiting-room-notice": "PLEASE SILENCE YOUR PHONES. THANK YOU!",
    "first-aid-kit": "Bandages\nGloves\nPlasters\nScissors\nTape\nTweezers",
    "water-day": "On a hot day we sweat, and the water that we lose must be drunk again so that we stay well.",
    "appointment-json": '{"name": "Mara Lind", "date": "4 May", "time": "10:30", "room": "12"}',
    "food-table": "| Food | Main nutrient | Typical portion |\n|---|---|---|\n| Apples | Fibre | One |\n| Bread | "
    "Starch | A slice |\n| Cheese | Fat | 30 g |",
    "heart-without-blood": "The heart is a muscle that pumps. It beats day and night.",
    "visitor-rules": "1. Wash your hands.\n2. Speak softly.\n3. Come two at a time.\n4. Leave by eight.",
    "thank-you-nurse": "Dear all,\nthank you for your care.\nWith kind regards",
    "bones-number": "Bones hold us up, shield what is soft inside, and store minerals.",
    "stretch-desk": "## Neck\nTilt your head to each side.\n## Back\nReach up with both arms.\n## Legs\nStretch each "
    "calf.",
    "temperature-letter": "B",
    "smoke-free": '"Breathe green, leave the smoke unseen!"',
    "sun-lower": "wear a hat, seek shade at noon and use sunscreen.",
    "pulse-commas": "Lay two fingers on the thumb side of the wrist and press lightly until you feel a beat.",
    "teeth-keywords": "Brush twice a day and floss each evening. See your dentist every year.",
    "leaflet-title": "<<Lift with your legs>>\nBend your knees and keep the load close.",
    "eyes-german": "Die Augen werden bei der Arbeit am Bildschirm müde und trocken. Eine Pause ist für die Augen und "
    "den Rücken gut.",
    "breakfast-french": "Le matin, je mange du pain complet avec un fruit. Le yaourt est une bonne source de calcium. "
    "Il faut aussi boire de l'eau.",
    "vitamins-array": '["orange", "kiwi", "strawberry", "guava"]',
    "pharmacy-hours": "Dear customers, the pharmacy is closed this Sunday. We open again on Monday at eight and look "
    "forward to seeing you.",
    "walk-keyword": "Walk to work. Walk at noon. A walk clears the head.",
    "interview-questions": "Why do you want to lead this ward?\nHow do you plan shifts?\nWhat do you do in a "
    "conflict?\nHow do you learn from errors?",
    "blood-donation-ps": "Dear colleagues,\non Friday we welcome blood donors in the hall.\nP.S. There will be cake.",
    "two-mottos": "Every mile a smile\n******\nRun first, coffee second",
    "shift-template": "Hi [name], could you take my shift on [date]? I would take yours on [other date].",
    "plaster-yes": "Yes.",
    "organs-list": "heart, liver, lung, kidney, spleen",
    "back-pain-bold": "Keep **both feet** on the floor and your screen at **eye level**.",
    "fever-two-paragraphs": "A fever is a raised body temperature.\n\nIt often shows that the body is fighting an "
    "infection.",
    "exercise-spanish": "El ejercicio es bueno para el corazón y los músculos, y también ayuda a dormir mejor y a "
    "reducir el estrés de la vida diaria.",
    "cough-etiquette": "- Cover your mouth\n- Use a tissue\n- Bin the tissue\n- Wash your hands",
    "canteen-menu": "| Day | Soup | Main dish |\n| --- | --- | --- |\n| Monday | Leek | Pasta |\n| Tuesday | Pea | "
    "Fish |\n| Wednesday | Tomato | Curry |",
    "noise-sign": 'Patients are asleep here: "Quiet please"!',
    "ergonomics-avoid": "It has wheels, a firm back that can be tilted, and arms that can be raised.",
    "lost-property": "<notice>A blue scarf was found in ward 7 on Tuesday.</notice>",
    "senses-order": "- Hearing\n- Sight\n- Smell\n- Taste\n- Touch",
    "ambulance-capitals": "An ambulance is FAST, LOUD and BRIGHT.",
    "tea-or-coffee": "**Tea**\nMild and warm.\n**Coffee**\nStrong and quick.",
    "pancakes": "1. Mix flour and milk.\n2. Add eggs.\n3. Heat the pan.\n4. Pour the batter.\n5. Turn it.\n6. Serve.",
    "rainy-sunday": "- Read a book\n- Bake a cake\n- Watch a film\n- Call a friend",
    "neighbour-noise": "Dear neighbour, I hope that you are well. Lately the music in your flat has been rather loud "
    "after eleven at night, and I find it hard to sleep before work. Could you please turn it down a little from ten "
    "on? Thank you very much, and have a good week.",
    "packing-list": "Book\nHat\nSandals\nSunscreen\nSwimsuit\nTent\nTowel\nWater",
    "cat-story": "The cat ran to platform two, but the train had left. And so it walked.",
    "garden-lower": "dew lies on the grass. a blackbird sings in the hedge.",
    "recipe-json": '```json\n{"title": "Tomato soup", "ingredients": ["tomatoes", "salt"], "steps": ["Cook", '
    '"Blend"]}\n```',
    "birthday-invitation": "Dear [guest], please come to [place] on [date] at [time]!",
    "bicycle-avoid": "It has a frame, a saddle and handlebars, and carries one person by the strength of the legs.",
    "coffee-shop-names": "Bean There, Daily Grind, Cup and Co, Morning Star, The Roast",
    "moving-house": "Before:\nPack early.\nDuring:\nCarry the heavy things first.\nAfter:\nUnpack the kitchen.",
    "two-poems": "Leaves turn red\nand fall to bed\n******\nThe wind is cold\nthe year grows old",
    "library-shout": "PLEASE BE QUIET. OTHERS ARE READING.",
    "train-tickets": "Means | Cost | Comfort\n--- | --- | ---\nTrain | Middling | High\nBus | Low | Middling\nCar | "
    "High | High",
    "lost-umbrella": "Dear team,\nI left a green umbrella on the 8:15 to York.\nPS: It has a wooden handle.",
    "soup-letter": "A.",
    "dog-name": "Perhaps Hazel would suit it. The name has the colour of its coat.",
    "market-french": "Je vais au marché le samedi. Les fruits sont beaux et les légumes aussi. J'achète du fromage "
    "pour la semaine.",
    "holiday-italian": "Ciao Anna, vieni con me per un fine settimana al lago? La casa è piccola, ma il giardino è "
    "bello e non è lontano dalla stazione.",
    "weather-dutch": "In de winter is het koud en nat. Het sneeuwt niet vaak, maar de wind is van het noorden.",
    "house-russian": "Дом — это место, где живут люди.",
    "shopping-array": '["spaghetti", "tomatoes", "garlic", "basil", "oil"]',
    "window-cleaning": "Wipe off the dust with a dry cloth first.\n\nThen wash with soapy water and dry with a rubber "
    "blade.",
    "plants-bold": "Water **ferns** often, **cacti** rarely and **orchids** once a week.",
    "picnic-keywords": "We spread a blanket under the oak. The lemonade was cold. Soon the ants came too.",
    "slogan-quoted": "“Fresh before the sun”",
    "haiku-lines": "Here the waves come in\nHere they break\nHere gulls cry\nHere boats sleep\nHere I stay",
    "lipogram": "A calm brook winds down to a bay.",
    "phone-broken": "My phone no longer charges. Is it under warranty? Can you mend it? How long would it take?",
    "budget-title": "<<Saving as a student>>\n- Cook at home\n- Buy used books\n- Walk more",
    "echo-word": "I call and an echo comes. The echo of the echo fades. Then one last echo dies.",
    "apples-or-pears": "Apples",
    "notice-tag": "<notice>\nThe lift is out of order until Thursday.\n</notice>",
    "limerick": "A baker from Leeds\nmade bread out of seeds\nit rose in the night\nto a very great height\nand now "
    "it has all that it needs",
    "grandmother-letter": "Dear Grandmother, my first week at the new job is over, and I liked it very much. The "
    "people are kind, the office is bright, and my desk stands by a window from which I can see the river. On Friday "
    "we all had lunch together. I will visit you soon and tell you more. Your Tom",
    "colours-each": "- Red: fire\n- Blue: the sea\n- Green: spring grass\n- Yellow: lemons\n- White: snow",
    "proverb-quoted": 'The proverb "Better late than never" says that a late act is worth more than none.',
    "excited": "The festival BEGINS TOMORROW, and all are welcome.",
    "zebra-letter": "A lazy zebra dozes and a dizzy lizard gazes.",
    "timetable-code": "```\n9 breakfast\n10 market\n11 read\n12 lunch\n```",
    "rainbow": "Sunlight is made of all colours. Raindrops bend it. Each colour is bent a little differently. So we "
    "see them side by side.",
    "planets-order": "Earth\nJupiter\nMars\nMercury\nNeptune\nSaturn\nUranus\nVenus",
    "volcano-words": "A volcano is an opening in the crust of the Earth through which molten rock, ash and gas come "
    "out.",
    "capitals-table": "| Country | Capital | Currency |\n|:--|:--|:--|\n| Japan | Tokyo | Yen |\n| Brazil | Brasília | "
    "Real |\n| Sweden | Stockholm | Krona |",
    "moon-keywords": "The gravity of the Moon pulls on the ocean. The water rises on two sides of the Earth.",
    "printing-press": "* Books became cheap\n* News spread fast\n* More people learnt to read",
    "book-json": '{"title": "Frankenstein", "author": "Mary Shelley", "year": 1818}',
    "water-boils": "B)",
    "internet-avoid": "It is a telegraph to every home at once, by which anyone may send letters and pictures in a "
    "moment.",
    "debate-homework": "For\nPractice helps.\nAgainst\nChildren need rest.",
    "bees-lower": "they carry pollen from flower to flower, and without them many crops bear no fruit.",
    "stop-upper": "A RED LIGHT MEANS THAT YOU MUST STOP.",
    "evaporation-paragraphs": "In evaporation a liquid becomes a gas.\n\nIn condensation a gas becomes a liquid.",
    "olympics-numbered": "1. Rowing\n2. Fencing\n3. Judo\n4. High jump\n5. Sailing",
    "alphabet-animals": "cat, dog, cow, hen, fox, owl",
    "rivers-array": '["Rhine", "Danube", "Loire"]',
    "earth-round": "yes",
    "photosynthesis-bold": "Plants use **light** to make sugar, and set **oxygen** free.",
    "castle-title": "<<Strong on the hill>>\nFrom a hill one sees an enemy early.",
    "science-spanish": "El cielo es azul por la dispersión de la luz. La luz azul se dispersa más que la roja.",
    "history-german": "Die Berliner Mauer war die Grenze zwischen Ost und West. Sie wurde im Jahr 1989 geöffnet und "
    "ist heute ein Denkmal.",
    "trees-portuguese": "As árvores perdem as folhas no outono para poupar água e energia, porque no inverno não há "
    "luz suficiente para uma boa fotossíntese.",
    "friendship-greek": "Η φιλία είναι η εμπιστοσύνη ανάμεσα σε δύο ανθρώπους.",
    "sun-korean": "태양은 우리에게 빛과 열을 주는 별입니다.",
    "peace-arabic": "المكتبة مكان لقراءة الكتب والتعلم.",
    "ice-hindi": "बर्फ पानी से हल्की होती है, इसलिए वह पानी पर तैरती है।",
    "bridge-start": "In short, it is a bridge whose deck hangs from cables. The cables run over two towers.",
    "meeting-minutes": "Present: [names]. On [date] the team chose the printer [model].",
    "two-headlines": "Bridge opens at last\n******\nA river crossed in a minute",
    "job-advert": "We look for a gardener with a love of roses and a steady hand. You will care for two acres of "
    "lawn, a kitchen garden and an old orchard, three days a week, all year round. We offer fair pay and a small "
    "cottage. We look forward to meeting you.",
    "quiz-questions": "Which is the longest river?\nWhich is the smallest state?\nWhere is Quito?",
    "gold-commas": "Gold is made into rings and coins. It also carries current in fine contacts.",
    "wind-digits": "The wind pushes the sails, the sails turn a shaft, and the shaft turns the stones.",
    "time-word": "Time flies. A clock tells the time. In time we learn what time is. There is never enough time.",
    "newton-quoted": '"Isaac Newton was an English scientist who described motion and gravity."',
    "python-code": "```python\ndef add(a, b):\n    return a + b\n```",
    "metals-each-line": "One metal is iron, used in bridges.\nOne metal is copper, used in wires.\nOne metal is gold, "
    "used in rings.\nOne metal is tin, used in cans.",
    "summary-tag": "<summary>Roman roads served armies and traders.</summary>",
    "no-letter-a": "The blue dome over us is wide.",
    "report-ps": "Dear Ms Hill,\nmy report will be two days late, since I was ill.\nP.S. I will bring it on Friday.",
    "saying-quoted": 'The words "to be, or not to be" are also printed as "to be or not to be": he asks whether to '
    "live.",
}
