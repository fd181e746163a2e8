"""How texts state the cautions that must not be left out of them.

Reviewed 2026-11; not for clinical use. Patterns for sentences as they stand.
"""

from __future__ import annotations

STATED = (
    r"\b(?:should not|must not|must never|is never|are never|never (?:be|from|give|use|take|with)|"
    r"should be avoided|must be avoided|is avoided|are avoided|"
    r"contraindicat\w+|unsafe|(?:is|are) not (?:given|used|done|safe|recommended|advised|started|attempted)|"
    r"avoid (?:taking|using|"
    r"giving|the|all|any|alcohol|aspirin|drinking|eating)|only (?:if|when|after|with|under)|unless|"
    r"with caution|care is needed|must be excluded|should be excluded|"
    r"seek (?:medical|emergency|immediate)|tell your (?:doctor|health)|call 9-?1-?1|call your (?:doctor|"
    r"health)\w* (?:right away|if|immediately)|"
    r"monitor\w* (?:for|closely|the)|watched for|need to avoid|should avoid|"
    r"be careful|harmful|dangerous|can be fatal|(?<!rarely )life-threatening|does not exclude|do not exclude|"
    r"be cautious|must wait|"
    r"should be (?:checked|monitored|suspected)|stay away|keep away)\b|^(?:Do not|Don't|Never)\b(?! be afraid|"
    r" worry| hesitate)|[;,] do not\b"
)
"""A sentence that states a caution or a contraindication."""
STRONG = (
    r"\b(?:must|never|contraindicat\w+|unsafe|danger\w*|fatal|life-threatening|emergency|exclude\w*|9-?1-?1|unless)\b"
)
TIED = (
    r"(?:This|That|These|Those|It|Its|They|Their|Such|He|She|His|Her|Both|Neither|Otherwise|Then|Also|However|"
    r"Even so|Instead|"
    r"The reason|Another|Other|The (?:other|same|latter|former|drug|test|exception)\w*|For (?:that|this)|"
    r"If so|In these|In this|But|And|So|"
    r"One|Some of|An exception|Exceptions|Therefore|Thus|Examples?)\b"
)
"""How a sentence begins that leans on the one before it."""
CLAUSES: tuple[str, ...] = (
    r", unless [^,.;:()]{3,90},(?= )",
    r",? unless [^,.;:()]{3,120}(?=[.;])",
    r",? except (?:in|when|for|if|where|after|during) [^,.;:()]{3,90}(?=[.;])",
    r",? provided (?:that )?[^,.;:()]{3,90}(?=[.;])",
    r",? (?:and|but) (?:it |they |[\w-]+ (?:[\w-]+ )?)?(?:must|should) (?:not|never) [^,.;:()]{3,90}(?=[.;])",
    (
        r",? (?:and|but) (?:[\w-]+ ){1,4}(?:is|are) (?:avoided|contraindicated|never [^,.;:()]{3,60}|not (?:given|"
        r"used|done)[^,.;:()]{0,60})(?=[.;])"
    ),
    r", and never [^,.;:()]{3,60}(?=[.;])| and never [^,.;:()]{3,60}(?=[.;])",
    r", never [^,.;:()]{3,60}(?=[.;])",
    r",? as long as [^,.;:()]{3,90}(?=[.;])",
    r",? but only (?:if|when|after|with) [^,.;:()]{3,90}(?=[.;])",
    r",? only (?:if|when|after) (?!needed|necessary)[^,.;:()]{3,90}(?=[.;])",
    r",? with (?:great |extreme |particular )?(?:care|caution)(?=[.;])",
    r",? under (?:ECG|cardiac|close|medical) (?:monitoring|supervision|care)(?=[.;])",
    r",? with (?:ECG|cardiac|blood pressure|close) monitoring(?=[.;])",
)
"""The clauses and phrases that hold a caution, to be left out of their sentences."""
