"""Ordinary words, with which a turn may be reworded: none of them states a medical fact.

Reviewed 2026-11; not for clinical use.
"""

from __future__ import annotations

from residency.core.text import content_stems

TALK: frozenset[str] = frozenset(
    content_stems(
        """
        ok okay yes yeah no sorry please thank thanks hello hi hey good morning evening well right sure fine great
        perfect really actually quite rather just still now then first second third next last later again back
        already yet soon today tonight yesterday moment minute time once twice while since until
        question answer ask asked asking tell told say said saying mean meant explain explained reason reasons know
        knew think thought thinking wonder wondering understand understood see seen look looking looks find found
        want wanted wish like prefer choose chose choice choices pick option options list listed alternative
        instead rather either neither both another other others different differ same similar one two three
        change changes changed update updated correct corrected correction mistake mistaken wrong right true false
        sure certain clear clearer detail details information fact facts point part thing things something anything
        everything nothing way case cases matter matters situation picture step steps plan plans decide decided decision
        decisions advice advise suggest suggested suggestion recommend recommended recommendation help helps helpful
        happen happens happened go going goes went come comes coming came get gets got getting give gives given giving
        gave take takes taken taking took make makes made making keep keeps kept let lets put need needs needed use used
        using do does did done try tried work works working start started begin stop bring brought turn turned leave
        left hold holds held stand stands stay show shows shown mention mentioned forget forgot remember add added miss
        missed missing depend depends matter apply applies fit fits happy glad afraid
        patient patients person people man woman someone everyone colleague colleagues doctor doctors nurse team
        consultant registrar senior clinic ward bed bedside
        before after above below earlier previously previous exactly precisely especially mainly mostly simply only
        also too even ever never always usually often sometimes perhaps maybe probably possibly likely possible
        important importantly best better worse good bad long short quick quickly brief briefly little lot much many few
        main whole full simple plain word words sentence line message turn said repeat summary summarise summarize short
        yours mine ours anyone believe assume suppose consider considering guess expect expected hope trust agree
        disagree worry worried concern concerned concerns interested curious
        ahead along away here there around overall finally lastly firstly however therefore hence otherwise though
        although because unless whether why how what when where which who
        would could should might must shall can may will won't can't don't doesn't didn't isn't aren't wasn't couldn't
        wouldn't shouldn't haven't hasn't i'm i've i'd i'll you're you've you'd we're we've it's that's there's what's
        let's he's she's they're who's here's
        """
    )
)
"""Their stems."""
