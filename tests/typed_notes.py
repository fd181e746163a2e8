"""What clinicians might type, made up, with what says who somebody is between square brackets.

``FIRST`` was looked at while the patterns were written; of ``SECOND`` nothing was, and nothing has been changed for it
since.
"""

from __future__ import annotations

import re

FIRST = """
Mr [Okonkwo] is 2 days post lap chole and bilirubin is rising, what next?
mrs [patel] 64 with AF on apixaban needs hernia repair, when to stop
Mrs [Patel]'s CT shows a 4 cm AAA
[Jane Doe] 45F with RIF pain, CRP 120
pt [Daniel Osei], MRN [00482913], day 3 after Hartmann's, febrile
My patient [Katarzyna Nowak] had a sleeve in Poland last month and is vomiting
pt name [Ravi Shankar Iyer] dob [12/04/1961] for TKR
NHS [943 476 5919] - can you summarise VTE risk
nhs no [9434765919] male 71 bowel obstruction
Hosp no [K4829137], 54M, lap appendix yesterday
hospital number [X482913] please draft a discharge letter
[SMITH, John] DOB [03/05/1957] admitted with melaena
[O'BRIEN, Siobhan] (55) for thyroidectomy tomorrow
a 5 year old boy called [Tom] swallowed a battery
the patient's name is [Amina Yusuf] and she is on clopidogrel
her daughter [Margaret Hill] wants a phone call about the biopsy result, number [07700 900123]
call her husband on [01632 960983] about consent
you can email the referral to [j.petit@example.fr]
lives at [14 acacia avenue], leeds, can he go home the same day after TAPP
He lives at [27 Mill Lane], York and has no one at home
postcode [YO1 7HX] nearest burns unit?
from [ls1 4ap], can he be transferred
[Mohammed Ali Khan] 62 yo male with painless jaundice
male, [Gary Thompson], 71, PR bleed on warfarin
Miss [Chloe Barnes] has a breast lump
ms [Zhang Wei] had an ERCP this morning
Referred by Dr [Hannah Field], query perianal abscess
[Priya Raman] (DOB [1988-11-02]) 12 weeks pregnant with appendicitis
58F [04/07/1966] with cholangitis
date of birth [3 May 1957], aspirin allergy
born on [14 March 1961], T2DM, foot ulcer
SSN [219-09-9999], trauma patient, unknown allergies
NI number [AB 12 34 56 C] is on the consent form, is that ok
[john smith] 54m chest pain after fundoplication
[david o'neill], 67, CRP 240 day 5 anterior resection
I reviewed [Eleanor Whitfield] in clinic with recurrent diverticulitis, what does guidance say about elective surgery?
wife of [Peter Jones] asks if the scar will fade
This is about [Agnieszka Kowalska]. She needs a splenectomy, which vaccines?
Discussed with [Rajesh Kumar]'s family; they want everything done. Next step?
bed 12 [Fatima Hassan] drain output 400 ml bile
[Mary] is 82 and fell, hip fracture, on rivaroxaban
Consultant wants me to consent [Brian Murphy] for a right hemi, what are the risks?
[B. Murphy] for right hemi tomorrow, hold metformin?
[JS], 45, open fracture. antibiotics?
Pt [Smith] bed 4 has low urine output
please check [Olufemi Adeyemi] 33M stab wound left chest
[MARGARET HILL] 71F rectal bleed
Email [fatima.h@nhs.net] for the MDT outcome
MR# [1029384] appendix abscess, drain or operate?
mrn:[55-29-130] hernia mesh infection
case [Emily Clarke] age 29: ovarian torsion?
her mobile is [+44 7700 900 982]
passport number [533401234] trauma call
[12 Rose Cottage, Church Lane], Stoke, is that within the 60 min burns transfer
His son [Luke] ([07700900461]) will collect him
"""

SECOND = """
[Mrs Adeyinka], 78, #NOF on apixaban - when can we take her to theatre?
[mr kowalczyk] has a K of 6.4 post op, management?
Seen with [Mr Whitmore] on the ward round: drain amylase 4000 on day 3 after distal pancreatectomy
[Tamsin Oyelaran], 34F, previous section, ? adhesional SBO
pt is [Gwen Parry], 81, not for ITU
67 yo [George Bellamy] with stage III colon ca, adjuvant?
Dear colleague, thank you for seeing [Ms Lucinda Varga] with a thyroid nodule
Re: [Harold Pinnock], DOB [22.09.1948]
hosp number [RQ4417203] - summarise the risks of TEVAR
NHS number: [485 777 3456] query DVT
MRN [7729104], perforated DU, omental patch or resect
Call his daughter [Janet] on [07700 900 118] with the result
the relative's email is [dpinnock48@example.com]
address [3 Vicarage Road], Exeter, [EX4 2PQ]
lives in [SW1A 2AA] so which vascular hub
[Suresh Menon] s/p CABG day 4 with sternal click
What do I tell [Mr and Mrs Halloran] about the stoma?
Baby [Noah Fielding] 5 weeks, projectile vomiting
[CHEN, Wei] 62M HCC segment 6
[Oluwaseun Bakare] - sickle cell, RUQ pain
discharge summary for [Patricia Ann Doyle], admitted with biliary colic
DOB [1952-01-30], eGFR 28, which contrast protocol
d.o.b [17/08/99] female with RIF pain
SSN [512-44-8173]
[Yiannis Papadopoulos] refuses blood, Jehovah's Witness, for Whipple
I am operating on [Leila Ansari] tomorrow, does she need bridging?
ask [Dr Ferreira] whether to restart clopidogrel
a man called [Winston Achebe] came to ED with testicular pain
Her name's [Saoirse Quinn], she is 19 and has pilonidal disease
telephone [020 7946 0321] for the GP
he can be reached at [(212) 555-0198]
patient [D. Whitcombe] day 2 esophagectomy, tachycardia
[jenny lim] 41F gallstone pancreatitis
[Mustafa Demir], 50 y/o, strangulated hernia
case of [Mr Van der Berg] - neck haematoma
staff nurse [Kelly Marsh] noticed bile in the drain
CHI number [0101234567] hernia repair
[Abdul Rahman] is fasting for Ramadan, timing of metformin before colonoscopy?
consent form for [Ingrid Solberg] right mastectomy
national insurance [AB123456C], needs a fit note after lap appendix
"""


def notes(lines: str) -> list[tuple[str, list[tuple[int, int]]]]:
    """Each note without its brackets, and the places that stood in them."""
    found = []
    for line in lines.strip().splitlines():
        text = ""
        spans = []
        for part in re.split(r"(\[[^\]]*\])", line):
            if part.startswith("["):
                spans.append((len(text), len(text) + len(part) - 2))
                part = part[1:-1]
            text += part
        found.append((text, spans))
    return found
