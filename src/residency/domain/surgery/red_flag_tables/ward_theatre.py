"""Red flags: cord, electrolytes, after operations and anaesthesia. Reviewed 2026-11; not for clinical use."""

TABLE = r"""
# spinal epidural haematoma or abscess
topics: epidural, spinal, haematoma, anaesth, anticoag, cord
find: (?:epidural|spinal (?:anaesth\w+|block|injection|catheter)|back) & (?:legs?|feet|foot|toes|knee|lower limbs?) &
  (?:cannot move|no longer move|weak\w*|paralys\w*|numb\w*|not move|no longer move|no power|dense|heavy|heavier) &
  (?:epidural|spinal|anticoag\w+|warfarin|{fever}) & !(?:years|last year|weeks|disc)
says: Her epidural was stopped six hours ago, but she still cannot move her legs.
says: My patient has new back pain and weak legs two hours after the epidural catheter was taken out. He is on
  enoxaparin.
says: We have a man whose legs are getting heavier although the epidural runs at the same rate.
says: She had a spinal anaesthetic this morning; the block wore off and now her feet are numb and weak again.
says: He takes warfarin, has sudden back pain, and has no power in his legs since noon.
apart: The epidural was removed yesterday. This evening his toes will not move, he has no power below the knee, and
  the back is sore.
apart: She injects heroin: now a fever, pain deep in the back and weak legs have come together.
why: Be quick, for this is an emergency: the spinal cord may be compressed by an epidural haematoma or abscess.
why: The cord must be relieved within hours, so regard the weak legs as an emergency.
why: Do not wait for the block to wear off; a compressed cord is an emergency until a scan excludes it.
first: Stop any epidural infusion, examine power, feeling and bladder, hold anticoagulants and get an MRI of the whole
  spine at once. Reversal of the anticoagulant is decided with the haematologist; with fever take cultures, and ask
  about antibiotics.
first: Turn off the epidural, chart the level of weakness, withhold the next anticoagulant dose and arrange MRI of the
  spine without delay; if fever is present take blood cultures.
call: Call the senior anaesthetist and the spinal surgeon or neurosurgeon now.
call: Tell the anaesthetist at once and speak to the neurosurgical or spinal team before the scan is done.
calm: He has a running epidural on the first day after surgery. He moves both ankles and knees well, and his pain is
  controlled. => The epidural works as intended. Go on with leg strength checks and observations by your protocol.
calm: My patient has a tender spot where the needle went in for her spinal anaesthetic yesterday; she walks normally
  and feels well. => A tender spot is common. Offer simple pain relief; it goes in a few days.
calm apart: She asks when the blood thinner is given after her catheter in the back comes out tomorrow. She walks
  about without trouble. => Follow the intervals in your unit's guideline for the drug and dose that she has, and
  write the time into the chart.

# severe hyperkalaemia
topics: potassium, hyperkal, electrolyte, fluid, renal
find: potassium (?:\w+ ){0,5}(?:6\.[5-9]|[789]\.\d|7|8) & !haemolysed
find: potassium & (?:tall t|tented|peaked|sine wave|broad (?:qrs|complex\w*)|wide (?:qrs|complex\w*)|flat
  p|bradycardi\w+|ecg) & (?:6\.\d|high|raised|tall|tented|peaked|broad|wide|sine) & !(?:normal ecg|ecg is
  normal|haemolysed)
says: His potassium is 7.2 and the T waves are tented.
says: My patient with kidney failure has a potassium of 6.8 and feels weak.
says: We have just seen broad complexes on the monitor, and the gas shows a potassium of 7.
says: She was crushed under a wall for five hours. Her potassium has risen to 6.9 with tall T waves.
says: The lab rang with a potassium of 7.5 in a man who takes ramipril and spironolactone, and he has a bradycardia.
apart: There are peaked T waves on this woman's ECG; her potassium was already high this morning.
apart: After the leg was reperfused his potassium came back as 8.1 and the rhythm looks like a sine wave.
why: This is an emergency: severe hyperkalaemia can stop the heart without warning.
why: The heart is at risk now from the high potassium.
why: Potassium at this level, or with such an ECG, is urgent to treat.
first: Put the patient on a monitor and take a 12-lead ECG. If it shows changes, give intravenous calcium to protect
  the heart; then insulin with glucose and nebulised salbutamol, checking glucose. Stop potassium and the drugs that
  raise it, and find the cause.
first: Attach a cardiac monitor, give intravenous calcium for ECG changes, shift potassium with insulin and glucose
  and with salbutamol, and stop every source of potassium. Repeat the level and the glucose often.
call: Call the medical registrar now, and critical care or the kidney team if it does not fall or there is no urine.
call: Tell the senior doctor on call at once, and involve renal or critical care early for dialysis.
calm: His potassium is 5.2 on a routine sample, and he feels well on his usual tablets. => This is a mild rise. Review
  his medicines and diet, and repeat the test within the week or two that your guideline advises.
calm: My patient's potassium is 4.4 on the first day after surgery and she is drinking. => The level is normal. Stop
  the drip once she drinks enough and repeat the test by your routine.
calm apart: A man eats many bananas and asks about his last result, a potassium of 4.8 with normal kidneys. => His
  level is normal and he need not change his diet.

# severe symptomatic hyponatraemia
topics: sodium, hyponatr, electrolyte, fluid, urolog, tur
find: sodium (?:\w+ ){0,6}(?:9\d|10\d|11\d|12[0-4]) &
  (?:{drowsy}|seizure|fit(?:ted|ting)|convuls\w+|vomit\w*|coma|headache)
find: (?:turp|resection of (?:the|his) prostate|irrigat\w+|glycine|hysteroscop\w+) &
  (?:{drowsy}|seizure|fit(?:ted|ting)|convuls\w+) & !infection
says: Her sodium is 114 and she has just had a seizure.
says: My patient is confused and vomiting after resection of the prostate with glycine; his sodium is 116.
says: We have a woman two days after surgery on glucose drips who is hard to wake. The sodium came back at 112.
says: He has drunk litres of water all day, his sodium is 109 and he is barely rousable. He seems drowsy and unwell.
says: The child on a hypotonic drip has fitted, and the sodium is 118.
apart: A lady became muddled in recovery after a long hysteroscopy with a large fluid deficit.
apart: This man's headache and drowsiness go with a sodium of 117, down from 138 three days ago.
why: Stop other work, since this is urgent: the brain is swelling because of a low sodium.
why: Seizure, coma or confusion with such a sodium is a medical emergency.
why: A low sodium with signs from the brain needs treatment now, before herniation.
first: Protect the airway, give oxygen, stop hypotonic fluid or irrigation, and give a bolus of hypertonic saline by
  protocol in a monitored place. Recheck sodium after each bolus and keep to the safe limit of rise in 24 hours.
first: Airway and oxygen first; stop the offending fluid, treat seizures, and give hypertonic saline in small boluses
  under senior guidance with repeated sodium checks, since a rise that is too fast harms the brain.
call: Call the medical registrar and critical care now, and the anaesthetist for a fit or a falling conscious level.
call: Get the senior doctor and the critical care team at once, and tell the surgeon whose patient it is.
calm: His sodium is 133 on a routine test; he takes a thiazide and feels well. => A mild, chronic fall like this is
  often due to the thiazide. Review the drug, ask about fluid intake and repeat the test in a week or two.
calm: My patient's sodium is 138 after three days of intravenous fluid, and she drinks well. => The level is normal.
  Stop the drip and let her drink.
calm apart: A woman of 70 has had a sodium of about 132 for years without symptoms, and today it is 131. => This is
  stable and mild. Go through her medicines and repeat the test at a routine visit.

# bleeding after an operation
topics: bleed, haemorrhag, post-operative, drain, shock
find: (?:operation|surgery|theatre|\w+ectomy|delivery|drain|recovery|hours
  after|post-?operative|caesarean|tonsil\w*|\w+plasty|repair) & (?:bleed\w*|blood(?!
  (?:pressure|culture|gas|count|test))|haemoglobin (?:\w+ ){0,5}[4-9]\d|soaked|spitting) &
  (?:{shock}|soaked|fresh|bright|pouring|litre|ml of blood|haemoglobin (?:\w+ ){0,4}(?:fallen|dropped|from)) &
  !(?:haemoglobin (?:is |of )?1[1-6]\d|no
  anticoagulant|crash|stabbed|gunshot|machete|cirrhosis|tarry|anastomo\w+|aneurysm)
says: He is six hours after a nephrectomy. His pulse is 128 and the drain holds 900 ml of fresh blood.
says: My patient came back from theatre at noon; she is pale and clammy and her belly is distended, with a haemoglobin
  of 62.
says: I have just changed a third dressing soaked with bright blood after his hernia repair. He feels faint.
says: Her blood pressure has fallen to 78/40 in recovery after a caesarean, and blood is pouring into the bed.
says: The child had his tonsils out last week and is spitting fresh blood; he keeps swallowing.
apart: Three hours after a laparoscopic cholecystectomy this man is hypotensive, grey and has blood in the drain.
apart: Seven days after the Whipple operation a spurt of bright red blood came into her drain and then stopped.
why: Speed matters now: bleeding after the operation is the cause of such signs until proved otherwise.
why: Postoperative haemorrhage needs action now, even if an empty drain or a normal haemoglobin seems to speak against
  it.
why: The patient may be bleeding to death inside, so treat this as urgent.
first: Give oxygen, press on any bleeding that you can reach, put in two large cannulas, cross-match and activate the
  major haemorrhage protocol. Correct clotting and anticoagulants; a shocked patient goes back to theatre, and a
  stable one may have CT angiography.
first: Control what bleeds outside by pressure, get large-bore access, send blood for cross-match and clotting, and
  give blood early. A single bright bleed into a drain can be a warning of a larger one.
call: Call the operating surgeon or the senior surgeon on call now, with the anaesthetist, and warn theatre.
call: Tell the consultant surgeon and the anaesthetist at once; interventional radiology may be needed too.
calm: He has a bruise round the port site on the day after his gallbladder was removed; his pulse is 70 and his
  haemoglobin 138. => Bruising at a port is common. Reassure him and go on with discharge.
calm: My patient's drain holds 40 ml of straw-coloured fluid on day two, and she is well. => This is ordinary drain
  fluid. Record it and take the drain out by the plan of the team.
calm apart: One dried brown spot is on her dressing this morning. She is comfortable and all her observations are
  normal. => A small dried spot is nothing unusual. Leave the dressing on and look at it again at the next check.

# opioid-induced respiratory depression
topics: opioid, morphine, analges, respirat, anaesth, post-operative
find: (?:morphine|oxycodone|opioid\w*|fentanyl|pca|codeine|heroin|methadone|diamorphine|epidural) & (?:respiratory
  rate (?:\w+ ){0,4}(?:[3-9]|four|five|six|seven|eight)\b|breathing (?:\w+
  ){0,4}(?:[3-8]|four|five|six|seven|eight)|breaths a minute|pinpoint|unrous\w+|snoring|hardly breathing|slow
  breath\w*|stopped breathing|barely breathing|will not wake|hard to (?:rouse|wake))
says: He has a morphine PCA, and his respiratory rate is 6 with pinpoint pupils.
says: My patient had two doses of oxycodone and is now unrousable and snoring.
says: We have just found a woman hardly breathing after fentanyl in recovery.
says: She has sleep apnoea and a fentanyl patch. She takes five breaths a minute.
says: The man whose kidney function is falling gets regular morphine and is hard to wake, breathing at seven a minute.
apart: I was called because this lady on a PCA does not answer, has tiny pupils and makes slow breaths.
apart: A teenager was given codeine after tonsillectomy and is hard to rouse, with long pauses between breaths.
why: Treat this as an emergency: an opioid is stopping the breathing.
why: Support the breathing now; it is opioid toxicity until proved otherwise.
why: Respiratory depression from an opioid is immediately life-threatening.
first: Stop the opioid, open the airway, give high-flow oxygen and ventilate with a bag and mask if breathing is too
  slow. Then give naloxone in small steps until breathing is adequate; its effect wears off before the opioid's, so
  keep watching.
first: Take away the pump or patch, open the airway and help the breathing with oxygen and a bag and mask, titrate
  naloxone to breathing rather than to full waking, and repeat it or run an infusion if sleepiness returns.
call: Put out the emergency call now and ask for the anaesthetist.
call: Call the resuscitation team at once, and tell the anaesthetist or the acute pain team.
calm: He is a little sick after his first dose of oral morphine. He is wide awake and breathes 14 times a minute. =>
  Nausea is common with morphine. Offer an antiemetic, and a laxative as well if the morphine goes on.
calm: My patient sleeps lightly after surgery, answers when spoken to and has a respiratory rate of 15 on her pump. =>
  This is normal tiredness. Go on with observations of sedation and breathing by your protocol.
calm apart: She asks how to come off the codeine that she has taken for ten days since her operation; the pain is
  nearly gone. => Step down over a few days while keeping paracetamol, and stop the laxative afterwards.

# local anaesthetic toxicity
topics: anaesthetic, lidocaine, bupivacaine, block, anaesth
find: (?:lidocaine|lignocaine|bupivacaine|ropivacaine|prilocaine|local anaesthetic|nerve block|ring
  block|brachial|femoral block|fascia iliaca) &
  (?:seizure|fit(?:ted|ting)|convuls\w+|arrhythmia|collapsed|tingl\w+|metallic|ringing|twitch\w*|bradycardi\w+|agitat\w+|slurred|unconscious|arrest|dizzy|broad|round
  (?:the|his|her) mouth) & !(?:weeks|pregnan\w*|years)
says: He has just had a brachial plexus block and now has tingling lips, ringing ears and is twitching.
says: My patient has had a seizure a minute after I injected bupivacaine.
says: I have just given local anaesthetic for a hernia; she is agitated, her speech is slurred and her heart rate is
  38.
says: Her rhythm turned broad and she is unconscious after the fascia iliaca nerve block.
says: The lidocaine is in, and he complains of a metallic taste and feels dizzy and strange.
apart: Twenty minutes after the ropivacaine this woman began to convulse; convulsions go on.
apart: A large volume of levobupivacaine local anaesthetic went in, and now the patient has collapsed with an
  arrhythmia.
why: Act now: it is local anaesthetic toxicity.
why: Stop the injection now, since such signs after a block are systemic toxicity and can lead to cardiac arrest.
why: Toxicity of the local anaesthetic threatens life and must be treated at once.
first: Stop injecting, open the airway, give 100% oxygen and get access. Treat seizures with a benzodiazepine and give
  20% lipid emulsion by the local protocol; if the heart stops, start resuscitation and keep it up for longer than
  usual.
first: End the injection, hold the airway with 100% oxygen, fetch the lipid emulsion box and give it by protocol for
  collapse, seizure or arrhythmia. Do not give lidocaine for the rhythm.
call: Call for help and the anaesthetist now, and put out the cardiac arrest call if there is no output.
call: Get the anaesthetist and the resuscitation team at once and ask someone to bring the lipid rescue kit.
calm: He has a numb lip after a dental block an hour ago; he is chatting and feels well. => Numbness lasts a few
  hours. Tell him not to bite the lip and to avoid hot drinks until feeling returns.
calm: My patient had lidocaine for a skin biopsy, and the spot is still numb half an hour later. => This is the
  expected effect. Give wound advice and let her go home.
calm apart: She says that adrenaline in the dentist's local anaesthetic once made her heart race for a minute. She is
  well today and asks if she may have her mole removed. => A short racing heart from adrenaline is no allergy. Note
  it, keep to the safe maximum dose, and use plain anaesthetic if she prefers.

# malignant hyperthermia
topics: hyperthermia, anaesth, suxamethonium, volatile
find: (?:suxamethonium|sevoflurane|isoflurane|desflurane|volatile|anaesthetic|induction|anaesthesia|on the
  table|theatre) & (?:carbon dioxide|co2|end-tidal|capno\w*|rigid\w*|masseter|jaw|temperature (?:\w+
  ){0,4}(?:rising|climbing|39|4\d)|hot) &
  (?:rising|climb\w*|rigid\w*|masseter|hot|doubl\w+|pulse|tachycardi\w+|stiff\w*|39|40|sweat\w*)
says: His end-tidal carbon dioxide is climbing on sevoflurane, the temperature is 39.2 and he is stiff. He is still in
  theatre.
says: My patient's jaw went rigid after suxamethonium and her pulse is 150.
says: We have just noticed a hot, sweating patient on the table whose end-tidal CO2 has doubled under isoflurane.
says: An hour into anaesthesia he is rigid with a temperature rising by a degree every few minutes.
says: She came to recovery after a volatile anaesthetic with dark urine, rigid muscles and a temperature of 40.
apart: The capnograph reading keeps rising for this boy on desflurane, although the ventilation was increased; he has
  a tachycardia.
apart: There was masseter spasm at induction; now her skin is hot and the CO2 is 9 kPa.
why: Treat this as an anaesthetic emergency: it may be malignant hyperthermia.
why: Stop the trigger now, for malignant hyperthermia can kill within the hour.
why: This emergency, which is probably malignant hyperthermia, comes before the operation.
first: Stop the volatile agent and suxamethonium, give 100% oxygen at high flow with hyperventilation, and keep the
  patient asleep intravenously. Give dantrolene by protocol, cool, and treat high potassium, acidosis and arrhythmia;
  finish or abandon the operation quickly.
first: Take away the trigger, change to intravenous anaesthesia, hyperventilate with 100% oxygen, mix and give
  dantrolene, and start cooling. Watch potassium, blood gases, urine and clotting.
call: Call the senior anaesthetist and all hands in theatre now, and tell the surgeon; critical care follows.
call: Get a second anaesthetist and the theatre team at once, share out the tasks from the emergency card and warn
  critical care.
calm: She has a temperature of 37.4 an hour after a short operation, feels fine and is drinking. => A small rise after
  surgery is common. Go on with routine observations.
calm: My patient's cousin once reacted to a general anaesthetic with nausea. He is well and awaits a hernia repair. =>
  Nausea is no sign of an inherited problem. Record it, ask about other family reactions, and plan antiemetics.
calm apart: He shivers a little in recovery and says that he is cold; his temperature is 36.1. => Shivering from cold
  is common. Warm him with a forced-air blanket and check the temperature again.

# anaphylaxis
topics: anaphyl, allerg, antibiotic, latex, contrast
find:
  (?:antibiotic|penicillin|co-amoxiclav|flucloxacillin|cef\w+|teicoplanin|contrast|latex|peanut\w*|nuts?|wasp|bee|stung|sting|dye|gelofusine|rocuronium|chlorhexidine|patent
  blue|injection|dose|shellfish|prawns?|eating) &
  (?:wheez\w*|hives|urticaria|swell\w*|swollen|stridor|rash|throat|flush\w*|chok\w+) &
  (?:wheez\w*|stridor|{shock}|{breath}|lips|tongue|throat|face|choking) & !(?:infection|years ago|as a child|local
  anaesthetic|warfarin)
says: She has just had co-amoxiclav and is wheezing with hives and a blood pressure of 70/40.
says: My patient was stung by a wasp ten minutes ago; his lips are swollen and he cannot breathe well.
says: We have given contrast in the scanner and he is flushed, has stridor and feels faint.
says: Minutes after the teicoplanin her pressure has dropped, her face is swollen and she is grey.
says: He ate a biscuit with nuts and his throat is closing. There is a rash all over him.
apart: At induction this woman got rocuronium and a cephalosporin (cefuroxime): there is severe wheeze, and she is
  hypotensive.
apart: The boy began to choke after eating prawns; his tongue is big, and he has urticaria.
why: This is an emergency: it is anaphylaxis.
why: Adrenaline is needed now, since this is an anaphylactic reaction that can close the airway or stop the heart.
why: Anaphylaxis kills within minutes, so treat it at once.
first: Give adrenaline into the outer thigh now: 0.5 mg intramuscularly in an adult, less in a child by age. Stop the
  trigger, lay the patient flat with legs raised, or sitting if breathing is hard, give high-flow oxygen and a fluid
  bolus, and repeat adrenaline after five minutes if there is no improvement. Under anaesthesia the anaesthetist gives
  it intravenously in small doses.
first: Inject adrenaline intramuscularly, 0.5 mg for an adult and the dose for age in a child, remove the cause, give
  oxygen and fluid, and do not let the patient stand up. An anaesthetist may give it intravenously in small doses
  under anaesthesia. A second dose follows after five minutes if needed;
  antihistamines and steroids are no first treatment.
call: Put out the resuscitation call now and ask for the anaesthetist.
call: Call the emergency team at once, with an anaesthetist for the airway.
calm: He had a few itchy spots on the arm after a new washing powder yesterday; he is well and his breathing is
  normal. => This fits contact irritation. Advise him to go back to his old powder and offer an antihistamine for the
  itch.
calm: My patient says that penicillin upset her stomach as a child and asks what to tell the surgeon. => An upset
  stomach is a side effect and no allergy. Record what happened and consider a formal review of the allergy label.
calm apart: She has hay fever with sneezing every June and takes an antihistamine. She is otherwise well before her
  operation. => Hay fever does not change the plan. Let her go on with the antihistamine and note it in the chart.

# acute transfusion reaction
topics: transfus, blood, haemoly, reaction
find: (?:transfus\w+|red cells|unit of blood|(?:begun|started|running|of) platelets|bag of blood|blood
  (?:is|was|started|went)|plasma) & (?:{fever}|{shock}|{breath}|rash|loin|dark urine|wheez\w*|burning|flush\w*) &
  (?:minutes|running|transfus\w+|unit|started|begun|went up|began|during|since) &
  !(?:enoxaparin|heparin|dalteparin|haematemesis|smoke|despite|crash|fracture)
says: Ten minutes into a transfusion he has rigors, loin pain and a blood pressure of 80/50.
says: My patient's unit of blood was started at two; now her temperature is 39.3 and she is shivering.
says: We have just begun platelets and he is wheezing and flushed.
says: She became breathless during the second unit of red cells, with a saturation of 84%.
says: His urine turned dark while the transfusion was running, and he feels hot and faint. The vein is burning.
apart: Shortly after a bag of blood went up, this lady complained of pain in the loins and began to have rigors.
apart: Plasma has been running for an hour; he is struggling to breathe and is hypotensive.
why: Please act at once: it may be an acute transfusion reaction, such as the wrong blood.
why: Stop the blood now, because an acute transfusion reaction can be fatal.
why: A reaction during transfusion with such signs is an emergency.
first: Stop the transfusion, keep the vein open with saline through a new giving set, and check airway, breathing and
  circulation. Check the patient's identity against the unit; treat anaphylaxis with adrenaline, and return the unit
  with fresh blood samples to the laboratory.
first: Clamp the line and change it for saline, give oxygen, compare wristband, bag and form, take cultures and repeat
  cross-match, and treat shock, wheeze or overload as you find them.
call: Call the senior doctor now, then the transfusion laboratory and the haematologist on call.
call: Get the registrar to the bedside at once, and ring the haematologist and the blood bank; add a resuscitation
  call for shock.
calm: His temperature is 37.3 after the second unit, it was 37.1 before, and he feels well. => This tiny change is
  within normal variation. Go on with observations as for any transfusion.
calm: My patient wants to know why her haemoglobin rose only to 82 after one unit. She feels well. => One unit raises
  haemoglobin by about 10 g/L. Check her symptoms and target before giving more, and look for the cause of the
  anaemia.
calm apart: She had a transfusion last month without trouble and asks if she may have another before her operation. =>
  Yes, if it is still needed. A new sample for group and antibody screen is required, and treating iron lack
  beforehand may spare her the blood.

# burst abdomen
topics: dehisc, wound, burst, evisc, laparotomy, post-operative
find: (?:wound|incision|laparotomy|stitches|dressing|clips|midline|abdomen|belly) &
  (?:bowel|burst|gaping|loop|intestine|given way|evisc\w+|pink fluid|serosanguin\w+|salmon-coloured|omentum) &
  (?:out|hang\w*|visible|gave|given way|burst|through|soak\w*|poured|gush\w*|dressing|protrud\w+|bulging|come apart|i
  can see|gaping)
says: He coughed on day seven after a laparotomy and loops of bowel have come out through the wound.
says: My patient's midline wound gave way an hour ago, and I can see intestine.
says: We have just taken off a dressing soaked with pink fluid on day six, and the incision is gaping.
says: Salmon-coloured fluid poured from her abdominal wound this morning, and something gave.
says: The clips were removed today and now omentum is hanging out of the incision. He is pale and frightened.
apart: An old man with a chronic cough has burst his stitches and the bowel is protruding.
apart: Under the pad this lady's laparotomy wound has come apart, with a bulging loop visible.
why: You are facing a surgical emergency: the abdominal wound has burst or is about to.
why: Cover the bowel now, for this is a burst abdomen and has to go to theatre.
why: The wound has failed in its deep layer, so this is urgent even if little shows at the skin.
first: Lay the patient down with knees bent, cover the bowel with sterile dressings soaked in warm saline, and do not
  push it back. Give opioid pain relief, fluid and antibiotics, and keep the patient fasted.
first: Put large sterile swabs wet with saline over the wound and keep them moist, settle the patient and relieve
  pain, get access with fluid and antibiotics, and prepare for theatre.
call: Call the senior surgeon now, and the anaesthetist and theatre.
call: Tell the operating team's consultant at once, with the anaesthetist and theatre coordinator.
calm: She has a thin clear ooze on the dressing two days after a hernia operation. The skin edges meet and she is
  well. => A little clear ooze is common early on. Change the dressing, keep it dry and look again tomorrow.
calm: My patient's laparotomy scar is a year old and itches. It is flat and firm when he coughs. => An itching scar is
  harmless. Offer an emollient and massage.
calm apart: A skin clip came off early in the shower; the edges hold well and are dry. => Put a paper strip over the
  spot and take out the other clips on the planned day.
"""
