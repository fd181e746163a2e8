"""Medicines and the routes that are wrong for them, which :mod:`residency.domain.surgery.routes` reads.

Reviewed 2026-11 against current product information and guidance; not for clinical use. Each entry holds in ``of`` a
pattern of what is given, in ``where`` (if there is one) a pattern that must stand in the question or the text, and lines
``RIGHT to WRONG, WRONG: reason`` for each right route; "!" before a wrong route marks one that could kill. Only routes
that are ineffective or harmful stand here, and none that is merely another option.
"""

from __future__ import annotations

TABLE = r"""
# heparin
of: heparin|enoxaparin|dalteparin|tinzaparin|lmwh|fondaparinux
subcutaneous: oral, rectal, topical = it is not absorbed from there; !intramuscular = it causes a haematoma in the muscle; !intrathecal = it bleeds into the spinal canal
intravenous: oral, topical = it is not absorbed from there; !intramuscular = it causes a haematoma in the muscle
# insulin
of: insulin
subcutaneous: oral = it is digested; topical = it is not absorbed
intravenous: oral = it is digested
# fluid
of: fluids?|crystalloids?|saline|boluses|resuscitation|hartmann\S*|rehydration(?! solution)
intravenous: intramuscular = a muscle takes up a few millilitres; subcutaneous = it is taken up far too slowly; rectal = it is taken up far too slowly
# fluid in danger
of: fluids?|crystalloids?|resuscitation
where: shock|septic|sepsis|nil by mouth|obstruct|haemorrhage|burns?\b|vomiting|volvulus|pancreatitis
intravenous: oral = it is taken up too slowly and unreliably here
# antibiotics in severe infection
of: antibiotics?|antibiotic treatment|piperacillin\S*|ceftriaxone|carbapenem
where: septic|sepsis|perforat|peritonit|necroti|cholangit|obstructed|infected obstruct|boerhaave|hirschsprung|enterocol|endocarditis|mening|unwell|shock|cholecystitis
intravenous: !oral = absorption is slow and unreliable in such an illness; topical = it does not reach the infection; rectal = it is not absorbed reliably; subcutaneous = levels are too low
# antibiotic before incision
of: dose|prophylaxis|antibiotic
where: incision|induction
intravenous: oral = the level in tissue is too low at incision; topical = it does not reach the tissue; rectal = the level is uncertain at incision
# antibiotics for inner infection
of: antibiotics?|flucloxacillin|co-amoxiclav|doxycycline|metronidazole|amoxicillin|ciprofloxacin|trimethoprim
where: pneumon|abscess|lactational|uti\b|urinary|lyme|whipple|bowel|colorectal|cellulitis|diverticul|append|q fever|brucell|gastr
oral: topical = it does not reach the infection; !intrathecal = it is toxic in the spinal canal
intravenous: topical = it does not reach the infection; !intrathecal = it is toxic in the spinal canal
# vancomycin in the bowel
of: vancomycin
where: difficile|colitis
rectal: !intramuscular = it kills muscle and does not reach the lumen; subcutaneous = it does not reach the lumen of the colon; topical = it does not reach the colon
oral: intravenous = it does not reach the lumen of the colon; intramuscular = it kills muscle and does not reach the lumen; subcutaneous = it does not reach the lumen of the colon
# vancomycin in the blood
of: vancomycin|teicoplanin
where: mrsa|staphyl|incision|prophyla
intravenous: oral = it is not absorbed; !intramuscular = it kills muscle
# contrast in the vessels
of: contrast|contrast medium|contrast agent|(?:contrast |special )?dye
intravenous: oral, rectal = it shows the lumen of the bowel and enhances neither vessels nor organs; intramuscular, subcutaneous = it does not reach the vessels and damages tissue; !intrathecal = most contrast media are toxic in the spinal canal
# tracers
of: radioactive (?:glucose|sugar|substance|material)|tracer
intravenous: intramuscular, subcutaneous = it would not spread with the blood; !intrathecal = it is not made for the spinal canal
# contrast in the gut
of: (?:water-soluble )?contrast|gastrografin|barium
where: leak|perforat|boerhaave|swallow|tear|join|anastom
oral: intravenous = it does not outline the lumen and shows no leak; subcutaneous = it does not outline the lumen
rectal: intravenous, oral = it does not outline a low join in time
# vitamin K
of: vitamin k1?|phytomenadione|phytonadione
where: warfarin|inr|revers|anticoag
intravenous: !intramuscular = an anticoagulated muscle bleeds, and absorption is slow; subcutaneous = absorption is slow and uncertain; topical = it is not absorbed
oral: !intramuscular = an anticoagulated muscle bleeds; subcutaneous = absorption is slow and uncertain
# vitamin K in haste
of: vitamin k1?|phytomenadione
where: urgent|emergency|cannot wait|major bleeding|threat
intravenous: oral = it acts too slowly
# adrenaline
of: adrenaline|epinephrine
where: anaphyla|allerg
intramuscular: oral = it is destroyed in the gut; subcutaneous = it is absorbed too slowly; topical, rectal = it does not reach the circulation
# calcium
of: calcium(?: gluconate| chloride)?
where: hypocalc|hyperkal|ecg|potassium|tetany|heart|seizure
intravenous: !intramuscular, !subcutaneous = it kills tissue; oral = it acts far too slowly in this danger
# potassium
of: potassium(?: chloride)?
intravenous: !intramuscular = it kills tissue; !intrathecal = it is fatal in the spinal canal
# opioid
of: opioids?(?: analgesia)?|morphine|fentanyl|doses|analgesia
where: shock|burns?\b|acute abdom|severe|trauma|registrar|titrat
intravenous: intramuscular = absorption is slow and erratic; subcutaneous = absorption is slow and erratic; oral = it acts too slowly and absorption is uncertain; topical = it does not act in time
# tranexamic acid
of: tranexamic acid|txa|infusion of tranexamic acid
intravenous: oral = it acts too slowly in bleeding; topical = it does not reach the circulation; !intrathecal = it causes fits and death; subcutaneous = absorption is too slow in bleeding
# antidotes and antibodies
of: idarucizumab|prothrombin complex concentrate|protamine|naloxone infusion|immune globulins?|immunoglobulins?|ivig|protein c concentrates?|infliximab|rituximab|alteplase|hydroxocobalamin|enzyme replacement(?: therapy)?|trastuzumab|antitoxin|antivenom|alglucosidase\S*|imiglucerase
intravenous: oral = it is digested and not absorbed; topical = it does not reach the circulation; rectal = it is not absorbed; intramuscular = the volume and the drug are not made for a muscle
# thiamine
of: thiamine|vitamin b1
where: vomiting|bariatric|wernicke|refeeding|alcohol
intravenous: oral = it is absorbed too poorly to prevent Wernicke encephalopathy; topical = it is not absorbed
# steroid in a severe attack
of: hydrocortisone|methylprednisolone|corticosteroids?|steroids?
where: acute severe|crisis|shock|anaphyla|severe colitis|colitis
intravenous: topical = it does not act on the whole body; rectal = it does not act on the whole body or the whole colon; intramuscular = absorption is too slow for a severe attack
# bisphosphonate
of: bisphosphonates?|pamidronate|zoledron\w+(?: acid)?
where: calcium|hypercalc|saline
intravenous: oral = it is hardly absorbed and too slow in hypercalcaemia; !intramuscular, !subcutaneous = it damages tissue; topical = it is not absorbed
# topical nitrate
of: glyceryl trinitrate|diltiazem|gtn
where: fissure
topical: !intravenous = it drops the blood pressure and is no treatment of a fissure; intramuscular = it is not made for a muscle; oral = it relaxes all vessels and not the sphincter first
# by mouth only
of: glucose-saline|rehydration solution|lactulose|activated charcoal|colestyramine|loperamide|iron tablets|levothyroxine|bowel preparation|laxatives?|alkali|albendazole|ivermectin|praziquantel|hydroxyurea|retinoids?|levodopa|isotretinoin
oral: !intravenous = what is made for the gut is not sterile or not made for a vein; intramuscular, subcutaneous = it is not made to be injected; topical = it does not act through the skin
# anticoagulant by mouth
of: (?:direct )?anticoagulants?|warfarin|apixaban|rivaroxaban
oral: intravenous, subcutaneous = these drugs are tablets; topical = it is not absorbed; intramuscular = these drugs are tablets, and an anticoagulated muscle bleeds
# beta-blocker in an emergency
of: beta-blockers?|labetalol|esmolol
where: dissection|emergency
intravenous: oral = it acts too slowly and cannot be titrated; intramuscular = it cannot be titrated; subcutaneous = it cannot be titrated
# acid suppression after bleeding
of: proton pump inhibitors?|ppi|omeprazole
where: ulcer|bleed|forrest|endoscop|boerhaave
intravenous: intramuscular, subcutaneous = it is not made for that route; topical = it does not act through the skin; rectal = it is not absorbed reliably
# rectal NSAID
of: diclofenac|indometacin|indomethacin|nsaids?
where: ercp
rectal: topical = hardly any reaches the blood; subcutaneous = it damages tissue; !intrathecal = it is toxic in the spinal canal
# chemotherapy into a vein
of: vincristine|vinblastine|doxorubicin|chemotherapy
intravenous: !intrathecal = vinca alkaloids and anthracyclines are fatal there; !intramuscular, !subcutaneous = it kills tissue
# vaccines
of: vaccin\w+|toxoid|immunoglobulin|anti-d
intramuscular: !intravenous = it may cause collapse; oral = it is digested; topical = it is not absorbed
# toxin into the muscle
of: botulinum(?: toxin)?|botox|somatostatin analogues?|ssas|long-acting ssas
intramuscular: !intravenous = what is made to stay in the muscle would flood the body; oral = it is digested; topical, rectal = it is not absorbed
subcutaneous: oral = it is digested; topical = it is not absorbed
# through the skin
of: capsaicin|moisturi[sz]ers?|salicylic acid|chemotherapy for vulvar|minoxidil|tretinoin
topical: !intravenous, !intrathecal = it is made for the skin and would be toxic; intramuscular = it is made for the skin and damages muscle
# nutrition and electrolytes
of: nutrition|feeding|glucose|dextrose|magnesium(?: sulph?f?ate)?|sodium bicarbonate
intravenous: intramuscular = it damages tissue or is far too little; topical = it is not absorbed; subcutaneous = it is taken up too slowly
# aciclovir in the brain
of: aciclovir|acyclovir|antiviral\w*
where: enceph|mening
intravenous: oral = levels in the brain are too low; topical = it does not reach the brain; rectal = it is not absorbed
# steroids on the skin and eye
of: corticosteroids?|steroids?|creams?|ointments?|retinoids?|5-fluorouracil|5-fu|fluorouracil|imiquimod|anti-?fungals?|antibiotics?
where: skin|derma|eczema|psoria|lichen|kerato|wart|vulva|cheil|impetigo|acne
topical: !intrathecal = it is toxic in the spinal canal; rectal = it does not reach the skin
# local anaesthetic
of: local anaesthetics?|local anesthetics?|lidocaine|bupivacaine|anesthetic
topical: !intravenous = it can stop the heart
# folic acid and iron by mouth
of: folic acid|iron|vitamins?|supplements?
oral: topical = it is not absorbed; rectal = it is hardly absorbed
"""
# ruff: noqa: E501
