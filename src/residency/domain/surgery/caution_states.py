"""Cautions from pregnancy, age, earlier events and conditions of a patient.

Reviewed 2026-11; not for clinical use. The form of the table stands in :mod:`residency.domain.surgery.entries`, what
its keys mean in :mod:`residency.domain.surgery.cautions`.
"""

from __future__ import annotations

TABLE = r"""
# pregnancy-ct
fact: is 14 weeks pregnant; has just had a positive pregnancy test; is pregnant in the second trimester
held: turns out to be pregnant; is expecting a child and is at 18 weeks
applies: a ct scan, ct scan, ct scanning, contrast-enhanced ct, ct of the abdomen and pelvis, abdominal ct, computed
  tomography, ct
unless:
  @not_pregnant|pregnan\w*|head|brain|skull|neck|chest|lungs?|retina\w*|osteo\w*|fractur\w*|spin\w+|drain\w*|leak\w*|trauma\w*|injur\w*|stroke|embol\w*|aneurysm|cancer|carcinoma|pet|unstable|shock\w*|perforat\w*
drops: yes
instead: In pregnancy, ultrasound comes first, or MRI without gadolinium where it can answer the question, and
  {matched} is kept for when they cannot. If the mother's life is in danger, nothing that she needs is withheld. Tell
  the radiologist and the obstetrician.
instead: Pregnancy changes the order of tests: ultrasound or MRI without gadolinium goes before {matched} wherever it
  can answer the question. The radiologist and the obstetrician should be asked, and a life-saving test is not delayed.
# pregnancy-tetracycline
fact: is 20 weeks pregnant; is pregnant in the third trimester; is pregnant with her second child
held: is in the sixth month of pregnancy; is expecting a baby in ten weeks
applies: doxycycline, tetracycline, tetracyclines, minocycline, tigecycline
unless: @not_pregnant|pregnan\w*|anthrax|plague|rickett\w*|spotted|typhus|cholera|malaria
drops: yes
instead: In pregnancy, {matched} can harm the child's teeth and bones and should be avoided. Ask microbiology for a
  drug that is safe in pregnancy.
instead: The pregnancy speaks against {matched}, because of the growing bones and teeth. Microbiology can name a safe
  alternative.
# pregnancy-quinolone
fact: is 20 weeks pregnant; is pregnant in the first trimester; is pregnant with her second child
held: is in the sixth month of pregnancy; is expecting a baby in spring
applies: ciprofloxacin, levofloxacin, moxifloxacin, quinolones, fluoroquinolones, a quinolone, a fluoroquinolone
unless: @not_pregnant|pregnan\w*|anthrax|plague|eye drops|ear drops
drops: yes
instead: In pregnancy, {matched} should be avoided where another drug will do. Ask microbiology for one that is safe in
  pregnancy and fits the culture.
instead: The pregnancy speaks against {matched} as long as there is a safer drug. Microbiology can name one.
# early-pregnancy-trimethoprim
fact: is eight weeks pregnant; is in the first trimester of pregnancy; is in the tenth week of pregnancy
held: is seven weeks pregnant; is in early pregnancy
applies: trimethoprim, co-trimoxazole, trimethoprim-sulfamethoxazole
unless: @not_pregnant|pregnan\w*|pneumocystis
drops: yes
instead: In the first trimester, {matched} acts against folate and can harm the embryo, so it should be avoided. Ask
  microbiology for a drug that is safe in early pregnancy.
instead: Early pregnancy speaks against {matched}, because folate is blocked. Microbiology or the obstetrician can name
  a safe alternative.
# late-pregnancy-nsaid
fact: is 32 weeks pregnant; is pregnant in the third trimester; is in the eighth month of pregnancy
held: is 33 weeks pregnant; is expecting a baby in six weeks
applies: @nsaids
unless: @not_pregnant|pregnan\w*|preterm|labour|tocoly\w*|@other_use
drops: yes
instead: In the third trimester, {matched} can close the child's ductus arteriosus too early and must not be given.
  Paracetamol is the first choice, and the obstetrician should be asked about more.
instead: This late in pregnancy, harm to the child's heart and kidneys rules out {matched}. Use paracetamol, and ask
  the obstetrician if that is not enough.
# pregnancy-warfarin
fact: is eight weeks pregnant; is pregnant in the first trimester; has just had a positive pregnancy test
held: is nine weeks pregnant; turns out to be pregnant
applies: warfarin
unless: @not_pregnant|pregnan\w*|mechanical|prosthetic|valve\w*
drops: yes
instead: In pregnancy, {matched} can cause malformations and bleeding in the child. Low-molecular-weight heparin is
  used for clots instead, and haematology and obstetrics should advise.
instead: The pregnancy speaks against {matched}, which harms the unborn child. For clots low-molecular-weight heparin
  is the usual drug, by the advice of haematology and obstetrics.
# pregnancy-ace-inhibitor
fact: is 20 weeks pregnant; is pregnant in the second trimester; is pregnant and near term
held: is in the sixth month of pregnancy; is expecting a baby in spring
applies: ace inhibitors, an ace inhibitor, ramipril, lisinopril, enalapril, captopril, losartan, candesartan,
  angiotensin receptor blockers
unless: @not_pregnant|pregnan\w*
drops: yes
instead: In pregnancy, {matched} can damage the child's kidneys and must not be given. Ask the obstetrician for a drug
  that is safe in pregnancy.
instead: The pregnancy rules out {matched} because of harm to the unborn child. The obstetrician can name a safe drug.
# pregnancy-radioiodine
fact: is eight weeks pregnant; has just had a positive pregnancy test; is pregnant in the second trimester
held: turns out to be pregnant; is expecting a child and is at 16 weeks
applies: radioiodine, radioactive iodine, radioactive iodine treatment, radioactive iodine therapy, radioiodine
  ablation
unless: @not_pregnant|pregnan\w*|breast-?feeding
drops: yes
instead: In pregnancy, {matched} must not be given, because it destroys the child's thyroid. Endocrinology and
  obstetrics decide together on what to do instead.
instead: The pregnancy rules out {matched}: the unborn child's thyroid would be destroyed. Another plan has to be made
  with endocrinology and obstetrics.
# contrast-reaction
fact: had anaphylaxis after iodinated contrast; collapsed during an earlier CT when contrast was injected; has had a
  severe reaction to iodinated contrast medium
held: needed adrenaline after a contrast injection; carries an alert for anaphylaxis to X-ray contrast
applies: ct with intravenous contrast, ct with iv contrast, contrast-enhanced ct, contrast-enhanced computed
  tomography, ct angiography, ct angiogram, triple-phase ct, ct urography, intravenous contrast, iv contrast
unless: allerg\w*|anaphyla\w*|reactions?|gadolinium|non-contrast|ultrasound contrast|contrast-enhanced ultrasound
drops: yes
instead: After a severe contrast reaction, {matched} needs the radiologist's decision first. Say which agent it was,
  ask whether another test will do, and give contrast only with a team that is ready to treat anaphylaxis. In an
  emergency, ring the radiologist at once.
instead: A severe reaction to iodinated contrast means that {matched} is not booked without the radiologist. Another
  test or another agent may do, and staff and drugs for anaphylaxis must be at hand. In an emergency, ring the
  radiologist at once.
# low-gfr-contrast
fact: has an eGFR of 22; has chronic kidney disease with an eGFR of 18; has an acute kidney injury with a rising
  creatinine
held: has stage 4 kidney disease; has a creatinine that has tripled since yesterday
applies: ct with intravenous contrast, ct with iv contrast, contrast-enhanced ct, contrast-enhanced computed
  tomography, ct angiography, ct angiogram, triple-phase ct, ct urography, intravenous contrast, iv contrast
unless: renal (?:function|failure|impairment|injury)|kidney
  (?:function|injury|failure|disease)|egfr|creatinine|dialysis|gadolinium|non-contrast|contrast-enhanced ultrasound
drops: no
instead: Tell the radiologist about the kidney function before {matched}, correct dehydration, and pause drugs that
  harm the kidneys. A scan that decides over life or limb is not delayed for it.
instead: Poor kidney function has to be weighed before {matched}: make sure of good hydration, and ask the radiologist
  whether contrast is needed. In an emergency the scan goes ahead.
# refuses-blood
fact: is an adult Jehovah's Witness with capacity who refuses blood; has capacity and refuses transfusion in writing;
  is a Jehovah's Witness, has capacity and does not accept red cells
held: has made a valid advance decision against blood; is a capable adult who will not accept a transfusion on grounds
  of faith
applies: transfusion, blood transfusion, red cells, red cell transfusion, packed red cells, fresh frozen plasma, blood
  products, massive transfusion
unless:
  jehovah\w*|refus\w*|child\w*|infant\w*|bab(?:y|ies)|neonat\w*|newborn\w*|paediatric|pediatric|\bboy|\bgirl|fetal|sickle|autologous|cell
  salvage|mg/kg|ml/kg
drops: yes
instead: A capable adult's refusal holds, so {matched} must not be given against it. Ask in private which products and
  techniques are accepted, and plan with the anaesthetist and haematology, with cell salvage and tranexamic acid in
  mind.
instead: Because of the valid refusal, {matched} cannot be part of the plan. Find out in private what is accepted,
  record it, and involve a senior surgeon, the anaesthetist and haematology.
# latex-allergy
fact: has a latex allergy; had anaphylaxis to latex gloves; has spina bifida and a proven latex allergy
held: collapsed after contact with a latex balloon; is known to react severely to latex
applies: @operations, urethral catheterisation, urinary catheterisation
unless: @under_way|latex
drops: no
instead: Before {matched}, tell the whole team about the latex allergy. Everything that touches the patient has to be
  free of latex, gloves and catheters among it, and drugs for anaphylaxis must be at hand.
instead: The latex allergy changes the preparation for {matched}: use a latex-free room and equipment, say it at the
  briefing, and be ready to treat anaphylaxis.
# malignant-hyperthermia
fact: had malignant hyperthermia under anaesthesia; comes from a family with malignant hyperthermia; has a positive
  muscle test for malignant hyperthermia
held: has a brother who had malignant hyperthermia in theatre; carries an alert for malignant hyperthermia
applies: suxamethonium, succinylcholine, sevoflurane, isoflurane, desflurane, halothane, volatile anaesthetics, a
  volatile anaesthetic, inhalational anaesthetics
unless: malignant hyperthermia|dantrolene|hyperthermi\w*
drops: yes
instead: With a risk of malignant hyperthermia, {matched} must not be used. Tell the anaesthetist now, so that the
  technique is free of trigger drugs and dantrolene is at hand.
instead: The risk of malignant hyperthermia rules out {matched}. The anaesthetist needs to know at once, to prepare a
  trigger-free anaesthetic and have dantrolene ready.
# suxamethonium-hyperkalaemia
fact: had a major burn ten days ago; has been paralysed by a spinal cord injury for two weeks; has been immobile in
  intensive care for three weeks
held: was badly burnt two weeks ago; has been tetraplegic since an injury last month
applies: suxamethonium, succinylcholine
unless: burn\w*|potassium|hyperkal\w*|spinal cord|denervat\w*|malignant hyperthermia
drops: yes
instead: In this situation {matched} can release so much potassium that the heart stops, so it must not be used. The
  anaesthetist chooses another relaxant, such as rocuronium.
instead: That history rules out {matched}, because of dangerous hyperkalaemia. Tell the anaesthetist, who will use
  another relaxant.
# pacemaker-mri
fact: has an old pacemaker that is not MRI-conditional; has a pacemaker whose leads are not MRI-conditional; has an
  implanted defibrillator that is not cleared for MRI
held: has a pacemaker of unknown make from 1998; carries a defibrillator not approved for MRI
applies: @mri
unless: @child|pacemaker\w*|defibrillator\w*|metal\w*|implant\w*|magnet safe\w*|mri[- ]conditional
drops: yes
instead: With this device, {matched} must not go ahead until cardiology and the MRI safety team have agreed. Ask the
  radiologist which other test can answer the question.
instead: The device has to be named on the request, and {matched} waits for the decision of the MRI safety team and
  cardiology. Another test may answer the question sooner.
# eye-metal-mri
fact: has a metal splinter in the eye from grinding; has a known metal fragment in one eye; has kept a steel fragment
  in the left eye for years
held: has a piece of iron in the eye since an accident at work; has a metallic foreign body in the right eye
applies: @mri
unless: @child|metal\w*|foreign bod\w*|implant\w*|pacemaker\w*
drops: yes
instead: A metal fragment in the eye can move in the magnet and blind the patient, so {matched} must not be done. Ask
  the radiologist for CT, ultrasound or another test.
instead: Because of the metal in the eye, {matched} is ruled out unless the fragment is shown to be harmless or is
  removed. The radiologist can suggest another test.
# steroids-operation
fact: has taken prednisolone 10 mg daily for two years; is on long-term prednisolone for rheumatoid arthritis; takes
  hydrocortisone for Addison's disease
held: has been on daily prednisolone since last winter; takes steroids every day for sarcoidosis
applies: @operations
unless:
  @under_way|steroids?|corticosteroids?|hydrocortisone|predniso\w+|dexamethasone|adrenal\w*|cortisol|cushing\w*|addison\w*
drops: no
instead: Before {matched}, tell the anaesthetist about the steroids, because the adrenal glands may not respond to
  stress. The usual steroid goes on, and hydrocortisone cover is given by the local guideline.
instead: Long-term steroids have to be covered around {matched}, since an adrenal crisis could follow. Do not stop
  them, and agree with the anaesthetist on hydrocortisone.
# insulin-fasting
fact: has type 1 diabetes and takes insulin; is treated with insulin for diabetes; uses an insulin pump for type 1
  diabetes
held: injects insulin four times a day; has had type 1 diabetes since childhood
applies: fasting, preoperative fasting, bowel preparation, mechanical bowel preparation
unless: insulin|diabet\w*|glucose|glycaemi\w*|sugar|blood (?:test|sample)|lipid|gastrin
drops: no
instead: Insulin must be planned for the time around {matched}. In type 1 diabetes the basal insulin is never stopped,
  the glucose is checked hourly, and the local guideline says how other doses change or when an infusion is needed.
instead: Diabetes treated with insulin needs a written plan for the time around {matched}. Keep the basal insulin
  going, check the glucose every hour, and ask the diabetes team or the anaesthetist about the other doses.
# sglt2-operation
fact: takes dapagliflozin for type 2 diabetes; is on empagliflozin for heart failure; has canagliflozin among the
  regular medicines
held: uses empagliflozin every morning; is treated with dapagliflozin for kidney disease
applies: @operations
unless: @under_way|@child|sglt2?\w*|gliflozin|\w+gliflozin|ketoacid\w*|ketones?|diabet\w*
drops: no
instead: Ask the anaesthetist when the SGLT2 inhibitor should be stopped before {matched}, or note the last dose if it
  cannot wait. Check ketones in any unwell patient even if the glucose is normal, because of ketoacidosis.
instead: The SGLT2 inhibitor has to be withheld around {matched}, by the local guideline, because ketoacidosis can
  occur at a normal glucose. Measure ketones if the patient is unwell or vomits.
# sickle-operation
fact: has sickle cell disease; was in hospital with a sickle cell crisis last year; has homozygous sickle cell disease
held: lives with sickle cell anaemia; has had chest crises from sickle cell disease
applies: @operations
unless: @under_way|sickl\w*|haemoglobinopath\w*|splenic sequestration
drops: no
instead: Before {matched}, ask haematology about sickle cell disease and whether transfusion is needed. Keep the
  patient warm, well hydrated and well oxygenated throughout. An operation that saves life or limb is not held up by
  it.
instead: Sickle cell disease has to be planned for around {matched}, together with haematology and the anaesthetist.
  Cold, dehydration, low oxygen and acidosis must be avoided. An operation that saves life or limb does not wait for
  that.
# sleep-apnoea-opioid
fact: has severe obstructive sleep apnoea; uses CPAP at night for sleep apnoea; has severe sleep apnoea and does not
  use the mask
held: sleeps with a CPAP mask; is known to have severe obstructive sleep apnoea
applies: morphine, intravenous morphine, oral morphine, oxycodone, fentanyl, opioids, strong opioids,
  patient-controlled analgesia
unless: @child|apn(?:o)?ea|cpap|intubat\w*|ventilat\w*|palliative
drops: no
instead: In sleep apnoea, {matched} can stop the breathing during sleep. Use the lowest dose that works beside other
  pain relief, give CPAP as at home, and monitor oxygen and sedation closely.
instead: Sleep apnoea makes {matched} more dangerous at night. Combine other kinds of pain relief first, keep CPAP in
  use, and watch breathing, oxygen and sedation.
# child-codeine
fact: is nine years old; is an eight-year-old child; is only seven
held: is ten years old; is a child of six
applies: codeine, co-codamol, tramadol, codeine phosphate
unless: @aged
drops: yes
instead: In a child under 12, {matched} must not be given, because breathing can stop without warning. Use paracetamol
  and, if nothing speaks against it, ibuprofen, and ask the paediatric team about stronger relief.
instead: At that age {matched} is ruled out, since some children turn it into a far stronger opioid. Paracetamol comes
  first, and the paediatric team chooses anything stronger.
# child-aspirin
fact: is nine years old; is a twelve-year-old child; is only seven
held: is ten years old; is a child of eleven
applies: aspirin
unless:
  @aged|reye\w*|prevent\w*|kawasaki|rheumatic|stroke|coronary|cardi\w*|heart|antiplatelet\w*|platelet\w*|stent\w*|thromb\w*|clopidogrel|arter\w*
drops: yes
instead: In a child under 16, {matched} must not be given for pain or fever because of Reye's syndrome. Use
  paracetamol.
instead: At that age {matched} is ruled out for pain or fever, since Reye's syndrome could follow. Paracetamol is the
  first choice.
# child-tetracycline
fact: is six years old; is a five-year-old child; is only seven
held: is a child of four; is not yet six years old
applies: doxycycline, tetracycline, tetracyclines, minocycline
unless: @aged|anthrax|plague|rickett\w*|spotted|typhus|cholera|malaria
drops: yes
instead: In a child this young, {matched} can stain the growing teeth and should be avoided. Ask microbiology or the
  paediatric team for another drug.
instead: At that age the teeth and bones speak against {matched}. The paediatric team or microbiology can name another
  drug.
# obstruction-prokinetic
fact: has complete mechanical bowel obstruction; is vomiting from an obstructing colon cancer; has small bowel
  obstruction from a band
held: has a bowel that is fully blocked; has an obstructing tumour of the sigmoid colon
applies: metoclopramide, prokinetics, a prokinetic, bowel preparation, mechanical bowel preparation, oral bowel
  preparation, stimulant laxatives, senna, laxatives
unless: obstruct\w*|ileus|perforat\w*
drops: yes
instead: In mechanical bowel obstruction, {matched} can cause perforation and must not be given. Decompress with a
  nasogastric tube, and call the surgeon.
instead: The obstruction rules out {matched}, because the bowel could perforate. The stomach is decompressed, and the
  surgeon decides what comes next.
# phaeochromocytoma-beta-blocker
fact: has a phaeochromocytoma that is not yet treated; was found to have a phaeochromocytoma; has an untreated
  paraganglioma that secretes noradrenaline
held: has an adrenal phaeochromocytoma and no alpha blockade; is suspected of having a phaeochromocytoma with raised
  metanephrines
applies: propranolol, bisoprolol, atenolol, metoprolol, labetalol, beta-blockers, a beta-blocker
unless: @child|ph(?:a)?eochromocytoma\w*|paragangliom\w*|alpha[- ]\w+|dissect\w*
drops: yes
instead: In phaeochromocytoma, {matched} must not be started before alpha blockade, because the blood pressure could
  rise dangerously. Ask endocrinology first.
instead: The phaeochromocytoma rules out {matched} until alpha blockade is established, since a crisis could follow.
  Endocrinology should lead the treatment.
# asthma-beta-blocker
fact: has severe asthma; was in intensive care with asthma last year; has brittle asthma
held: is often in hospital with asthma attacks; has poorly controlled asthma
applies: propranolol, nadolol, carvedilol, timolol, a non-selective beta-blocker, non-selective beta-blockers,
  nonselective beta-blockers
unless: asthma\w*|bronchospas\w*
drops: yes
instead: In asthma, {matched} can cause fatal bronchospasm and must not be given. Ask the specialist for another
  treatment of the same problem.
instead: The asthma rules out {matched}, because the airways may close. Another treatment for the same purpose has to
  be chosen with a specialist.
# haemorrhagic-stroke-thrombolysis
fact: had a haemorrhagic stroke last month; has had bleeding into the brain; had an intracerebral haemorrhage six weeks
  ago
held: bled into the brain five weeks ago; is recovering from an intracranial haemorrhage
applies: thrombolysis, alteplase, tenecteplase, systemic thrombolysis, catheter-directed thrombolysis
unless: @child|stroke\w*|intracranial|intracerebral|bleeding|h(?:a)?emorrhag\w*|contraindicat\w*|catheter
  block\w*|pleural|empyema
drops: yes
instead: After bleeding into the brain, {matched} must not be given. The specialist has to choose a treatment without
  thrombolytic drugs.
instead: The brain haemorrhage rules out {matched}, since it could bleed again. Ask the vascular or cardiology
  specialist for another treatment.
# pneumothorax-nitrous-oxide
fact: has a pneumothorax that has not been drained; has an untreated pneumothorax; has a small pneumothorax on the
  chest film
held: has air in the pleural space; was found to have a pneumothorax without a drain
applies: nitrous oxide, entonox
unless: pneumothora\w*|obstruct\w*|ileus
drops: yes
instead: With a pneumothorax, {matched} makes the air in the chest expand and must not be given. Choose other pain
  relief.
instead: The pneumothorax rules out {matched}, because a tension pneumothorax could follow. Another analgesic has to be
  used.
# refeeding
fact: has eaten almost nothing for two weeks and drinks heavily; is alcohol-dependent and badly malnourished; has lost
  a fifth of the body weight in three months
held: has hardly eaten for twelve days; is very thin and lives on alcohol
applies: parenteral nutrition, enteral nutrition, enteral feeding, nasogastric feeding, tube feeding, total parenteral
  nutrition
unless:
  neonat\w*|newborns?|preterm|infants?|bab(?:y|ies)|child(?:ren)?|enterocolitis|refeeding|thiamine|phosphate|malnourish\w*|malnutrition
drops: no
instead: There is a risk of refeeding syndrome, so give thiamine before {matched}, and check potassium, phosphate and
  magnesium. Feeding begins slowly, by the dietitian's plan.
instead: Because of refeeding syndrome, {matched} begins slowly and only after thiamine. Potassium, phosphate and
  magnesium are checked every day at first, and the dietitian makes the plan.
# hyperkalaemia
fact: has a potassium of 6.4 mmol/L; has a serum potassium of 6.7 mmol/L; has hyperkalaemia of 6.6 mmol/L with ECG
  changes
held: has a potassium of 6.8 mmol/L this morning; was just phoned with a potassium of 6.9 mmol/L
applies: spironolactone, eplerenone, amiloride, potassium supplements, potassium chloride
unless: hyperkal\w*|raised potassium|high potassium
drops: yes
instead: With a potassium this high, {matched} must not be given. Record an ECG, treat the hyperkalaemia by the local
  protocol, and call for senior help.
instead: The high potassium rules out {matched}. It needs treatment itself now: an ECG, the local hyperkalaemia
  protocol and a senior.
"""
