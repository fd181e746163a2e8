"""How an answer says which option it chooses, as patterns: in English, and in other languages by their own words.

What opens and closes a letter (brackets, quotes, asterisks) is read over everywhere. Every repetition over a text
is possessive or bounded, so that no text is slow to read.
"""

from __future__ import annotations

import re

OPENING = r"[\s*_:=(\"'“‘«「【\[{$`|<>#→—–-]*+"
CLOSING = r"[*_)\]}\"'”’»」】$`|]*+"
_LETTER_ENDS = r"(?![^\W_]|['’](?=\w)|[+-])"

_MEANS = r"(?:is|are|was|would\sbe|should\sbe|must\sbe|has\sto\sbe|will\sbe)"
_ADVERB = r"(?:most\s(?:likely|probably)|therefore|thus|likely|probably|clearly|simply|indeed|definitely)"
_NOUN = r"(?:option|choice|letter|answer|alternative|key)"
_CALLED = r"""
    (?:answer|ans\.?|(?:correct|best|right|final|likeliest|selected)[\s_](?:option|choice|one|letter|alternative)|my\s(?:choice|pick)
    |"(?:choice|letter|option|selected|prediction)"(?=\s*+:))
"""
_CHOOSE = r"I(?:\s(?:would|will|shall|must)|['’](?:d|ll))?\s(?:choose|pick|select|go\swith|opt\sfor)"
CHOICE = re.compile(
    rf"""(?<!wrong\s)(?<!incorrect\s)(?<![^\W_])(?P<called>{_CALLED}|{_CHOOSE})(?![^\W_])(?P<between>(?:\s(?:to|for)\s[^.:\n]{{1,60}}?(?=\s{_MEANS}\b|:))?(?:['’]s\b)?{OPENING}
    (?:{_MEANS}\b{OPENING})?(?:{_ADVERB}\b{OPENING})?(?:(?:the\s)?{_NOUN}\b{OPENING})?)
    (?P<letter>[A-Z]){_LETTER_ENDS}""",
    re.IGNORECASE | re.VERBOSE,
)
NOTHING = re.compile(
    rf"""(?<![^\W_]){_CALLED}(?![^\W_]){OPENING}(?:{_MEANS}\b{OPENING})?
    (?:none|neither|both|either|all\s(?:of|the|are)|no\s(?:option|answer)|unknown|unclear|uncertain|undetermined
    |not\s(?:given|listed|clear|known|possible|sure|among|enough)|cannot|can['’]t|I\s(?:do\snot|don['’]t|cannot|can['’]t))\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""The answer is said to be no single option."""

# Of other languages: what an answer is called, with its adjective, the verb, the article and what an option is called.
_LATIN = (
    r"respuesta|resposta|risposta|réponse|reponse|antwort|lösung|antwoord|odpowied[źz]|răspunsul|svaret?|cevap|yanıt|"
    r"jawaban|đáp\sán|câu\strả\slời|ответ|відповідь|απάντηση|opción|opção|opzione|alternativa"
)
_OTHER = (
    r"答案|正解|答え|解答|回答|应选|應選|故选|故選|选择|選擇|选|選|정답|답|الإجابة|الاجابة|الجواب|پاسخ|جواب|उत्तर|जवाब"
)
_ADJECTIVE = (
    r"correct[ae]?|corrett[ao]|corret[ao]|certa|juste|exacte|esatta|finale?|richtige?|korrekte?|juist|poprawna|corect|"
    r"đúng|benar|правильный|الصحيحة|الصحيح|النهائية|صحيح"
)
_VERB = (
    r"es|é|est|è|ist|lautet|wäre|sería|serait|is|to|jest|este|är|er|adalah|là|είναι|это|هي|هو|"
    r"是|为|為|应为|應為|應該是|应该是|选|選|は|が|은|는|है"
)
_ARTICLE = r"la|el|a|o|le|die|der|das|de|het|η"
_CALLED_OPTION = (
    r"opci[óo]n|letra|lettre|proposition|réponse|option|buchstabe|antwort|lettera|opzione|opção|alternativa|optie|"
    r"opcja|вариант|الخيار|گزینه|विकल्प|选项|選項"
)
FOREIGN = re.compile(
    rf"""(?:(?<![^\W_])(?:{_LATIN})(?![^\W_])|(?:{_OTHER}))(?P<between>{OPENING}
    (?:(?:{_ADJECTIVE}){OPENING})?(?:(?:{_VERB})(?-i:(?![a-zà-ÿ])){OPENING})?
    (?:(?:{_ARTICLE})(?=\s)\s++{OPENING})?(?:(?:{_CALLED_OPTION}){OPENING})?)
    (?P<letter>(?-i:[A-Z]|[a-z](?=\))))(?:(?=です|だ|である|입니다|이다|번|选项|選項)|{_LETTER_ENDS})""",
    re.IGNORECASE | re.VERBOSE,
)

# "B or C", "B/C", "B C": two letters are no choice.
_JOINED = (
    r"(?:[,/&+;、，和或及と与]|"
    r"\b(?:or|and|vs|versus|o|u|y|ou|et|e|oder|und|of|en|lub|или|и|ve|veya|atau|dan|và|hoặc|ή|και|أو|या|और)\b)"
)
SECOND = re.compile(
    rf"{CLOSING}(?:\s*+\(?(?:{_JOINED}\s*+)++(?:(?:option|choice|possibly|maybe|also)\s)?[*_(\[\"'`]*+(?P<one>[A-Z])(?![A-Za-z0-9_'’-])"
    rf"|[ \t]++(?P<two>[A-Z])[ \t]*+$)",
    re.MULTILINE,
)
SECOND_LABEL = re.compile(
    rf"{CLOSING}[.):]{CLOSING}\s(?:[^\n.]|[A-Z]\.\s[a-z]){{1,80}}?\s(?:and|or|&)\s[*(\[]*+(?P<letter>[A-Z])[*_]*+[.):]"
)
"""The same where each has its option's words beside it."""
SECOND_SMALL = re.compile(SECOND.pattern, re.MULTILINE | re.IGNORECASE)

REJECTED = re.compile(
    rf"{CLOSING},?\s++(?:however,?\s|though,?\s|alone\s|itself\s)?(?:is|was|are|would\sbe|seems|looks|can\sbe|isn['’]t|cannot\sbe)\b"
    r"\s*+(?:(?:clearly|obviously|also|therefore|thus|definitely|certainly|simply|tempting|but)\s)*+"
    r"(?:not|n['’]t|wrong|incorrect|false|excluded|ruled\sout|unlikely|tempting|a\sdistractor|correct\?)",
    re.IGNORECASE,
)
ASKED = re.compile(rf"{CLOSING}\s*+[?？]")
# "The answer is a question of ...", "Answer: A CT scan": an article, unless such a word follows.
_GOES_ON = (
    r"as|because|but|due|for|given|here|is|since|though|was|which|while|with|so|based|according|in\sthis|not|rather|instead|and\s(?:the|not|this|it|that|so)|"
    r"I|Would|Let|The|This|That|These|It|In|Because|Explanation|Rationale|Option|Confidence|However|Hope|Please|Here|"
    r"porque|ya\sque|pues|debido|weil|denn|da|parce|car|puisque|perché|poiché|pois|porquê|omdat|want|ponieważ|bo|"
    r"потому|так\sкак|vì|karena|çünkü|لأن|لان|है|क्योंकि|因为|因為"
)
_RIGHT = (
    r"(?:es|é|est|è|ist|is|to|jest)\s(?:la\s|die\s|a\s)?(?:correct[ae]?|corrett[ao]|corret[ao]|certa|juste|bonne|esatta|richtig|"
    r"korrekt|juist|poprawna)"
)
PROSE = re.compile(rf"[ \t]++(?!(?:{_GOES_ON}|{_RIGHT})(?![^\W_]))(?=[^\W_])|/[^\W_]")
_SPECIES = """albicans anthracis auris aureus baumannii botulinum burgdorferi cepacia cereus cloacae coli corrodens
    diarrhoeae difficile diphtheriae epidermidis faecalis faecium fragilis fumigatus glabrata granulosus henselae
    histolytica influenzae jejuni krusei lumbricoides meningitidis multilocularis neoformans niger parapsilosis
    perfringens pertussis pneumoniae pylori quintana septicum sinensis tetani trachomatis tropicalis welchii""".split()
SPECIES = re.compile(rf"\.?\s++(?:{'|'.join(_SPECIES)})\b")
SMALL_ENDS = re.compile(rf"[)\]]|{CLOSING}(?:[.,;:)\]]|\s*+\n|\s+(?:because|as|since)\b|(?P<end>\s*+\Z))")
"""What may follow a letter in lower case, of which "a" is a word of its own."""

SUPPOSED = re.compile(
    r"(?:\b(?:(?:might|may|could|would|some|many|tempted)\s(?:\w+\s)?(?:think|believe|say|guess|suppose)|if|whether|unless|suppose|supposing|assum(?:e|ing)|imagine|doubt|unlikely|why|wenn|ob|si|falls|если|"
    r"not\s(?:think|believe|certain|sure|know|say|claim)|never)\b|n['’]t\s(?:think|believe|sure|know|say|claim)\b|如果|假如|不认为)"
    r"[^.;:!?,\n]*+\Z",
    re.IGNORECASE,
)
SUPPOSED_WOULD = re.compile(r"\bif\s(?!(?:I|you|one|forced|pressed|asked)\b)[^.;:!?\n]*+\Z", re.IGNORECASE)
"""What stands before "the answer would be B" where it is not."""
SAID_BY_OTHERS = re.compile(
    r"(?:\A|[^\w\s]|\n)\s*+\Z|\b(?:the|correct|right|best|final|my|likely|is|so|therefore|thus)\s+\Z", re.I
)
"""What stands before "answer B" where it is no verb, as in "many would answer B"."""
WITHDRAWN = re.compile(
    r"(?:\A|[.!?…\n])[\s*_)]*+(?:(?:hm+|but|no|oh|well|hmm+|actually)[,.…]?\s+)*+(?:(?:wait|hold\son|scratch\sthat)\b\s*+[,.!…—–-]"
    r"|on\ssecond\sthoughts?\b|let\sme\s(?:re-?\w+|think\sagain|check|double)|that(?:['’]s|\sis)\s(?:wrong|not\sright|incorrect)\b"
    r"|(?:actually|but)?,?\s?no\b[,.!])",
    re.IGNORECASE,
)
NEXT_QUESTION = re.compile(
    r"^[ \t]*+(?:[#*<|]+\s*+)?(?:question|q|user|human|problem|instruction|frage|pregunta|问题)\s*+\d*+\s*+[*]*+[:.：]",
    re.I | re.M,
)
LABEL = re.compile(
    r"^(?:[^\w\n]|_)*+(?P<letter>[A-Z])[*_]*+(?:(?P<sign>[.):\]]|[ \t]++[–—-])[*_)]*+\s+(?=[^\W\d_a-z]|\d)"
    r"|[ \t]*+$|,?[ \t](?=(?:because|since|as\s(?:it|the|this))\b))",
    re.MULTILINE,
)
"""A letter that begins a line, before its option, alone in the line, or before a reason."""
BARE = re.compile(r"^(?:[^\w?？]|_)*+(?:option|choice|letter)?(?:[^\w?？]|_)*+([A-Z])(?:[^\w?？+]|_)*+$", re.IGNORECASE)
CALLED_RIGHT = re.compile(
    rf"(?:^|[.:;,!]\s|\b(?i:option|choice|answer|statement|so|therefore|thus|hence|that)\s)[*_(\[\"']*+(?P<letter>[A-Z]){CLOSING}"
    r"(?:[.)]\s[^.\n]{1,80}?)?\s(?:is|would\sbe|must\sbe|seems)\s(?:therefore\s|thus\s|clearly\s)?(?:the\s|most\slikely\s)*+"
    r"(?:correct|right|best|single\sbest|most\s(?:appropriate|likely|suitable)|answer)\b(?!\s(?:only|if|except|that|about|in\s))",
    re.MULTILINE,
)
IS_LABELLED = re.compile(
    r"\b(?:is|be|are|was)[ \t]*+:?[ \t]*+[*_(\[\"']*+(?P<letter>[A-Z])[*_]*+[.):\]]+[*_]*+[ \t]+(?=\S)"
)

THOUGHT = re.compile(r"<(think(?:ing)?|reasoning|analysis|scratchpad)>.*?(?:</\1>|\Z)", re.IGNORECASE | re.DOTALL)
THOUGHT_ENDS = re.compile(r"</(?:think(?:ing)?|reasoning|analysis|scratchpad)>", re.IGNORECASE)
LATEX = (
    (re.compile(r"\\(?:text(?:bf|it|rm|sf|tt|normal)?|math(?:bf|rm|it|sf)|mbox|operatorname)\b\s*+"), ""),
    (re.compile(r"\\f?boxed\b\s*+"), " ANSWER: "),
    (re.compile(r"\\[(\[\])]|\\(?:quad|,|;|!|\s)"), " "),
)
TAGS = (
    (re.compile(r"<(?:final_?)?answer>", re.IGNORECASE), "\nANSWER: "),
    (re.compile(r"</?(?:b|i|u|p|em|strong|br|code|span|div|h[1-6]|mark|answer|final_?answer)\s*+/?>"), " "),
)
DECLINES = re.compile(
    r"\bI(?:\sreally|\shonestly)?\s(?:do\snot|don['’]t)\sknow\b|\b(?:I['’]m|I\sam)\s(?:not\s(?:able|sure|certain)|unable|sorry)\b"
    r"|\b(?:cannot|can['’]t|can\snot|could\snot|unable\sto|not\sable\sto)\s(?:safely\s|reliably\s|really\s)?"
    r"(?:answer|choose|decide|determine|say|tell|help|assist|provide|give|pick|select|be\s(?:answered|determined))"
    r"|\b(?:insufficient|not\senough)\s(?:information|details?|data)\b|\bas\san\sAI\b|\bconsult\s(?:a|your)\s(?:doctor|physician)"
    r"|\bno\s(?:lo\s)?sé\b|\bno\spuedo\s(?:responder|contestar|ayudar)|\bje\sne\s(?:sais\spas|peux\spas)|\bweiß\s(?:es\s|ich\s)?(?:das\s)?nicht\b"
    r"|\bkann\s(?:\w+\s){0,4}?nicht\s(?:beantworten|sagen|helfen)|\bnon\s(?:lo\s)?so\b|\bnão\ssei\b|\bnão\sposso\b|не\sзнаю|не\sмогу"
    r"|不知道|无法(?:回答|确定|判断)|不能回答|わかりません|모르겠|لا\sأعرف|لا\sأستطيع|لا\sيمكنني",
    re.IGNORECASE,
)
"""Says that it does not know, or will not answer."""
