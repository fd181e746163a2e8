"""Red flags: vessels, chest and injury. Reviewed 2026-11; not for clinical use."""

TABLE = r"""
# ruptured aortic aneurysm
topics: aneurysm, aort, vascular, acute-abdomen
find: (?:aneurysm|aaa|pulsatile|expansile) & {pain} & (?:{shock}|sudden|new)
find: aneurysm & (?:shocked|collaps\w+|hypotens\w+)
find: (?:renal|ureteric) colic & {shock}
find: (?:back|flank|loin|belly|abdominal) (?:ache|pain) & {shock} & {older} & !pregnan\w*
says: He is 74 and has sudden back pain, and he is grey and sweating with a blood pressure of 82/50.
says: My patient is known to have a 6 cm aneurysm and has had new pain in the flank since this morning. He fainted in
  the waiting room.
says: I have just admitted a 70-year-old smoker with "renal colic", who has now collapsed in the toilet.
says: I can feel a tender, pulsatile mass in her abdomen, and her systolic pressure is 78.
says: The ambulance has brought in a man of 68 with belly pain going through to the back; he passed out at home and is
  clammy.
apart: Loin pain came on while he was gardening. He is 77, looks shocked, and there is an expansile swelling above his
  umbilicus.
apart: She was under surveillance for an aneurysm; tonight she has severe abdominal pain and feels faint.
why: Treat this as an emergency: a ruptured abdominal aortic aneurysm must be assumed until it is excluded.
why: Do not wait for more tests before you act. This may be a ruptured aortic aneurysm, whatever else the pain
  resembles.
why: Minutes matter here: this may be a leaking aortic aneurysm, which kills by bleeding.
first: Put in two large cannulas, send blood for cross-match and activate the major haemorrhage protocol. While the
  patient is conscious, accept a low blood pressure and avoid large volumes of clear fluid.
first: Give oxygen if saturation is low, get large-bore access and cross-matched blood, and do not chase a normal
  blood pressure while the patient is awake. CT angiography must not delay the vascular team.
call: Call the vascular surgeon on call and the anaesthetist now; if there is no vascular service here, arrange
  transfer at once.
call: Ring the senior vascular surgeon and the anaesthetist yourself straight away, and warn theatre and the blood
  bank.
calm: He is 72 and feels well; a screening scan showed a 3.8 cm aneurysm, and he has no symptoms. => An aneurysm of
  this size without symptoms is followed by ultrasound scans. Refer him to the vascular surveillance programme, review
  his cardiovascular medicines and help him to stop smoking if he smokes.
calm: My patient of 45 has had low back ache for two weeks after digging. A scan last month showed a normal aorta, and
  she walks and feels well. => This fits mechanical back pain. Advise her to keep moving, offer simple pain relief,
  and see her again if it has not settled in a few weeks.
calm apart: Our clinic patient had an aneurysm of 4.2 cm last year and it measures 4.3 cm today. He is comfortable,
  and his pulse and blood pressure are normal. => This is slow growth of a small aneurysm. Keep him under surveillance
  at the interval of your vascular service and treat his risk factors.

# acute limb ischaemia
topics: limb, ischaem, embol, vascular, arter
find: (?:leg|foot|arm|hand|limb|toes) & (?:cold|white|pale|marble) & (?:no (?:foot |ankle |radial |wrist
  )?pulse\w*|pulseless|cannot (?:feel|find)|numb\w*|no doppler|pulses? (?:\w+ ){0,4}(?:absent|gone|missing)) &
  (?:sudden\w*|hours?|this (?:morning|afternoon|evening)|today|tonight|since|just)
says: She has had a cold, white leg for three hours. I cannot feel a pulse below the groin and her toes are numb.
says: My patient with atrial fibrillation woke this morning with a painful pale foot; there is no doppler signal at
  the ankle.
says: His right hand has suddenly gone cold and pale, with no radial pulse, and he cannot move the fingers well.
says: We have a man on the ward whose bypass graft was done last year: the foot has been cold and numb since two hours
  ago.
says: The leg is white, pulseless and weak. It began today while he was shopping.
apart: A lady of 80 has an arm that went marble-cold an hour ago, and the wrist pulses are absent.
apart: Just after the angiogram his foot turned white, the pulses in it have gone and he has no feeling in the toes.
  It is cold to touch.
why: Act now: the limb may be acutely ischaemic, and muscle and nerve begin to die within hours.
why: Treat this as a limb-threatening emergency: it may be acute ischaemia from an embolus or a thrombosis.
why: There is no time to lose: a suddenly cold limb without pulses is acute limb ischaemia until proved otherwise.
first: Check sensation, movement and Doppler signals, give strong pain relief, and start intravenous heparin unless
  there is a reason against it. Imaging is arranged with the vascular team and must not delay rescue of the limb.
first: Record power, feeling and Doppler signals, relieve pain, take blood and an ECG, and give intravenous heparin if
  nothing forbids it. Keep the patient fasted.
call: Call the vascular surgeon on call now.
call: Speak to the senior vascular surgeon at once, and arrange transfer immediately if there is no vascular service
  here.
calm: He has had calf pain after walking 300 metres for two years. It goes when he stops, the foot is warm and he can
  feel his toes. => This is stable intermittent claudication. Measure the ankle-brachial pressure index, offer
  supervised exercise, help him to stop smoking if he smokes, and review his antiplatelet and statin.
calm: My patient says that both her feet feel chilly every winter. The pulses are easy to feel and the colour is
  normal. => Thick socks and warm shoes suffice, since normal pulses make arterial disease unlikely. Review her
  medicines and risk factors at a routine visit.
calm apart: Her fingers change colour in cold weather and recover within minutes. They are pink today with normal
  pulses. => This fits Raynaud's phenomenon. Advise keeping warm and not smoking, and arrange routine blood tests for
  a connective tissue disease.

# acute aortic dissection
topics: dissection, aort, vascular, chest
find: (?:tearing|ripping|tore|between (?:the|his|her) shoulder blades) & {pain} & (?:chest|back|shoulder blades)
find: (?:chest|back|shoulder blades) & (?:(?:pressures?|pulses) (?:\w+ ){0,6}(?:differ\w*|unequal)|(?:higher|lower) in
  the (?:right|left) arm)
says: He has sudden tearing pain in the chest that goes through to his back, and his blood pressure is 196/110.
says: My patient's pain is between the shoulder blades and came on like a blow. The pulses in her arms differ.
says: We have just seen a woman with Marfan syndrome: ripping chest pain for half an hour, and she looks terrified.
says: The pain in his chest is severe, and the blood pressure is 40 mmHg higher in the right arm than in the left.
says: She says that something tore in her back; now the pain is in her belly too and one leg is weak.
apart: He describes abrupt ripping pain in the upper back and fainted with it.
apart: Chest pain began suddenly in this hypertensive man, and his radial pulses are unequal.
why: Treat it as a life-threatening emergency: it may be an acute aortic dissection.
why: Act now, because such pain is aortic dissection until a scan has excluded it.
why: An acute dissection of the aorta is likely enough to be treated as an emergency. Mortality rises with every hour.
first: Give intravenous opioid, monitor the ECG, measure blood pressure in both arms and get CT angiography of the
  whole aorta. If the patient is not shocked, heart rate and blood pressure are lowered under monitoring, with a
  beta-blocker first. Give no thrombolytic or anticoagulant until dissection is excluded.
first: Secure access, relieve the pain and send the patient for CT angiography with monitoring and an escort. Unless
  there is shock, slow the heart before lowering the pressure. Withhold thrombolysis and anticoagulants meanwhile.
call: Call the senior emergency or medical doctor and the critical care team now; the cardiothoracic or vascular
  surgeon is called as soon as the scan shows it.
call: Get the most senior doctor on site at once and speak early to the cardiac and vascular surgeons.
calm: He has a sharp ache over two ribs after a week of coughing; pressing there brings it on. Pressures are the same
  in both arms, and his ECG and chest radiograph are normal. => This fits musculoskeletal chest wall pain. Offer
  simple pain relief, explain that it settles in weeks, and review if it changes.
calm: My patient has had stiffness across the shoulders since she began a new desk job. She is otherwise well. => This
  fits muscular strain. Advise movement, a change of posture and simple pain relief, with a review in a few weeks.
calm apart: Our man with a type B dissection three years ago comes for his yearly scan. He feels well, and tablets
  keep his blood pressure at 124/76. => Go ahead with the planned scan, continue his blood pressure treatment and
  compare the aortic diameter with the last report.

# tension pneumothorax
topics: pneumothorax, trauma, chest, thora
find: (?:no breath sounds|no air entry|absent (?:breath sounds|air entry)|breath sounds (?:\w+
  ){0,4}(?:absent|gone)|air entry (?:\w+ ){0,4}(?:absent|gone)|hyper-?resonant|silent|chest (?:\w+ ){0,2}not moving) &
  (?:{shock}|{breath}|neck veins|blue)
find: (?:chest drain|stab\w*|ventilat\w+|ribs?) & (?:air entry|breath sounds|hyper-?resonant) &
  (?:{shock}|{breath}|blue|hard to (?:bag|ventilate))
says: He was stabbed in the left chest and is gasping. There are no breath sounds on that side and the neck veins are
  full.
says: My patient with broken ribs has just become very breathless: the right side is hyper-resonant and his blood
  pressure is 74/40.
says: I have just intubated her after a crash. Now she is hard to ventilate, air entry on the left has gone and she is
  hypotensive.
says: The left chest is not moving, his saturation is 80% and he has a pulse of 140.
says: She is blue and distressed after a fall from a horse, with absent air entry on the right.
apart: A cyclist in resus is struggling to breathe; his left side is silent on listening and he looks grey.
apart: Since the central line went in, this woman's pressure has dropped, she is short of breath and the right lung
  field is hyper-resonant.
why: This is an emergency of the first minutes: it may be a tension pneumothorax.
why: Decompression cannot wait for a radiograph. This is immediately life-threatening and may be a tension
  pneumothorax.
why: Suspect a tension pneumothorax and act now, before any imaging.
first: Give high-flow oxygen and decompress that side of the chest: in an adult, needle or finger thoracostomy in the
  fourth or fifth intercostal space just in front of the mid-axillary line. A chest drain follows.
first: High-flow oxygen goes on while you, or the most skilled person there, open that side of the chest with a needle
  or a finger thoracostomy in the fourth or fifth space, then insert a chest drain. If the patient is not better,
  reassess from the airway.
call: Call the trauma team or the resuscitation team now, with the anaesthetist.
call: Put out the emergency call at once and ask for the trauma leader and an anaesthetist.
calm: He is 24 with a 1 cm rim of air on his radiograph. He talks easily, and his saturation is 98% on air with a
  pulse of 76. => A small primary pneumothorax in a comfortable patient can be managed conservatively. Arrange a
  follow-up film, and tell him to come back if breathing gets harder, not to fly until a film shows the lung fully up,
  and not to dive.
calm: My patient has one broken rib after a fall in the garden. Breath sounds are equal on both sides and she is
  comfortable after paracetamol. => A single rib fracture needs good pain relief and breathing exercises. Check her
  film, give written advice and review her if she does not improve.
calm apart: Her chest drain is swinging and no longer bubbling, the lung is up on today's film and she feels fine. =>
  The drain has done its work. Ask the team on the round about taking it out, and plan a film afterwards.

# major haemorrhage after trauma
topics: trauma, haemorrhag, bleed, shock, pelvi, spleen, liver
find: (?:crash\w*|fell|stab\w*|shot|gunshot|knocked|run
  over|motorcycl\w+|crushed|collision|kicked|thrown|knife|machete|glass|amputat\w+|horse) &
  (?:pelvis|abdomen|belly|thigh|bleed\w*|blood|fast|flank|groin) & (?:{shock}|soaked|spurting|pumping|pouring)
find: exsanguinat\w*
find: (?:crash\w*|collision|gunshot|stab\w*) & hypotens\w+ & !(?:breath sounds|air entry|anaesthe\w+|head)
find: haemorrhagic shock & (?:stab\w*|gunshot|crash\w*|injur\w+|wound\w*|fell|fall|trauma\w*)
find: pelvi\w+ & (?:fracture\w*|open-book|binder) & (?:hypotens\w+|shock\w*)
find: hit by an? \w+ & bleeding into
says: He was thrown from a motorcycle. His pelvis is unstable and his blood pressure is 80/45.
says: We have just received a woman who was stabbed in the abdomen; she is pale, clammy and her pulse is 138.
says: My patient fell from a ladder an hour ago, FAST shows free fluid, and he is now hypotensive.
says: Blood is pumping from his thigh after an accident with a machete and he is going grey.
says: She was run over by a van, her abdomen is tense and her systolic pressure is 70.
apart: A builder with a crushed pelvis has just come in. He is cold and sweating, with a pulse of 145.
apart: Bleeding is pouring from the groin of this lad after a gunshot, and he is about to faint.
why: Please act at once: this is major haemorrhage until shown otherwise.
why: Urgent control of bleeding comes first, since this is probably haemorrhagic shock.
why: Every minute counts now: injury with shock is haemorrhage until proved otherwise.
first: Press on any bleeding that you can see, with a tourniquet above a limb wound that pressure does not hold, and
  put a binder on a suspected pelvic fracture. Activate the major haemorrhage protocol, give blood rather than clear
  fluid, and give tranexamic acid if the injury is less than three hours old.
first: Stop external bleeding by pressure or tourniquet and bind the pelvis if it may be broken. Give oxygen, get two
  large cannulas, start the major haemorrhage protocol, give tranexamic acid within three hours of injury and keep the
  patient warm.
call: Call the trauma team now, with the senior surgeon and the anaesthetist, and warn theatre.
call: Put out the trauma call at once; the senior surgeon, the anaesthetist and interventional radiology must know.
calm: He fell off his bicycle yesterday and has a graze on the thigh. He walks normally, and his pulse is 70 and blood
  pressure 128/76. => This is a superficial wound. Clean and dress it, check his tetanus cover, and explain when to
  come back.
calm: My patient cut her finger on broken glass; a few minutes of pressure stopped it, and feeling and movement are
  normal. => Take a radiograph for glass, explore the cut under local anaesthetic, close it, check tetanus cover and
  give wound advice.
calm apart: She bumped her flank on a table two days ago. There is a small bruise, the urine is clear and she is
  eating well. => A small bruise without other findings needs only simple pain relief. Tell her what to look out for
  and to return if she feels worse.

# deteriorating head injury
topics: head, trauma, brain, haematoma, neuro
find: (?:hit|fell|fall|assault\w*|fracture\w*|knocked|concuss\w*|struck|blow|bumped|banged|injur\w+) &
  (?:head|skull|scalp|temple|temporal) & (?:{drowsy}|vomit\w+|seizure|fitted|fitting|pupil|gcs|barely wake|dropped)
find: pupil (?:\w+ ){0,5}(?:dilated|blown|fixed|bigger|larger|big)
find: (?:glasgow coma (?:scale|score)|gcs) (?:\w+ ){0,4}[3-8]\b &
  (?:fall|fell|crash\w*|assault\w*|collision|injur\w+|trauma)
says: He hit his head at rugby, was talking an hour ago, and is now drowsy with one dilated pupil.
says: My patient fell down the stairs and takes apixaban. She has a scalp wound, has vomited three times and is
  confused.
says: We have just had a seizure in a boy with a skull fracture.
says: Her GCS has dropped from 14 to 9 since she came in with the blow to the temple.
says: The man who was assaulted outside the pub has a boggy swelling over the temporal bone and I can barely wake him.
apart: After a cricket ball struck this lad's skull he seemed well, but he is getting hard to rouse and has been
  vomiting.
apart: On the ward round the nurse says that his left pupil has become fixed. He bumped his head last night.
why: Regard this as an emergency: an expanding haematoma in the skull is likely until CT shows otherwise.
why: Treat it as a neurosurgical emergency, for consciousness that fails after a head injury may mean an extradural or
  subdural haematoma.
why: A falling conscious level after a blow to the head is an emergency. Pressure in the skull may be rising.
first: Open the airway, give oxygen, protect the neck and avoid low blood pressure. Check glucose, tilt the bed
  head-up by 30 degrees and get a CT of the head now; reverse any anticoagulant as soon as bleeding is suspected.
first: Go through airway, breathing and circulation with the neck protected, correct low oxygen and low pressure,
  measure glucose, and obtain CT of the head without delay. If the patient takes an anticoagulant, have its reversal
  ready.
call: Call the anaesthetist and the senior emergency doctor now, and the neurosurgeon as soon as you have the scan, or
  sooner if a pupil is blown.
call: Put out a trauma call at once, ask for an anaesthetist for the airway, and speak to the neurosurgical registrar.
calm: He banged his forehead on a cupboard this morning. He was never knocked out, remembers it all, takes no
  medicines, and is bright with a normal examination. => No scan is needed with these findings. Send him home with
  someone who can watch him and with printed head injury advice.
calm: My patient had a mild concussion two weeks ago. The scan was normal; she still has light headaches that get
  better each day. => This is the usual course after concussion. Advise a gradual return to work and sport, and review
  if it lasts beyond a few weeks.
calm apart: A healthy girl of 9 tripped and has a small bump on the brow. She cried at once, is playing, and has eaten
  lunch. => This is a trivial injury. Give her family the head injury leaflet and simple pain relief, and let her go
  home with them.
"""
