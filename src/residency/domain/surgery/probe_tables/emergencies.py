"""Emergencies as a junior tells them: vessels, chest, limbs, head and neck. Reviewed 2026-11; not for clinical use."""

from __future__ import annotations

TABLE = r"""
# compartment-syndrome-in-plaster
topic: trauma
says: Night round, orthopaedic ward. The 19-year-old whose broken shin we manipulated at teatime is begging for more
  oxycodone; bending his toes upwards makes him yell. Foot is warm and I can feel the dorsalis pedis. What would you
  do?
call: ortho|trauma|{surgeon}
state:
  split|bivalve|remov..(?:cast|plaster|padding|dressing)|releas..(?:cast|plaster|padding|dressing)|(?:cast|plaster)..off
state: fasciotom|decompress
never: elevat..(?:above|high)|(?:pulse|warm foot)..(?:excludes|rules out)|(?:review|reassess)..(?:morning|tomorrow)
gold: This is an emergency: it is acute compartment syndrome until proved otherwise, and a pulse does not exclude it.
  Split the plaster and padding down to the skin now and keep the leg at the level of the heart. Call the orthopaedic
  registrar at once, keep him fasted and prepare for fasciotomy.

# stab-wound-tamponade
topic: trauma
says: Resus bay 1: stabbed just left of the sternum twenty minutes ago. Neck veins bulging, heart sounds faint,
  pressure 74/58, breath sounds equal both sides, trachea central. My registrar is scrubbed. Next?
call: {surgeon}|cardiothoracic|trauma|{arrest}
state: pericardi|thoracotomy|sternotomy|open..chest
state: fast\b|ultrasound|echo|blood|transfus|haemorrhage
never: discharge|reassure
gold: This is immediately life-threatening: he has cardiac tamponade. Call the trauma team leader, the cardiothoracic
  surgeon and theatre now. Confirm it with a quick FAST scan that holds nothing up, give blood in small volumes, and
  prepare for thoracotomy; release of the pericardium is the treatment, and needle aspiration only buys time.

# tension-on-the-ventilator
topic: trauma
says: She was intubated for rib fractures half an hour ago and now the ventilator alarms: airway pressure way up, sats
  79%, pressure 68 systolic, left chest drum-like and silent. X-ray has been ordered, should I wait for it?
call: {anaes}|{surgeon}|trauma|{arrest}
state: decompress|thoracostom|needle
state: chest drain|intercostal drain|tube thoracostom|drain
never: wait for the (?:x-ray|film|radiograph)|get..x-ray first
gold: Do not wait for the film: this is a tension pneumothorax and immediately life-threatening. Decompress the left
  chest now by finger thoracostomy, or by needle if that is all you have, give 100% oxygen, then site a chest drain.
  Call the anaesthetist and the trauma team to the bedside at once.

# bleeding-pelvis
topic: trauma
says: Motorcyclist against a lorry. Heart rate 138, systolic 76 after a litre of saline, the pelvis moves when I touch
  it, FAST negative. Blood gas lactate 7. Where do I start?
call: trauma|{surgeon}|radiolog|{arrest}|haemorrhage|hemorrhage
state: binder
state: transfus|blood|red cells|plasma|massive|major haemorrhage
state: tranexamic
never: more (?:saline|crystalloid)..(?:litres|liters)|spring..pelvis again
gold: This is life-threatening haemorrhage from the pelvis. Put a pelvic binder over the trochanters and do not rock
  the pelvis again. Activate the major haemorrhage protocol, give red cells and plasma in place of saline, and
  tranexamic acid 1 g within three hours of injury. Call the trauma consultant and interventional radiology now for
  packing or embolisation.

# aneurysm-with-back-pain
topic: vascular
says: GP sent in a 74-year-old smoker as renal colic. Left loin to groin pain since lunch, blacked out on the toilet,
  pressure 92/60 and there's something pulsing in his belly. Urine dip clean. Book a stone CT for tomorrow?
call: vascular|{surgeon}
state: cross-?match|blood|major haemorrhage|massive
state: ct angio|cta\b|ct..(?:aort|angiogra)|theatre|endovascular|repair
never: (?:ct|scan)..tomorrow is (?:fine|reasonable)|treat..renal
  colic|discharge..analges|(?:fluids?|saline)..(?:normal|120)
gold: This is an emergency and no stone until proved otherwise: a ruptured aortic aneurysm. Call the vascular surgeon
  and the anaesthetist now. Cross-match and activate the major haemorrhage protocol, allow a low pressure while he is
  awake and talking, and get a CT angiogram at once if he is stable enough, with theatre warned.

# white-leg
topic: vascular
says: 68F in atrial fibrillation who never collected her apixaban. Right leg went numb at breakfast, it's chalky below
  the knee, the Doppler finds nothing at either ankle artery and she can't wiggle her toes. Vascular clinic has a slot
  on Thursday.
call: vascular|{surgeon}
state: heparin
state: embolectom|revascularis|revascular|thrombectom|ct angio|cta\b|theatre
never: thursday (?:is|will be) (?:fine|soon enough|acceptable)|(?:book|take|keep)..thursday|compression stocking
gold: She cannot wait until Thursday: this is acute limb ischaemia with motor loss, and the limb is threatened within
  hours. Call the vascular surgeon on call now. Give unfractionated heparin unless something forbids it, oxygen and
  pain relief, and prepare for embolectomy, with CT angiography only if it costs no time.

# tearing-between-the-shoulders
topic: vascular
says: He is 58, hypertensive and it came on in the car like a knife between the shoulder blades. Right arm reads
  186/100, left arm 141/88. ECG is fine and the triage nurse has already drawn up the heparin.
call: cardiothoracic|cardiac surg|vascular|{surgeon}
state: ct angio|cta\b|ct..(?:aort|angiogra)|echo
state: labetalol|esmolol|beta-?blocker|blood pressure|heart rate
never: give..heparin|start..heparin|thrombolys
gold: This is an emergency: acute aortic dissection until a scan says otherwise. Stop the heparin, give opioid pain
  relief and bring heart rate and blood pressure down with intravenous labetalol. Get a CT angiogram of the whole aorta
  at once and call the cardiothoracic surgeon and the consultant now.

# herald-bleed-from-an-old-graft
topic: vascular
says: Small coffee-ground vomit, now settled, haemoglobin 104. Only thing in the notes is an open aortic graft eleven
  years ago. Endoscopy to the second part of the duodenum showed nothing. Can he go home?
call: vascular|{surgeon}
state: ct angio|cta\b|ct
state: cross-?match|blood|group and save
never: (?:can|may|could) (?:safely )?go home|discharge (?:him|with|home)|outpatient
gold: Do not send him home: this is urgent, since a bleed after an aortic graft is an aorto-enteric fistula until
  proved otherwise, and a small bleed may herald a fatal one. Call the vascular surgeon now. Cross-match blood, keep
  two large cannulae in, and get a CT angiogram at once.

# spurting-fistula
topic: vascular
says: Dialysis patient on the ward. The skin over his arm fistula had a black scab which has just come off and it is
  pumping blood across the bed. I am holding a towel on it.
call: vascular|{surgeon}|{arrest}
state: press|finger|direct pressure|compress
state: cross-?match|blood|cannula|access|theatre
never: remove..pressure to look|wait for..clinic
gold: This is a life-threatening bleed. Swap the towel for one gloved finger pressing exactly on the hole, raise the
  arm and do not let go; a tourniquet above it is the rescue if pressure fails. Put out the emergency call and get the
  vascular surgeon now, put a cannula in the other arm, cross-match blood and tell theatre.

# carotid-surgery-then-weak-arm
topic: vascular
says: Recovery rang about the left carotid we cleaned out: forty minutes later his right grip has gone and he speaks
  mush. On waking everything moved.
call: vascular|{surgeon}
state: duplex|ultrasound|imag|ct\b|angiogra
state: re-?explor|theatre|open..(?:wound|artery)|back to
never: (?:wait|observe|review)..(?:morning|hours|tomorrow)|likely (?:just )?(?:the )?anaesthetic
gold: This is an emergency: a new deficit after carotid surgery means thrombosis or embolism at the repair until proved
  otherwise. Call the operating vascular surgeon and the anaesthetist at once. Check airway, pressure and glucose, get
  a duplex now if it takes no time, and prepare theatre for re-exploration; if the artery is open, CT of the head
  follows.

# neck-tight-after-thyroid
topic: head-and-neck
says: Four hours since a total thyroidectomy. The dressing is dry, but her collar line is getting bigger, she will only
  sit bolt upright and her voice has gone high and whistly. Anaesthetics say they can come in fifteen minutes.
call: {anaes}|{surgeon}|ent\b|{arrest}
state: open..(?:wound|sutures|neck)|remov..(?:clips|sutures|stitches)|cut..(?:sutures|stitches|clips)|evacuat|scoop
state: oxygen|intubat|airway|sit
never: (?:wait|observe)..(?:fifteen|15|anaesthetist)|ultrasound..first|ct..first
gold: This is life-threatening: a neck haematoma is closing her airway, and fifteen minutes may be too long. Open the
  wound at the bedside now, skin and strap muscles, and evacuate the clot. Give high-flow oxygen sitting up. Put out
  the emergency call for the anaesthetist and the surgeon while you do it.

# floor-of-mouth-abscess
topic: head-and-neck
says: Dental abscess for three days. Tongue is pushed up to the palate, floor of the mouth feels woody, he's dribbling
  and leans forward on his hands. Radiology want him lying flat for the CT.
call: {anaes}|ent\b|maxillofacial|{surgeon}|{arrest}
state: airway|intubat|tracheostom|sit..up|upright
state: antibiotic|co-amoxiclav|metronidazole|drain
never: (?:lie|lay|put)..flat..(?:scan|ct) (?:is|should)|sedat..for the (?:ct|scan)
gold: This is an airway emergency, Ludwig's angina, and he must not lie flat for a scan. Keep him sitting up with
  oxygen. Call the senior anaesthetist and the ENT or maxillofacial surgeon now for an awake intubation or tracheostomy
  in theatre. Then give intravenous antibiotics and dexamethasone, and drain.

# tube-in-the-neck-blocked
topic: head-and-neck
says: Surgical tracheostomy, day 3. Suction catheter stops at five centimetres, chest barely moves and the probe reads
  71. The nurse is squeezing the bag hard against it.
call: {anaes}|ent\b|{arrest}|{surgeon}
state: inner (?:tube|cannula)|deflat|remov..(?:tube|tracheostomy)
state: oxygen
never: (?:keep|continue) (?:bagging|squeezing|ventilating)..(?:through|tracheostomy)|force..(?:bougie|catheter)
gold: This is a life-threatening emergency: the tube is blocked or has come out of the trachea. Stop bagging through
  it. Give oxygen to the face and to the stoma, take out the inner tube, and if a catheter still does not pass, deflate
  the cuff and then remove the tube. Call the anaesthetist, ENT and the resuscitation team now.

# sentinel-bleed-from-a-tracheostomy
topic: head-and-neck
says: Two weeks of tracheostomy on the long-stay ward. An egg-cup of bright red came up the tube at six, then it
  stopped on its own, so the nurses just want it documented. Cuff is up. Anything else?
call: ent\b|cardiothoracic|vascular|{surgeon}|{anaes}
state: cuff
state: cross-?match|blood|ct|scope|bronchosc|theatre
never: just document|no further action|document(?:ing)? (?:it )?is (?:enough|sufficient)
gold: This is urgent even though it stopped: it may be the sentinel bleed of a fistula to the brachiocephalic artery,
  and the next one can kill. Call ENT, the cardiothoracic surgeon and the anaesthetist now. Leave the cuff up, ready to
  overinflate it with a finger pressing forwards if it bleeds; cross-match, and arrange CT angiography or theatre at
  once.

# tonsil-bed-bleeding
topic: head-and-neck
says: 7-year-old, tonsils out six days ago at another hospital. Mum says he keeps swallowing and he has just vomited a
  bowl of dark clots. Pulse 148, quiet and pale. Throat shows a clot on the right. Home with antibiotics?
call: ent\b|{anaes}|{surgeon}
state: cannula|access|blood|cross-?match|fluid
state: theatre|fasted|nil by mouth|sit
never: (?:can|may) go home|home with antibiotics is|remove the clot..ward
gold: This is an emergency: bleeding after tonsillectomy in a child who is already in shock. Call the ENT surgeon and a
  senior paediatric anaesthetist at once. Sit him forward, leave the clot alone, get access, send a cross-match and
  give fluid or blood, keep him fasted and prepare theatre.

# bulging-eye-after-punch
topic: head-and-neck
says: Cheekbone fracture, hit outside a pub. Since the CT his left eye sticks out, is stone hard, the pupil barely
  reacts and he can now only see my hand move. Eye clinic opens at nine.
call: ophthalm|maxillofacial|eye|{surgeon}
state: canthotom|cantholys|decompress
never: (?:wait|until|clinic)..nine (?:is|will)|eye patch|book..clinic
gold: This is sight-threatening and cannot wait until nine: a retrobulbar haemorrhage with orbital compartment
  syndrome. Do a lateral canthotomy and inferior cantholysis now, or get whoever can, without another scan. Call the
  ophthalmologist and the maxillofacial surgeon at once; acetazolamide or mannitol and sitting up are only adjuncts.

# talked-then-sleepy
topic: neurosurgery
says: Cricket ball above the ear at noon. Knocked out briefly, then chatting in the waiting room. Now he snores, opens
  eyes to a pinch only and the pupil on that side is wide. He had a beer, so triage put him down as drunk.
call: neurosurg|{anaes}|trauma|{arrest}
state: ct
state: airway|intubat|oxygen|head up|mannitol|hypertonic
never: sleep it off|sober up|observe..until
gold: This is a life-threatening emergency: an extradural haematoma with herniation, whatever he drank. Secure the
  airway with the anaesthetist, keep him oxygenated, head up, and give hypertonic saline or mannitol. Get a CT of the
  head now and call the neurosurgeon at once.

# numb-saddle
topic: spine
says: Known disc trouble, 41. This week sciatica down both legs; today she could not tell that she had wet herself, and
  wiping feels like someone else's skin. Post-void scan 620 mL. MRI outpatients offered in ten days.
call: spin|neurosurg|ortho|{surgeon}
state: mri
state: catheter|decompress
never: ten days is (?:fine|reasonable)|outpatient mri is|physiotherap
gold: This is an emergency: cauda equina syndrome, and ten days is far too long. Get an MRI of the whole lumbar spine
  now. Catheterise and record the residual, document perianal sensation, and call the spinal or neurosurgical team at
  once for decompression.

# legs-gone-after-epidural
topic: spine
says: Epidural came out this morning two hours after her enoxaparin. She now has sharp back pain and both legs are
  heavier than they were at noon, and she can't feel the catheter being tugged. Pain team think the block is still
  wearing off.
call: {anaes}|neurosurg|spin|{surgeon}
state: mri
state: stop|withhold|hold|reverse|decompress
never: (?:wait|let)..wear(?:ing)? off|block is (?:just |still )?wearing off, so
gold: This is an emergency: a block that gets denser after the catheter is out is a spinal epidural haematoma until
  proved otherwise. Withhold all anticoagulants. Get an MRI of the spine now and call the anaesthetist and the
  neurosurgeon at once; decompression is best within hours.

# pulseless-child-elbow
topic: trauma
says: Six-year-old off the monkey bars, supracondylar fracture off-ended. Her hand is white and cool and I get nothing
  at the wrist, not even with the Doppler. She's had supper, theatre suggest first on the list tomorrow.
call: ortho|vascular|plastic|{surgeon}
state: reduc|pinn|theatre|k-wire|fixation
state: splint|extend|explor
never: tomorrow is (?:fine|acceptable)|(?:wait|fast)..tomorrow
gold: Tomorrow is too late: a pale hand without a pulse is limb-threatening and needs theatre now, full stomach or not.
  Call the orthopaedic consultant, the vascular surgeon and the anaesthetist at once. Splint the elbow gently in slight
  flexion meanwhile; urgent closed reduction and pinning comes first, and exploration if the hand stays white.

# swollen-finger-sheath
topic: hand
says: Rose thorn in the pulp of the middle finger two days back. The whole finger is a sausage, held bent, and
  straightening it a fraction lifts him off the chair; tender all along the palm side. Flucloxacillin and see me in a
  week?
call: hand|plastic|ortho|{surgeon}
state: wash|irrigat|drain|theatre|explor
state: antibiotic|intravenous|iv\b|elevat
never: (?:see|review)..in a week is|oral (?:flucloxacillin|antibiotics) (?:is|are) (?:enough|fine)
gold: This is urgent and a week would cost him the finger: it is pyogenic flexor tenosynovitis. Call the hand surgeon
  on call now. Start intravenous antibiotics after cultures, elevate and splint the hand, keep him fasted and prepare
  for washout in theatre.
"""
