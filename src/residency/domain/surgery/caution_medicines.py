"""Cautions from medicines that a patient takes, allergies and organs that clear or bear a medicine badly.

Reviewed 2026-11; not for clinical use. The form of the table stands in :mod:`residency.domain.surgery.entries`, what
its keys mean in :mod:`residency.domain.surgery.cautions`.
"""

from __future__ import annotations

TABLE = r"""
# warfarin-nsaid
fact: takes warfarin for atrial fibrillation; is on warfarin after a pulmonary embolism; has been anticoagulated with
  warfarin for years
held: uses warfarin because of a mechanical heart valve; is kept on warfarin by the anticoagulant clinic
applies: @nsaids
unless: @child|warfarin|anticoag\w*|@other_use
drops: yes
instead: With warfarin, {matched} can cause serious bleeding and should be avoided. Use paracetamol first, and ask a
  senior or a pharmacist about something stronger.
instead: Because of the warfarin, {matched} should not be given for pain, since the risk of bleeding is high.
  Paracetamol is the usual first choice, and a pharmacist can advise on what to add.
# warfarin-antimicrobial
fact: takes warfarin for atrial fibrillation; is on warfarin after a deep vein thrombosis; has a mechanical valve and
  takes warfarin
held: is kept on warfarin for recurrent clots; has warfarin among the regular medicines
applies: metronidazole, ciprofloxacin, levofloxacin, clarithromycin, erythromycin, co-trimoxazole,
  trimethoprim-sulfamethoxazole, fluconazole
unless: @child|warfarin|anticoag\w*|topical|single (?:pre\w*|iv|intravenous)? ?dose|(?:before|at) (?:the
  )?(?:incision|induction)|prophyla\w+
drops: no
instead: Warfarin acts more strongly with {matched}, so bleeding becomes more likely. Check the INR within a few days
  of starting and again after stopping, and adjust the warfarin by it.
instead: With warfarin, {matched} can raise the INR. Tell whoever manages the warfarin, and measure the INR more often
  during the course and after it.
# warfarin-urgent-operation
fact: takes warfarin for atrial fibrillation; is on warfarin after a pulmonary embolism; has a raised INR because of
  warfarin
held: was given warfarin as usual last night; is on long-term warfarin
applies: @urgent
unless: @child|warfarin|anticoag\w*|\binr\b|prothrombin complex|vitamin k
drops: no
instead: Before {matched}, measure the INR at once, and ask the haematologist about reversal of the warfarin with
  vitamin K and prothrombin complex concentrate. Bleeding that threatens life is operated on without waiting.
instead: The warfarin has to be dealt with before {matched}: check the INR now, and agree with haematology on vitamin K
  and prothrombin complex concentrate. An operation that saves life is not held up by it.
# doac-urgent-operation
fact: takes apixaban for atrial fibrillation; is on rivaroxaban after a deep vein thrombosis; took edoxaban this
  morning
held: uses apixaban every day; has been on rivaroxaban since a pulmonary embolism
applies: @urgent
unless: @child|apixaban|rivaroxaban|edoxaban|dabigatran|doacs?|anticoag\w*|prothrombin complex
drops: no
instead: Before {matched}, find out when the last dose of the anticoagulant was taken, and check renal function. Ask
  the haematologist about drug levels and reversal, because a normal clotting screen does not exclude an effect.
  Bleeding that threatens life is operated on without waiting.
instead: The anticoagulant has to be reckoned with before {matched}: note the time of the last dose and the renal
  function, and ask haematology about reversal. A normal INR does not show that the drug has gone. An operation that
  saves life is not held up by it.
# anticoagulant-neuraxial
fact: takes rivaroxaban for atrial fibrillation; is on apixaban after a pulmonary embolism; takes warfarin every
  evening
held: is fully anticoagulated with apixaban; has been on warfarin for years and took it yesterday
applies: epidural analgesia, epidural anaesthesia, spinal anaesthesia, spinal anesthesia, an epidural, a spinal
  anaesthetic, neuraxial anaesthesia, neuraxial analgesia, a lumbar puncture, lumbar puncture
unless:
  @child|apixaban|rivaroxaban|edoxaban|dabigatran|warfarin|doacs?|anticoag\w*|heparin|clotting|coagul\w+|h(?:a)?ematoma
drops: yes
instead: While the anticoagulant acts, {matched} carries a risk of spinal haematoma and must not be done. The
  anaesthetist decides how long to wait, by the drug, the last dose, renal function and clotting, or chooses another
  technique.
instead: Because of the anticoagulant, {matched} must wait or be replaced, since a spinal haematoma could follow. Ask
  the anaesthetist, and tell them the drug and the time of the last dose.
# stent-elective-operation
fact: had a drug-eluting coronary stent four weeks ago and takes aspirin and clopidogrel; is on dual antiplatelet
  treatment for a coronary stent put in last month; takes aspirin and ticagrelor since a heart attack with stenting
  three weeks ago
held: received a coronary stent five weeks ago and is on two antiplatelet drugs; was stented for a heart attack last
  month and takes prasugrel with aspirin
applies: elective surgery, elective repair, elective resection, elective cholecystectomy, elective colectomy, interval
  cholecystectomy, planned surgery, planned repair, elective laparoscopic cholecystectomy
unless:
  @child|stent\w*|clopidogrel|ticagrelor|prasugrel|antiplatelet\w*|cancer|carcinoma|malignan\w+|tumour|aneurysm\w*
drops: yes
instead: So soon after a coronary stent, {matched} should be put off. Do not stop either antiplatelet drug without the
  cardiologist, and agree on a later date with cardiology and anaesthesia.
instead: With a new coronary stent, {matched} has to wait, because stopping the antiplatelet drugs risks a clot in the
  stent. The cardiologist says when and how the drugs may be changed.
# hit-heparin
fact: has had heparin-induced thrombocytopenia; developed heparin-induced thrombocytopenia with a clot last month; was
  told never to have heparin again because of heparin-induced thrombocytopenia
held: has proven heparin-induced thrombocytopenia; had immune thrombocytopenia due to heparin after heart surgery
applies: @heparins
unless: heparin-induced|\bhit\b|argatroban|danaparoid|fondaparinux|platelet count|thrombocytop\w+
drops: yes
instead: After heparin-induced thrombocytopenia, {matched} must not be given, and line flushes must be free of heparin
  too. Ask the haematologist which other anticoagulant to use.
instead: Heparin-induced thrombocytopenia rules out {matched} and every other heparin. The haematologist chooses an
  anticoagulant of another kind.
# penicillin-anaphylaxis
fact: had anaphylaxis to penicillin; collapsed with wheeze and swelling after amoxicillin; has a confirmed severe
  penicillin allergy
held: nearly died of anaphylaxis after a penicillin injection; carries an alert for anaphylaxis to penicillins
applies: @penicillins
unless:
  allerg\w*|anaphyla\w*|hypersensitiv\w*|rash|\w*syphilis|endocarditis|mening\w*|listeri\w*|desensitis\w*|desensitiz\w*
drops: yes
instead: After anaphylaxis to a penicillin, {matched} must not be given. Use what the local guideline names for severe
  penicillin allergy, or ask microbiology.
instead: With a severe penicillin allergy, {matched} is ruled out. The local guideline names the alternative for severe
  allergy, and microbiology can help if it does not.
# cephalosporin-anaphylaxis
fact: had anaphylaxis to cefuroxime; collapsed after a dose of ceftriaxone and was given adrenaline; has a confirmed
  severe allergy to cefazolin
held: needed adrenaline after a cephalosporin; had an anaphylactic reaction to cefazolin at induction
applies: @cephalosporins
unless: allerg\w*|anaphyla\w*|hypersensitiv\w*
drops: yes
instead: After anaphylaxis to a cephalosporin, {matched} must not be given. Ask microbiology for a drug of another
  class, and say how severe the reaction was.
instead: With a severe cephalosporin allergy, {matched} should be replaced by a drug of another class. Microbiology can
  name one that fits, and the allergy must stand on the chart.
# chlorhexidine-allergy
fact: had anaphylaxis to chlorhexidine; has a proven chlorhexidine allergy; collapsed when a line coated with
  chlorhexidine was placed
held: reacted severely to a chlorhexidine wipe; is listed as allergic to chlorhexidine after a collapse in theatre
applies: chlorhexidine, alcoholic chlorhexidine, chlorhexidine in alcohol
unless: allerg\w*|anaphyla\w*|hypersensitiv\w*
drops: yes
instead: With an allergy to chlorhexidine, {matched} must not be used, and neither must gels, wipes or lines that
  contain it. Povidone-iodine is the usual alternative for the skin.
instead: Because of the chlorhexidine allergy, {matched} is ruled out. Prepare the skin with povidone-iodine unless
  that is a problem too, and check lubricants and coated lines.
# povidone-iodine-reaction
fact: had a severe skin reaction to povidone-iodine; blistered widely after povidone-iodine skin preparation; has a
  proven allergy to povidone-iodine
held: reacted badly to a povidone-iodine wash; is known to be allergic to povidone-iodine
applies: povidone-iodine, povidone iodine, betadine
unless: allerg\w*|anaphyla\w*|hypersensitiv\w*|thyr\w+|reactions?|another antiseptic
drops: yes
instead: After such a reaction, {matched} should not be used again. Choose another antiseptic that suits the site, such
  as chlorhexidine for intact skin.
instead: Because of that reaction, {matched} has to be replaced by another antiseptic. Chlorhexidine suits intact skin,
  and infection control can advise for other sites.
# low-gfr-nsaid
fact: has an eGFR of 22; has chronic kidney disease with an eGFR of 18; has an eGFR of 25 that is falling
held: has stage 4 kidney disease; has kidney function down to an eGFR of 20
applies: @nsaids
unless: renal|kidney\w*|egfr|creatinine|dialysis|@other_use
drops: yes
instead: With kidney function this poor, {matched} should be avoided, because the kidneys may fail. Use paracetamol,
  and ask a pharmacist what else is safe.
instead: In kidney disease of this degree, {matched} could do lasting harm to the kidneys. Paracetamol is the first
  choice, and stronger pain relief is chosen with a pharmacist or the renal team.
# low-gfr-lmwh
fact: has an eGFR of 22; has chronic kidney disease with a creatinine clearance of 18 mL/min; has stage 5 kidney
  disease
held: has stage 4 kidney disease; has a creatinine clearance of 20 mL/min
applies: low-molecular-weight heparin, low molecular weight heparin, lmwh, enoxaparin, dalteparin, fondaparinux
unless: renal (?:function|failure|impairment)|kidney\w*|egfr|creatinine|dialysis|unfractionated|heparin-induced
drops: yes
instead: With kidney function this poor, {matched} can build up and cause bleeding. Reduce the dose or use
  unfractionated heparin, as the local protocol says.
instead: The kidneys clear {matched} too slowly here, so the usual dose is not safe. The local protocol says whether to
  give less or to use unfractionated heparin.
# low-gfr-aminoglycoside
fact: has an eGFR of 22; has chronic kidney disease with an eGFR of 18; has an acute kidney injury with a creatinine
  three times the usual
held: has stage 4 kidney disease; has a creatinine that has tripled since yesterday
applies: gentamicin, amikacin, tobramycin, aminoglycosides, an aminoglycoside
unless: renal (?:function|failure|impairment)|kidney
  (?:function|injury|failure|disease)|nephrotox\w*|egfr|creatinine|dialysis|trough|gel|cream|ear drops|eye drops
drops: yes
instead: With kidney function this poor, {matched} can build up and harm the kidneys and the hearing. Ask microbiology
  for another drug, or for the dose and the levels if there is none.
instead: Poor kidney function makes {matched} risky for the kidneys and the inner ear. Microbiology should say whether
  another drug will do, and if not, how to dose by levels.
# low-gfr-metformin
fact: has an eGFR of 22; has chronic kidney disease with an eGFR of 18; has an eGFR of 25 that is falling
held: has stage 4 kidney disease; has kidney function down to an eGFR of 20
applies: metformin
unless: @child|renal|kidney\w*|egfr|creatinine|dialysis|lactic
drops: yes
instead: With an eGFR below 30, {matched} must not be given, because of the risk of lactic acidosis. Ask the diabetes
  team what to use for the glucose.
instead: Kidney function this poor rules out {matched}, which can lead to lactic acidosis. The diabetes team should
  choose another treatment.
# low-gfr-opioid
fact: has an eGFR of 16; has chronic kidney disease with an eGFR of 14; has end-stage kidney disease
held: has kidney function down to an eGFR of 12; is on haemodialysis
applies: morphine, intravenous morphine, oral morphine, codeine, tramadol
unless: renal (?:function|failure|impairment)|kidney
  (?:function|injury|failure|disease)|egfr|creatinine|dialysis|intrathecal
drops: yes
instead: With kidney function this poor, {matched} and its breakdown products build up and can stop the breathing. Ask
  the pain team for an opioid that suits renal failure, or give small doses far apart under close watch.
instead: Renal failure makes the effect of {matched} stronger and longer. Choose another opioid with the pain team or a
  pharmacist, or reduce the dose and watch breathing and sedation closely.
# low-gfr-nitrofurantoin
fact: has an eGFR of 22; has chronic kidney disease with an eGFR of 18; has an eGFR of 25 that is falling
held: has stage 4 kidney disease; has kidney function down to an eGFR of 20
applies: nitrofurantoin
unless: renal|kidney\w*|egfr|creatinine|dialysis
drops: yes
instead: With an eGFR below 30, {matched} does not work well in the urine and is more toxic, so it must not be used.
  Choose another drug by the culture and with microbiology.
instead: Kidney function this poor rules out {matched}, which would fail and could harm the nerves. Ask microbiology
  for a drug that fits the culture.
# methotrexate-trimethoprim
fact: takes methotrexate once a week for rheumatoid arthritis; is on weekly methotrexate for psoriasis; has
  methotrexate among the regular medicines
held: injects methotrexate every Friday; is treated with low-dose methotrexate
applies: trimethoprim, co-trimoxazole, trimethoprim-sulfamethoxazole
unless: @child|methotrexate
drops: yes
instead: With methotrexate, {matched} can shut down the bone marrow and must not be given. Choose another antibiotic
  with microbiology.
instead: The methotrexate rules out {matched}, because together they can cause fatal bone marrow failure. Ask
  microbiology for another drug.
# lithium-nsaid
fact: takes lithium for bipolar disorder; has been on lithium for years; is treated with lithium carbonate
held: uses lithium to prevent mania; is stable on lithium
applies: @nsaids
unless: @child|lithium|@other_use
drops: yes
instead: With lithium, {matched} can raise the lithium level to a toxic one and should be avoided. Use paracetamol, and
  ask a pharmacist about anything stronger.
instead: Because of the lithium, {matched} should not be given for pain, since the kidneys would clear less lithium.
  Paracetamol is the first choice.
# ulcer-nsaid
fact: has an active duodenal ulcer; had a bleeding gastric ulcer two weeks ago; is being treated for a peptic ulcer
  that bled
held: bled from a stomach ulcer last week; has an ulcer in the duodenum that has not healed
applies: @nsaids
unless: @child|ulcer\w*|peptic|@other_use
drops: yes
instead: With an active ulcer, {matched} could make it bleed or perforate and must not be given. Use paracetamol, with
  an opioid if needed.
instead: The ulcer rules out {matched}, because bleeding and perforation become more likely. Paracetamol is the first
  choice, and an opioid may be added.
# aspirin-asthma
fact: has asthma that gets worse with aspirin; had a severe asthma attack after ibuprofen; has aspirin-sensitive asthma
  with nasal polyps
held: wheezed badly after taking aspirin once; has asthma and reacts to anti-inflammatory tablets
applies: @nsaids, aspirin
unless: asthma\w*|allerg\w*|secondary prevention|continu\w*|@other_use
drops: yes
instead: With asthma of this kind, {matched} can set off a severe attack and must not be given. Choose another drug for
  the purpose with a senior or a pharmacist, and record the reaction as an alert.
instead: That reaction rules out {matched}, because a severe attack of asthma could follow. Ask a senior or a
  pharmacist for an alternative.
# heart-failure-nsaid
fact: has heart failure with a poor left ventricle; was in hospital with heart failure last month; has severe heart
  failure
held: has an ejection fraction of 25% and swollen legs; is treated for advanced heart failure
applies: @nsaids
unless: @child|heart failure|cardiac failure|@other_use
drops: yes
instead: In heart failure, {matched} should not be given, because salt and water are retained and the heart failure
  gets worse. Use paracetamol first.
instead: The heart failure speaks against {matched}, because salt and water are retained. Paracetamol is the first
  choice, and a pharmacist can advise on what to add.
# cirrhosis-nsaid
fact: has cirrhosis with ascites; has decompensated cirrhosis; has alcohol-related cirrhosis and oesophageal varices
held: has cirrhosis and needs ascites drained every month; has advanced liver cirrhosis
applies: @nsaids
unless: @child|cirrho\w*|liver|ascites|varic\w+|@other_use
drops: yes
instead: In cirrhosis, {matched} can bring on bleeding and kidney failure and must be avoided. Paracetamol at a reduced
  dose is preferred, by the advice of a pharmacist or hepatologist.
instead: The cirrhosis rules out {matched}, because the kidneys may fail and varices may bleed. A reduced dose of
  paracetamol is the safer choice.
# encephalopathy-sedative
fact: has decompensated cirrhosis with encephalopathy; has liver failure and is drowsy; has cirrhosis and was confused
  last week
held: has hepatic encephalopathy; has advanced cirrhosis with bouts of confusion
applies: midazolam, diazepam, lorazepam, temazepam, benzodiazepines, a benzodiazepine, morphine, intravenous morphine,
  tramadol, codeine
unless: @child|cirrho\w*|liver|hepat\w+|encephalopath\w+|seizures?|epilep\w+|convuls\w+|fits|alcohol withdrawal|tetanus
drops: yes
instead: With a liver this poor, {matched} can deepen encephalopathy and stop the breathing. Look for another way, or
  give a small dose under close watch by the advice of a senior.
instead: Encephalopathy makes {matched} dangerous even in usual doses. Ask a senior or the hepatologist first, and
  watch consciousness and breathing closely if there is no other way.
# g6pd
fact: has G6PD deficiency; had haemolysis from G6PD deficiency as a child; is known to lack G6PD
held: was found to have G6PD deficiency after eating broad beans; carries an alert for G6PD deficiency
applies: nitrofurantoin, dapsone, primaquine, rasburicase, methylene blue, methylthioninium chloride
unless: g6pd|glucose-6-phosphate|haemoly\w+|hemoly\w+
drops: yes
instead: In G6PD deficiency, {matched} can cause severe haemolysis and must not be given. Ask a pharmacist or the
  haematologist for a safe alternative.
instead: The G6PD deficiency rules out {matched}, because red cells may break down. A pharmacist or the haematologist
  can name a safe alternative.
# long-qt
fact: has congenital long QT syndrome; has a corrected QT interval of 520 ms; had torsades de pointes last year
held: has a QTc of 530 ms on today's ECG; is followed by cardiology for long QT syndrome
applies: erythromycin, clarithromycin, ondansetron, haloperidol, droperidol, domperidone, moxifloxacin, methadone
unless: \bqtc?\b|torsades?|arrhythmi\w*
drops: yes
instead: With a long QT interval, {matched} can set off torsades de pointes and should not be given. Choose another
  drug with a pharmacist, and correct potassium and magnesium.
instead: The long QT interval speaks against {matched}, because a dangerous rhythm could follow. Ask a pharmacist or
  cardiology for an alternative, and check potassium and magnesium.
# myasthenia-antibiotic
fact: has myasthenia gravis; takes pyridostigmine for myasthenia gravis; had a myasthenic crisis last year
held: is treated for generalised myasthenia gravis; has myasthenia with weak swallowing
applies: gentamicin, amikacin, tobramycin, aminoglycosides, an aminoglycoside, ciprofloxacin, levofloxacin,
  moxifloxacin, erythromycin, clarithromycin
unless: myastheni\w*|ear drops|eye drops|cream
drops: yes
instead: In myasthenia gravis, {matched} can bring on weakness of the breathing muscles and should be avoided. Ask
  microbiology for an alternative, and tell the neurologist.
instead: The myasthenia speaks against {matched}, because muscle weakness could get dangerously worse. Microbiology can
  name a safer drug.
# parkinson-antiemetic
fact: has Parkinson's disease; takes levodopa for Parkinson's disease; has advanced Parkinson's disease
held: is treated with levodopa because of parkinsonism; has had Parkinson's disease for ten years
applies: metoclopramide, prochlorperazine, haloperidol, droperidol
unless: @child|parkinson\w*|levodopa|dystoni\w*
drops: yes
instead: In Parkinson's disease, {matched} blocks dopamine and can make the patient rigid, so it must be avoided. Ask a
  pharmacist or the neurologist for a safe alternative, and give the Parkinson medicines on time.
instead: Because of Parkinson's disease, {matched} is ruled out: movement and swallowing could get much worse. A
  pharmacist or the neurologist can name an alternative.
# serotonergic-antidepressant
fact: takes phenelzine, a monoamine oxidase inhibitor; is on a monoamine oxidase inhibitor for depression; has taken
  tranylcypromine for years
held: uses isocarboxazid, a monoamine oxidase inhibitor; is treated with an irreversible monoamine oxidase inhibitor
applies: pethidine, meperidine, tramadol, linezolid, methylene blue, methylthioninium chloride
unless: @child|monoamine|\bmaois?\b|serotonin\w*|phenelzine
drops: yes
instead: With a monoamine oxidase inhibitor, {matched} can cause a fatal serotonin syndrome and must not be given. Ask
  a pharmacist or the anaesthetist for an alternative.
instead: The monoamine oxidase inhibitor rules out {matched}, because serotonin syndrome may follow. A pharmacist can
  name a safer drug.
# simvastatin-macrolide
fact: takes simvastatin every evening; is on simvastatin 40 mg; has simvastatin among the regular medicines
held: uses simvastatin after a stroke; is treated with simvastatin for high cholesterol
applies: erythromycin, clarithromycin, itraconazole, ketoconazole, posaconazole
unless: @child|statins?|simvastatin|shampoo|cream|topical
drops: no
instead: Simvastatin must not be taken together with {matched}, because muscle breakdown can follow. Stop the
  simvastatin for the course, or choose another anti-infective drug.
instead: During treatment with {matched}, the simvastatin must be paused, since rhabdomyolysis could follow. Another
  anti-infective drug is the other way out.
"""
