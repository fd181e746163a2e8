"""Emergencies as a junior tells them: abdomen, infection, theatre and ward. Reviewed 2026-11; not for clinical use."""

from __future__ import annotations

TABLE = r"""
# leak-on-day-six
topic: colorectal
says: Sixth day after a low anterior resection. She had been fine, now in AF at 140, lactate 3.9, CRP doubled to 290,
  shoulder-tip ache and she looks grey. The drain is dry so the house officer wants physio for a chest infection.
call: {surgeon}|colorectal
state: antibiotic|tazobactam|meropenem
state: ct|re-?operat|laparotom|theatre|source control
state: fluid|lactate|culture|sepsis
never: physiotherapy (?:is|will)|dry drain (?:excludes|rules out)|(?:ct|review)..tomorrow
gold: This is an emergency: an anastomotic leak with sepsis until proved otherwise, and a dry drain does not exclude
  it. Take cultures and lactate, give broad-spectrum antibiotics within the hour, oxygen and fluid. Call the colorectal
  surgeon and critical care now; CT with contrast follows at once if she is stable enough, otherwise theatre.

# groin-lump-and-vomiting
topic: hernia
says: 82-year-old lady, three days of vomiting, abdomen blown up. Below and lateral to the pubic tubercle is a
  plum-sized lump that hurts, with pink skin. The care home doctor pushed on it twice. Enema and see?
call: {surgeon}
state: nasogastric|ng tube|\bng\b|ryle
state: theatre|operat|explor|repair
state: fluid|resuscitat|antibiotic
never: (?:try|attempt|keep)..(?:push|reduc)..again|enema (?:is|should|will)|outpatient
gold: This is an emergency: a strangulated femoral hernia with bowel obstruction. Do not push on it again. Give fluid
  and antibiotics, pass a nasogastric tube and a urinary catheter, and keep her fasted. Call the senior surgeon on call
  and the anaesthetist now, for an operation without delay.

# soft-belly-high-lactate
topic: vascular
says: 77, stopped warfarin for a cataract. Since four this morning the worst belly pain of his life, yet I can press
  anywhere without him guarding. Lactate 6.1, white cells 24. Creatinine 170, so radiology decline contrast.
call: {surgeon}|vascular|radiolog
state: ct angio|cta\b|contrast|ct
state: heparin
never: without contrast (?:is|will)|wait..(?:creatinine|renal function)|repeat..lactate..(?:six|6) hours
gold: This is an emergency: acute mesenteric ischaemia until proved otherwise. The creatinine must not hold up a CT
  angiogram: tell the radiologist so, consultant to consultant. Call the general and the vascular surgeon now. Give
  fluid, oxygen, broad-spectrum antibiotics, analgesia and unfractionated heparin unless something forbids it.

# hole-in-the-duodenum
topic: upper-gi
says: Arthritis patient on diclofenac. At 02:10 "as if shot" below the ribs, now he won't even cough, whole front wall
  like a plank; upright film has a black crescent on the right. He is only 46, obs nearly normal: can it keep until the
  day team?
call: {surgeon}
state: antibiotic|fluid|nasogastric|\bng\b|proton|resuscitat
state: theatre|operat|laparoscop|laparotom|repair|ct
never: (?:can|may) (?:keep|wait)|day team (?:can|will)|endoscopy..first
gold: It must not wait for the day team: this is a perforated ulcer with peritonitis, an emergency. Call the surgical
  registrar or consultant and the anaesthetist now. Give fluid, intravenous antibiotics, a proton pump inhibitor and
  opioid analgesia, pass a nasogastric tube, and prepare for an operation.

# vomited-then-chest-pain
topic: upper-gi
says: After a curry and far too much beer he vomited hard, then felt something give behind the breastbone. He's
  sweating, left base is dull and his neck feels like bubble wrap. Troponin negative, so cardiology handed him to us.
call: {surgeon}|thoracic|upper gi|{anaes}
state: ct|contrast
state: antibiotic|nil by mouth|fasted|drain|nothing by mouth
never: oral fluids|(?:eat|drink) freely|reflux|discharge with
gold: This is life-threatening: a ruptured oesophagus, Boerhaave's syndrome. Nothing by mouth, oxygen, fluid, and
  broad-spectrum antibiotics with antifungal cover now. Get a CT of the chest with oral contrast at once. Call the
  thoracic or upper gastrointestinal surgeon and critical care.

# varices-at-midnight
topic: upper-gi
says: Known cirrhosis, yellow, ascites. Two kidney dishes of fresh blood in the last ten minutes, pulse 131, systolic
  82, starting to talk nonsense. Endoscopist is at home.
call: endoscop|gastroenterolog|{anaes}|{surgeon}|{arrest}|haemorrhage|hemorrhage
state: blood|transfus|major haemorrhage|massive
state: terlipressin|octreotide|vasopress
state: antibiotic|ceftriaxone|airway|intubat
never: wait..(?:morning|home)|saline..(?:3|three) lit
gold: This is a life-threatening variceal bleed. Call the anaesthetist to protect the airway and the endoscopist in
  from home now, and activate the major haemorrhage protocol. Give blood to a restrictive target, terlipressin and
  ceftriaxone; endoscopy follows as soon as he is resuscitated, with balloon tamponade as the bridge.

# rigors-with-jaundice
topic: hepatobiliary
says: Gallstones on the waiting list. Shaking so hard the bed rattles, 39.6, eyes yellow, BP 84/50 and doesn't know
  where she is. Bilirubin 140, ducts 14 mm. ERCP list is Monday, today is Saturday.
call: {surgeon}|gastroenterolog|endoscop|{anaes}|radiolog
state: antibiotic|tazobactam
state: drain|ercp|decompress
state: fluid|lactate|culture|sepsis
never: monday (?:is|will be) (?:fine|acceptable)|until monday is
gold: Monday is too late: this is severe acute cholangitis with septic shock, an emergency. Take cultures and lactate,
  give broad-spectrum antibiotics and fluid within the hour, with vasopressors if the pressure stays low. Call the
  on-call endoscopist, the surgeon and critical care now for biliary drainage tonight, by ERCP or through the skin.

# colitis-getting-worse
topic: colorectal
says: Ulcerative colitis, fifth day of intravenous hydrocortisone, still fourteen bloody stools. Tonight pulse 126,
  temp 38.8, tummy distended and sore, transverse colon 7.5 cm on the film. Gastro suggest giving the steroid another
  three days.
call: {surgeon}|colorectal|gastroenterolog
state: colectom|operat|theatre
state: fluid|antibiotic|potassium|stop..(?:opioid|loperamide)
never: another (?:three|3) days..(?:is|seems) (?:fine|reasonable)|loperamide (?:may|can|will) help
gold: This is an emergency: toxic megacolon that medical treatment has failed, and three more days risk perforation.
  Call the colorectal surgeon now and the consultant gastroenterologist. Give fluid, correct potassium, broad-spectrum
  antibiotics, no opioids or antidiarrhoeals, and prepare for subtotal colectomy with ileostomy.

# boy-with-a-high-testis
topic: urology
says: 13-year-old woke at 5 with left groin pain and vomited; it is now 8. Scrotum red, the left one rides high and
  won't let me touch it; no reflex on that side. The sonographer starts at ten.
call: urolog|{surgeon}|paediatric
state: explor|theatre|detors
state: fasted|nil by mouth|consent|analges|pain relief
never: (?:wait|scan|ultrasound)..ten (?:is|would)|antibiotics..epididym|ultrasound (?:must|should) (?:come|be done)
  first
gold: This cannot wait until ten: it is testicular torsion, and the testis is lost within hours. Call the urologist or
  the surgeon on call and the anaesthetist now for immediate exploration, with fixation of both sides. Keep him fasted,
  give pain relief, and let no ultrasound hold it up.

# rotten-perineum
topic: infection
says: Diabetic with what was called a boil near the scrotum on Tuesday. Overnight a dusky patch ran up to the groin, it
  crackles, smells, and he screams out of all proportion. Glucose 29, pressure 88. Draw round it and switch to
  co-amoxiclav?
call: {surgeon}|urolog|plastic
state: debrid|theatre|excis
state: antibiotic|meropenem|tazobactam|clindamycin
never: (?:draw|mark)..and (?:review|observe) (?:in|him)|oral antibiotics (?:are|is)|(?:mri|ct)..(?:before|first)
gold: This is a life-threatening emergency: necrotising fasciitis of the perineum, Fournier's gangrene. He needs
  surgical debridement now, and no scan may hold it up. Give fluid, and meropenem, vancomycin and clindamycin after
  cultures, and insulin. Call the surgeon, the urologist, the anaesthetist and critical care at once.

# stone-and-rigors
topic: urology
says: 35-year-old with a 6 mm stone at the left pelviureteric junction, one kidney only since childhood. Temp 39.2,
  teeth chattering, BP 90/44, no urine since last night. Urology clinic says tamsulosin and fluids.
call: urolog|radiolog|{surgeon}|{anaes}
state: nephrostom|stent|decompress|drain
state: antibiotic|gentamicin|culture
never: tamsulosin (?:is|and)..(?:fine|reasonable)|lithotripsy now
gold: This is an emergency: an infected, obstructed single kidney. Take cultures, give broad-spectrum antibiotics and
  fluid within the hour. Call the urologist and the interventional radiologist now, for a nephrostomy or a stent
  tonight; the stone itself waits until the infection is over. Tell critical care.

# sickle-cell-erection
topic: urology
says: HbSS, 22, erection for nine hours. Shaft rock solid, glans soft, aspirate from the corpus is black and pH 7.0. He
  wants a cold shower and to sleep it off.
call: urolog|haematolog|{surgeon}
state: aspirat|irrigat|phenylephrine
state: oxygen|fluid|analges|pain relief|transfus
never: cold shower (?:is|may)|sleep it off (?:is|and)
gold: This is an emergency: ischaemic priapism, and each hour costs erectile function. Call the urologist and the
  haematologist now. Give analgesia, fluid and oxygen, block the penis, aspirate and irrigate the corpora, and inject
  diluted phenylephrine with monitoring; a shunt follows if that fails.

# green-vomit-newborn
topic: paediatric
says: Term girl, five days, fed well until today. Bright green on the muslin three times, belly flat, she looks well.
  Postnatal ward ask for a change of formula.
call: paediatric|{surgeon}|neonat
state: contrast|nasogastric|\bng\b
state: fluid|stop..feed|nil by mouth|cannula|access
never: change..formula (?:is|and)|reassure the
gold: This is an emergency however well she looks: bilious vomiting in a newborn is malrotation with volvulus until
  proved otherwise. Stop feeds, pass a nasogastric tube, get access and give fluid. Call the paediatric surgeon now and
  get an upper gastrointestinal contrast study at once; if she is ill, theatre comes first.

# coin-that-was-no-coin
topic: paediatric
says: Toddler of 20 months, drooling and off food since noon, mother missing something from the hearing aid box. Film:
  round disc at the clavicles with a double rim. Registrar thinks coin, list tomorrow afternoon.
call: ent\b|{surgeon}|endoscop|gastroenterolog|{anaes}
state: endoscop|oesophagoscop|remov
state: honey|sucralfate|nil by mouth|fasted
never: tomorrow (?:afternoon )?is (?:fine|acceptable)|wait..pass
gold: This is an emergency: the double rim is a button battery in the oesophagus, and it burns through within two
  hours. Call ENT or the paediatric surgeon and the anaesthetist now for immediate endoscopic removal. Give honey or
  sucralfate on the way if local guidance allows it, otherwise keep the child fasted.

# faint-and-late-period
topic: gynaecology
says: 27F referred to us as appendicitis. Right iliac fossa pain, passed out in the queue, pulse 124, BP 86/40, last
  period seven weeks ago, coil in place. Ultrasound can fit her in after lunch.
call: gyna?ecolog|obstetric|{surgeon}|{anaes}
state: pregnancy test|hcg
state: blood|cross-?match|cannula|access|resuscitat
state: theatre|laparoscop|laparotom
never: after lunch is (?:fine|acceptable)|coil (?:excludes|rules out)
gold: This is life-threatening and cannot wait until after lunch: a ruptured ectopic pregnancy, coil or no coil. Put in
  two large cannulae, do a bedside pregnancy test, cross-match and give blood. Call the gynaecologist and the
  anaesthetist now; she goes to theatre.

# rigid-jaw-rising-co2
topic: anaesthesia
says: Twenty minutes into a hernia under sevoflurane, he had suxamethonium. End-tidal CO2 is 9.8 kPa whatever I do with
  the ventilator, jaw like iron, pulse 150 and the probe reads 39.4. The surgeon wants to finish.
call: {anaes}|help|{arrest}|senior|consultant
state: dantrolene
state: stop..(?:volatile|sevoflurane|trigger|agent)|(?:volatile|sevoflurane)..(?:off|stop)|turn off
state: cool|oxygen
never: finish the (?:operation|hernia) first|paracetamol (?:is|will)
gold: This is a life-threatening emergency, malignant hyperthermia. Stop the sevoflurane now, give 100% oxygen at high
  flow and go on with propofol. Call for help and for the kit: dantrolene 2.5 mg/kg at once and again. Cool him, treat
  potassium and acidosis; the surgeon stops as soon as it is safe. Tell the consultant anaesthetist and critical care.

# block-then-fit
topic: anaesthesia
says: I infiltrated 40 mL of 0.5% bupivacaine for a big lipoma in a 52 kg woman. She said her lips tingled, talked
  rubbish, then fitted; the monitor shows broad complexes at 38.
call: {arrest}|{anaes}|help
state: lipid|intralipid
state: stop..inject|airway|oxygen|ventilat
never: (?:give|use)..lidocaine|lignocaine..arrhythm|observe only
gold: This is life-threatening: local anaesthetic toxicity. Stop injecting, put out the arrest call and get the
  anaesthetist. Give oxygen and secure the airway, stop the seizure with a small dose of benzodiazepine, and give 20%
  lipid emulsion 1.5 mL/kg as a bolus, then an infusion. Start resuscitation if the circulation fails, with small doses
  of adrenaline and no lidocaine.

# antibiotic-then-wheeze
topic: anaesthesia
says: I gave the cefuroxime on induction, ninety seconds later the pressure is unrecordable, I can't ventilate against
  the wheeze and his chest is covered in blotches. Someone is drawing up chlorphenamine.
call: {anaes}|{arrest}|help
state: adrenaline|epinephrine
state: fluid|oxygen|legs|stop..(?:antibiotic|cefuroxime|drug)
never: chlorphenamine (?:first|is enough|should do)|hydrocortisone first|adrenaline..(?:only if|not needed)
gold: This is anaphylaxis and immediately life-threatening. Call for help and stop the drug. Adrenaline comes first:
  small intravenous doses of 50 micrograms by the anaesthetist, or 0.5 mg into the muscle, and again. Give 100% oxygen,
  rapid fluid and raise the legs; chlorphenamine does not treat it.

# wrong-blood
topic: transfusion
says: About 30 mL of the new unit has gone in. He is shivering, has loin pain, is scared, and the bag of the catheter
  is turning port-wine. Wristband says Miller, label on the unit says Millar.
call: haematolog|blood bank|transfusion|{anaes}|{surgeon}|{arrest}
state: stop..(?:transfus|blood|unit)
state: fluid|saline|return..unit|send..unit|check
never: slow..(?:transfusion|rate|unit)..(?:and|continue)|paracetamol and (?:carry on|continue)
gold: This is an emergency: an ABO-incompatible transfusion. Stop the blood at once, keep the line open with saline
  through a new giving set and support airway and pressure. Call the resuscitation team, the haematologist and the
  blood bank now; send the unit back with new samples, and look for the other patient.

# asleep-on-the-pump
topic: ward
says: PCA morphine after nephrectomy; his daughter kept pressing the button for him. Breathing 5 a minute, pinpoint
  pupils, opens an eye when I rub his sternum. Sats 90% on four litres so nurses are happy.
call: {anaes}|{arrest}|senior|registrar
state: naloxone
state: stop..(?:pca|pump|morphine|opioid)|(?:pca|pump)..(?:off|stop|disconnect)|airway|oxygen
never: let him sleep|sats..(?:reassur|acceptable)..so
gold: This is an emergency: opioid-induced respiratory depression, and oxygen hides it. Stop the PCA, open the airway,
  give oxygen and help him to breathe. Give naloxone in small intravenous steps and watch him for hours, since it wears
  off first. Call the anaesthetist or the emergency team now.

# tall-t-waves
topic: ward
says: A wall lay across his legs for six hours the day before yesterday. Lab rang potassium 7.4; the trace shows no P
  waves and complexes wide as a house. Renal team answer in an hour or so.
call: {anaes}|renal|nephrolog|{arrest}|{surgeon}|medical
state: calcium
state: insulin|salbutamol
never: (?:wait|repeat)..(?:hour|sample)..before (?:treating|giving)|potassium binder alone
gold: This is immediately life-threatening hyperkalaemia, so do not wait for anyone. Give intravenous calcium, 30 mL of
  10% calcium gluconate, now and again if the trace does not improve, then insulin with glucose and nebulised
  salbutamol, on a monitor. Call critical care and the renal team at once for dialysis.

# collapse-on-day-nine
topic: ward
says: Ninth day after hip replacement, walked to the bathroom and went down. Sats 82% on air, neck veins up, BP 78/50,
  right calf twice the left, clear chest. Chest film normal so they ask me to repeat it.
call: {arrest}|{anaes}|medical|{surgeon}|cardiolog
state: ctpa|pulmonary angiogra|echo
state: heparin|thrombolys|alteplase|anticoag|thrombectom
state: oxygen
never: repeat the (?:chest )?(?:film|x-ray) (?:first|and wait)
gold: This is a life-threatening massive pulmonary embolism. Put out the emergency call and call critical care now.
  Give oxygen, start heparin unless the team decides otherwise, and get a CT pulmonary angiogram or, if too unstable, a
  bedside echo; with shock, systemic thrombolysis is weighed against the wound by the consultants, or thrombectomy.

# steroids-forgotten
topic: endocrine
says: Rheumatoid lady on 15 mg prednisolone for six years, missed off the drug chart when she was admitted for her
  fractured hip. Three days on: BP 76/40 despite two litres, sodium 124, glucose 3.1, drowsy and vomiting.
call: {anaes}|medical|endocrin|senior|registrar|consultant|{arrest}
state: hydrocortisone
state: fluid|saline|glucose
never: restart..(?:oral )?prednisolone..tomorrow
gold: This is an emergency: an adrenal crisis. Give hydrocortisone 100 mg intravenously now, without waiting for a
  cortisol, then by infusion or six-hourly; give saline and glucose, and look for infection. Call the medical registrar
  and critical care at once.

# stridor-and-cramps
topic: endocrine
says: Second night after total thyroidectomy for Graves. Her hands have cramped into claws, she's noisy on breathing
  in, no swelling at all in the neck. Adjusted calcium 1.58, QT long. Two Calcichew and recheck at eight?
call: {anaes}|{surgeon}|endocrin|{arrest}
state: (?:intravenous|iv)..calcium|calcium gluconate
state: ecg|monitor|magnesium
never: (?:oral|calcichew)..(?:enough|fine)|recheck at eight (?:is|and)
gold: This is life-threatening: severe hypocalcaemia with laryngeal spasm, and tablets are not enough. Give 10 to 20 mL
  of 10% calcium gluconate intravenously over ten minutes on an ECG monitor, then an infusion, and check magnesium.
  Call the anaesthetist and the surgeon now, because the airway and the cords must be looked at too.

# wound-gush-then-bowel
topic: ward
says: Eighth day after laparotomy, COPD, coughing all night. Pinkish water soaked the sheets, then a loop of gut came
  out at the navel end. He is calm and it doesn't hurt.
call: {surgeon}
state: cover|moist|saline|soaked
state: theatre|operat|closure
never: push..back in(?:to)? the|steri-?strips
gold: This is a surgical emergency, a burst abdomen, even if it does not hurt. Cover the bowel with sterile swabs
  soaked in warm saline and do not push it back. Give oxygen, analgesia, antibiotics and fluid, and keep him fasted.
  Call the surgical registrar and the anaesthetist now; he goes to theatre.

# soot-and-hoarse
topic: burns
says: Caravan fire. Burns look like only 12% but his moustache is gone, spit is black, and his voice has become raspy
  since he came in. Sats 99%. Transfer to the burns unit is three hours by road.
call: {anaes}|burns
state: intubat|airway
state: oxygen
never: (?:transfer|go)..(?:without|before)..intubat|sats..(?:reassur|exclude)
gold: This is an airway emergency: inhalation injury with a voice that is changing, and the saturation means nothing.
  Call the senior anaesthetist now to intubate before the swelling shuts the airway, and before any transfer. Give 100%
  oxygen, sit him up, check carboxyhaemoglobin, and tell the burns unit.

# tight-abdomen-on-icu
topic: critical-care
says: Pancreatitis on the unit, positive by eleven litres. Abdomen like a drum, no urine for four hours, airway
  pressures climbing, noradrenaline doubled. Bladder pressure 27. The nurse suggests furosemide.
call: {surgeon}|{anaes}
state: decompress|laparotom|laparostom|open..abdomen
state: nasogastric|sedat|paralys|drain|relax
never: furosemide (?:is|will|and)..(?:enough|fine|help)|more fluid..kidneys
gold: This is life-threatening abdominal compartment syndrome. Call the surgeon and the critical care consultant now.
  Empty the stomach and the bowel, drain ascites, deepen sedation and paralysis, and stop positive balance; if organ
  failure goes on, decompression by laparotomy must not wait.

# confused-after-prostate-resection
topic: urology
says: 95 minutes into a TURP with glycine under spinal. He has become restless, says he is blind, pulse 44, BP 190/110,
  then 84/40. Surgeon says just one more lobe.
call: {anaes}|{surgeon}|consultant|{arrest}|help
state: stop..(?:resect|operat|surgery|irrigat|glycine)|terminat
state: sodium|hypertonic|furosemide
never: finish..lobe|midazolam (?:is|will|for)
gold: This is an emergency: TUR syndrome from absorbed glycine. Stop the resection and the glycine now, coagulate and
  change to saline. Call the consultant anaesthetist to support airway and circulation. Send sodium at once; with such
  signs give hypertonic saline in small boluses, with care for the rate of correction.
"""
