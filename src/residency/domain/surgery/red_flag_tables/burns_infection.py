"""Red flags: burns, infection, airway and clots. Reviewed 2026-11; not for clinical use."""

TABLE = r"""
# inhalation injury of the airway
topics: burn, inhal, airway, smoke
find: (?:fire|flames?|smoke|explosion|burn\w*|blast|steam) & (?:soot\w*|hoarse\w*|stridor|singed|swollen lips|lips
  (?:\w+ ){0,3}swell\w*|tongue|facial burns|burns? (?:to|of|on) (?:the|his|her)
  face|carbonaceous|voice|carboxyhaemoglobin|face|black sputum|coughing up black)
says: He was pulled from a house fire. There is soot in his mouth and his voice is hoarse.
says: My patient has facial burns with singed nasal hair, and her lips are swelling after an explosion.
says: I have just received a woman who was trapped in a smoke-filled room; she coughs sooty sputum and is confused.
says: She has deep burns to the face and stridor.
says: He breathed in steam at work: his tongue is swollen and his voice has changed.
apart: After the garage fire this man is getting more hoarse by the minute, although his saturation is 99%.
apart: A girl with burns on the neck and black sputum says that her throat is closing. There was smoke everywhere.
why: Treat it as an airway emergency: the airway is burnt and will swell.
why: Swelling of a burnt airway can close it soon, so this is urgent even with a good saturation.
why: Act now while intubation is still easy, for this is probably an inhalation injury.
first: Sit the patient up and give oxygen at 15 litres a minute through a mask with a reservoir. Have the airway
  assessed for early intubation with an uncut tube, take a blood gas with carboxyhaemoglobin, and think of cyanide if
  there is coma or a high lactate.
first: High-flow oxygen, sitting up, comes first, then early intubation by the most skilled person. Measure
  carboxyhaemoglobin, since a pulse oximeter reads falsely high.
call: Call the most senior anaesthetist available now, and then the burn centre.
call: Put out a trauma or airway call at once, with a senior anaesthetist, and ring the burns service for transfer.
calm: She singed the hair on her arm at a barbecue in the garden. The skin is intact and she is well. => Nothing
  beyond cool water and an emollient is needed. Give simple advice on fire safety.
calm: My patient has sunburn on the nose and cheeks after a day at the beach. It is pink without blisters, and he is
  drinking well. => This is a superficial sunburn. Advise cool compresses, an emollient, fluids and shade.
calm apart: He stood near a bonfire last night and his clothes smell of it. He feels well, his throat is clear and his
  examination is normal. => Brief exposure outdoors with a normal examination needs no treatment. He may go home and
  return if a cough or wheeze appears.

# circumferential deep burn
topics: burn, eschar, limb, circumferential
find: (?:circumferential|all (?:the way )?(?:a)?round|encircl\w+|whole (?:arm|leg|chest|forearm)) &
  (?:burn\w*|eschar|flame|leathery)
says: He has a circumferential full-thickness burn of the forearm, and his fingers are cold and numb.
says: My patient's leg is burnt all round; the skin is leathery and the foot pulse has faded.
says: We have just intubated a man with a burn encircling the chest, and the ventilator pressures keep climbing.
says: Her hand tingles and is pale below a leathery burn that goes all the way round the arm.
says: The child has a deep flame burn all around the leg, and the toes are blue.
apart: An eschar encircles this woman's trunk and she can hardly expand her ribs.
apart: Below the circumferential burn his palm signals on Doppler are going, although we raised the arm.
why: This is limb- or life-threatening and urgent: a tight burn is acting as a tourniquet.
why: Release cannot wait if circulation or breathing is failing under a circumferential burn; it is an emergency.
why: A deep burn that goes all round must be treated as an emergency before the tissue beyond it dies.
first: Give oxygen, take off rings and anything tight, raise the limb and check capillary refill and Doppler signals
  every few minutes. If perfusion or ventilation stays poor, escharotomy is needed, by someone trained and guided by
  the burn centre.
first: Remove jewellery, elevate a burnt limb, go on with burn resuscitation and check the circulation beyond it again
  and again; prepare for escharotomy. Around the chest, ventilation comes first.
call: Call the senior surgeon and the burn centre now; for a burn of the chest call the anaesthetist too.
call: Speak to the burns surgeon at once and have the senior surgeon and the anaesthetist come to the patient.
calm: She has a pink scald the size of a coin on the back of her hand. It blanches, hurts a little, and was cooled for
  20 minutes. => This is a small superficial burn. Clean and dress it, give simple pain relief and review it in two
  days.
calm: My patient's grafted burn of the arm healed a month ago, and he wears his pressure garment. The hand is warm and
  moves well. => Healing is going as planned. Continue moisturiser, exercises and the pressure garment, and see him at
  the scar clinic.
calm apart: A blister of 1 cm formed after he touched a hot pan. He has full feeling and movement. => A small blister
  like this can be cleaned and covered. Show him how to keep it dry, and look at it again in a few days.

# toxic shock syndrome after a burn or packed wound
topics: toxic, burn, paediatric, sepsis, packing
find: (?:burn\w*|scald\w*|tampon|packing|pack|nasal pack) & (?:rash|{fever}) &
  (?:rash|{shock}|{drowsy}|vomit\w*|diarrhoea|floppy|lethargic) & {fever} & !fire
says: He is two, was scalded three days ago, and has a fever of 39.4, a rash and is drowsy. The scald looks clean.
says: My patient's burn covers only 2%, yet she has become feverish and floppy with diarrhoea.
says: I have just admitted a teenager with a tampon in place, high fever, a sunburn-like rash and faintness.
says: The nasal pack was put in on Tuesday; now he is shivering, has vomited and his blood pressure is 80/40.
says: She was sent home with a dressed scald. She is back with a fever, a red rash and a pulse of 180.
apart: A toddler with a small healing burn is lethargic and hot, with a temperature of 40 and vomiting.
apart: After the wound packing this woman has rigors, a spreading rash and feels faint.
why: This is an emergency: toxic shock syndrome can follow a small and clean-looking wound.
why: Think of toxic shock now and treat it as urgent, for collapse can come within hours.
why: Fever with such signs after a burn or a pack is toxic shock syndrome until proved otherwise, which is an
  emergency.
first: Give oxygen and fluid boluses, take out any tampon or pack, take the dressing down and clean the wound, send
  cultures and give intravenous antibiotics against staphylococci and streptococci with clindamycin.
first: Resuscitate, remove packs and dressings, clean and swab the wound, and start intravenous antibiotics that
  include clindamycin without delay. Immunoglobulin is discussed with the specialists.
call: Call the senior paediatric or medical doctor and critical care now, and the burn service if there is a burn.
call: Tell critical care at once, together with the paediatric or medical registrar, and after a burn the burns team.
calm: He is three with a scald of 1% that was dressed yesterday. He plays, eats and has a normal temperature. => The
  burn is doing well. Keep the dressing dry, and change it as the burns clinic has planned.
calm: My patient's healed burn itches at night. The skin is intact and she is otherwise well. => Itching is common in
  healed burns. Offer an emollient, massage and an antihistamine at night.
calm apart: She has a dressing on a small burn of the finger; the edge is dry and the finger moves freely. => Healing
  goes as expected. Replace the dressing in two or three days.

# sepsis
topics: sepsis, infection, septic, abscess, breast, post-operative
find:
  (?:infect\w+|urin\w+|pneumonia|abscess|wound|cellulitis|line|catheter|chest|cough\w*|source|septic|sepsis|mastitis|drain|chemotherapy|cuff)
  & (?:{fever}|septic|sepsis|temperature (?:is |of )?35) & (?:{shock}|{drowsy}|lactate (?:\w+
  ){0,2}(?:[2-9]|1\d)|mottled|{breath}|not passed urine|no urine|neutropenic|neutrophils)
find: (?:prostate|prostatic|transrectal) & biops\w* & {fever}
find: (?:band ligation|banding) & {fever}
find: hirschsprung\w* & {fever} & (?:diarrhoea|distension|distended)
says: He has a wound infection with a temperature of 39.1, and is confused with a blood pressure of 84/46.
says: My patient with a urinary catheter has rigors, her skin is mottled and the lactate is 4.8.
says: We have just seen a woman ten days after chemotherapy with a fever of 38.5 and a neutrophil count of 0.2. She is
  neutropenic.
says: Her breast abscess was drained yesterday; today she is febrile, breathless and has a pulse of 132.
says: The man with a cough and fever is drowsy and has not passed urine since morning.
apart: An old lady with an infected leg ulcer is muddled and cold, with a temperature of 35.1 and systolic pressure of
  82.
apart: His central line site is red. He is shivering, grey and faint.
why: Treat this as an emergency: it may be sepsis, in which organs fail because of an infection.
why: Sepsis is likely and is a medical emergency, in which the first hour counts.
why: Treat for sepsis now; every hour without antibiotics adds to the risk.
first: Give oxygen if saturation is low, take blood cultures and lactate, give intravenous broad-spectrum antibiotics
  within the hour, give fluid boluses and measure urine output. Then find and control the source.
first: Work through airway, breathing and circulation; cultures, lactate, antibiotics and fluid belong in the first
  hour, followed by control of the source.
call: Call the senior doctor of the team now, and critical care if the blood pressure or lactate does not improve with
  fluid.
call: Tell the registrar at once and the critical care outreach team; the surgeon must know if a source needs
  draining.
calm: She has a runny nose and a mild sore throat for two days, with normal observations, and drinks well. => This
  fits a viral cold. Advise fluids, rest and simple pain relief, without antibiotics.
calm: My patient's stitch has a small pustule; the skin round it is pale and he feels well. => This is a stitch
  abscess. Take out the stitch, clean the spot and look again at the next dressing.
calm apart: A woman's routine catheter sample grew bacteria. She feels well, her temperature is 36.6 and she is her
  usual self. => Bacteria in catheter urine without symptoms need no antibiotic, unless she is pregnant or about to
  have a urological operation. Record the result and remove the catheter when it is no longer needed.

# bacterial meningitis or meningococcal disease
topics: mening, infection, neuro, rash, paediatric
find: (?:headache|neck stiff\w*|stiff neck|neck is stiff|light hurts|photophobia|bulging
  fontanelle|petechia\w*|purpur\w+|non-blanching|rash (?:\w+ ){0,2}does not (?:blanch|fade)|rash (?:\w+ ){0,2}will not
  (?:blanch|fade)) & {fever} &
  (?:stiff\w*|{drowsy}|petechia\w*|purp\w+|non-blanching|bulging|light|photophobia|neurosurg\w+|csf|skull)
says: He has fever, a severe headache and a stiff neck, and he is getting confused.
says: My patient has a purple rash that does not fade under a glass, with a fever of 39.
says: I have just seen a student with headache and rigors who cannot bear the light. Photophobia began this morning.
says: The baby is feverish and floppy, with a bulging fontanelle. She is drowsy.
says: A week after his pituitary operation the neck is stiff, the temperature is 38.8 and clear CSF drips from the
  nose.
apart: Petechiae are spreading over this child's legs and she has a fever and cold hands.
apart: Light hurts his eyes; he is febrile, vomits, and has had a headache since dawn with neck stiffness.
why: Consider this a life-threatening emergency: it may be bacterial meningitis or meningococcal sepsis.
why: Antibiotics cannot wait, for meningitis or meningococcal disease is suspected; it is urgent.
why: Suspect meningitis and act at once.
first: Take blood cultures and give the intravenous antibiotic of your guideline at once, with dexamethasone where it
  advises it. A lumbar puncture or a scan must not delay the antibiotic; treat shock, check glucose and keep the
  patient isolated.
first: Airway, oxygen, access, cultures, then the first dose of intravenous antibiotic within the hour and before any
  scan. Treat shock with fluid and check glucose.
call: Call the senior medical or paediatric doctor now, and critical care if there is shock or drowsiness; public
  health is told afterwards.
call: Tell the medical or paediatric registrar at once and the critical care team; after neurosurgery, tell the
  neurosurgeon.
calm: She has a tight band-like headache at the end of working days, and is well otherwise with a supple neck. => This
  fits tension headache. Talk about breaks, sleep and posture, and keep painkillers to a few days a month.
calm: My patient woke with a crick in the neck after a night on the sofa. He is afebrile and well. => This is a
  muscular strain. Advise gentle movement, warmth and simple pain relief for a few days.
calm apart: A child has a pink rash on the trunk that fades when pressed, two days into a cold. She is playing and
  drinking. => This fits a viral rash. Reassure the parents, show them the glass test and tell them what to return
  for.

# airway closing from deep neck infection or swelling
topics: airway, neck, ludwig, epiglott, infection, angio, anaesth
find: (?:stridor|drool\w*|cannot swallow|floor of (?:the|his|her) mouth|trismus|hot
  potato|muffled|tongue|tripod|epiglottitis|neck abscess|dental abscess|noisy breathing|lips) &
  (?:stridor|drool\w*|cannot swallow|muffled|swollen|swelling|lean\w* forward|tripod|{breath}|noisy) &
  (?:{fever}|stridor|sitting|sits|dental|tooth|throat|{breath}|angioedema|ramipril|ace inhibitor|lisinopril|hard to
  breathe|lie flat) & !(?:thyroidectom\w+|parathyroid\w*|carotid|goitre|battery|coin
  cell|magnet|explosion|steam|smoke|fire|neck dissection)
says: He has a dental abscess; the floor of his mouth is swollen, he drools and cannot lie flat.
says: My patient has a sore throat with stridor and sits leaning forward.
says: We have just seen an unvaccinated girl of four with fever, drooling and noisy breathing.
says: Her tongue has swollen over an hour. She takes ramipril and finds it hard to get her breath.
says: A man with a neck abscess has a muffled voice, a fever and is breathless when he lies down.
apart: Since a wisdom tooth came out this man cannot swallow his saliva; the tissues beneath his jaw are hard and
  swollen and he has rigors.
apart: The boy in triage sits in a tripod position, drooling, hot at 39.5 degrees, with a quiet stridor. He is
  feverish.
why: Act at once, since this is an airway emergency: the upper airway may close at any moment.
why: An airway that is narrowing comes before everything else and needs skilled hands now.
why: Urgent help with the airway is needed, because swelling in the throat or neck is obstructing it.
first: Keep the patient sitting up and calm, give high-flow oxygen, and do not examine the throat or lay the patient
  flat. Have equipment for a difficult airway and a surgical airway at hand; nebulised adrenaline can win time, and
  adrenaline goes into the thigh muscle if the swelling may be allergic. Antibiotics for an infection follow once the
  airway is safe.
first: Leave the patient in the position of choice with oxygen, disturb nothing, and prepare for a difficult
  intubation with a surgeon ready for a front-of-neck airway. If the swelling may be allergic, inject adrenaline into
  the thigh muscle. Venous access, antibiotics for an infection and scans come after that.
call: Call the most senior anaesthetist and the ear, nose and throat surgeon now.
call: Put out the airway emergency call at once, with anaesthetist and ear, nose and throat surgeon, and a
  paediatrician for a child.
calm: He has had a sore throat for two days with white spots on the tonsils. He drinks, opens his mouth fully, and his
  voice is normal. => This is tonsillitis. Score it by your guideline to decide on an antibiotic, and advise fluids
  and simple pain relief.
calm: My patient has a painless 1 cm lump under the jaw after a cold. She eats well. => A small node after a cold
  usually shrinks. Examine her mouth and scalp, and refer her by the local neck lump pathway if it is still there in
  three weeks.
calm apart: A mild ache in a filled tooth bothers him with cold drinks; the face is flat and he is well. => This is a
  sensitive tooth. Advise simple pain relief and a visit to his dentist.

# blocked or displaced tracheostomy
topics: tracheostomy, airway, anaesth, critical
find: (?:tracheostomy|trachy|laryngectomy) & (?:{breath}|block\w*|out|displac\w+|dislodg\w+|no air|cannot pass|not
  pass|blue|bubbl\w+|desaturat\w+|come out) & (?:{breath}|blue|suction|tube|desaturat\w+|no air|saturation\w*) &
  !(?:years|planned|next week)
says: His tracheostomy tube came out when he was turned and his saturation is falling to 78%.
says: My patient with a tracheostomy is blue and the suction catheter will not go down. I cannot pass it at all.
says: I have just been called to a woman whose tracheostomy seems blocked; she is struggling to breathe.
says: The trachy was put in three days ago. Now no air comes through the tube and she is gasping.
says: He has a laryngectomy, the stoma is crusted and blocked, and his saturation is 80%.
apart: Air bubbles round the displaced tracheostomy tube of this man in high care, and he is desaturating.
apart: Her tracheostomy no longer lets a suction catheter through. It is blocked with dried mucus and she is short of
  breath.
why: This is an airway emergency: the tracheostomy is blocked or out of place.
why: Seconds count; a failing tracheostomy is treated at once.
why: The tube must be cleared or taken out now, as this is a life-threatening obstruction.
first: Give high-flow oxygen to the face and to the stoma. Take out the inner tube and pass a suction catheter; if it
  will not pass, let the cuff down, and if the patient is no better remove the tube and oxygenate by mouth or stoma.
  After a laryngectomy only the stoma leads to the lungs.
first: Oxygen to mouth and stoma, inner tube out, suction, cuff down, and tube out if that does not help. Then
  ventilate by face or stoma; with a laryngectomy the stoma is the only way.
call: Put out the emergency call now, asking for an anaesthetist and the ear, nose and throat surgeon.
call: Get the airway team at once: the anaesthetist on call, critical care and the ear, nose and throat surgeon.
calm: Her tracheostomy was changed today as planned; the inner tube is clean, she breathes quietly and has a
  saturation of 97%. => All is as it should be. Go on with humidification, inner tube care and cuff checks by your
  protocol.
calm: My patient's old tracheostomy scar is a little sunken, and it has been closed for a year. He breathes easily. =>
  This is a cosmetic matter. Refer him to the ear, nose and throat clinic if he would like it revised.
calm apart: He asks how often the inner cannula has to be cleaned; he has had a tracheostomy for two years and is
  well. => Clean it several times a day and whenever secretions build up. Ask the specialist nurse to watch his
  technique at the next visit.

# pulmonary embolism
topics: embol, thrombo, vte, dvt, anticoag, post-operative, chest
find: (?:breathless|short of breath|dyspno\w+|saturation\w*|pleuritic|collapsed|coughed up
  blood|haemoptysis|breathing) & (?:calf|leg|days?
  after|operation|surgery|hip|knee|flight|cancer|plaster|cast|pill|bed|dvt|days ago|weeks ago) & (?:sudden\w*|pulse
  (?:is |of )?1[1-9]\d|saturation\w* (?:is |of )?[78]\d|{shock}|swollen|pleuritic|haemoptysis|coughed up blood) &
  !(?:drain|ribs|fire|smoke|neck is|mouth)
says: She is six days after hip surgery and has become suddenly breathless, with a pulse of 118.
says: My patient has a swollen calf and pleuritic pain, and his breathing is fast.
says: We have just been called to a man who collapsed in the bathroom a week after his colectomy operation; his
  saturation is 82%.
says: She takes the pill, flew home yesterday, and is short of breath with a swollen leg.
says: He has pancreatic cancer, has coughed up blood and his saturation is 86% on air.
apart: Breathing became sudden hard work for this lady on the fourth night after knee surgery; she is clammy.
apart: A young man in a plaster cast has pleuritic pain and dyspnoea since lunch.
why: Start treatment now: it may be a pulmonary embolism.
why: A pulmonary embolism has to be assumed, which is a life-threatening emergency in a patient with shock.
why: Breathing trouble of this kind needs action now, because a clot in the lung is likely.
first: Give oxygen, get access, take an ECG and a blood gas, and obtain a CT pulmonary angiogram. Begin therapeutic
  anticoagulation while waiting unless bleeding risk forbids it; after recent surgery decide that with a senior. In
  shock, bedside echocardiography and reperfusion are discussed.
first: Oxygen, monitoring, an ECG and venous access come first, then CT pulmonary angiography, with treatment-dose
  anticoagulant before the scan if bleeding risk allows.
call: Call the medical registrar and the senior surgeon now; put out an emergency call if the blood pressure is low.
call: Tell the senior doctor at once, and critical care and the pulmonary embolism team if there is shock.
calm: He is on the second day after surgery, walks the ward without trouble, and has a saturation of 98% with a pulse
  of 72. => Recovery is normal. Continue clot prevention and early walking.
calm: My patient gets a stitch in the side when she jogs uphill and it goes with rest. She is 22, well and has normal
  legs. => This fits a harmless exercise stitch. Advise a warm-up and no heavy meal beforehand.
calm apart: She finished three months of anticoagulant for a clot in the leg and is well, with no breathlessness. =>
  Review whether the clot was provoked, and decide with her whether to go on with treatment. Book the thrombosis
  clinic.

# heparin-induced thrombocytopenia
topics: heparin, thrombocytop, hit, anticoag, platelet
find: (?:heparin|enoxaparin|dalteparin|tinzaparin) & platelet\w* &
  (?:dropped|drop\w*|fall\w*|fell|fallen|down|halved|from|half) & !dilution
says: He is on day seven of enoxaparin; his platelets have fallen from 290 to 95 and his leg is swollen.
says: My patient on heparin has platelets down by half and a new clot in the arm.
says: We have just had a platelet count of 60 in a woman who started dalteparin eight days ago. It has dropped from
  240.
says: Her platelets halved on day six of heparin after the bypass, and there are black spots at the injection sites.
says: The foot has gone cold in a man whose platelets fell by more than half on heparin.
apart: Nine days into tinzaparin this gentleman's platelet count is 70, down from 310; he is otherwise the same.
apart: She had heparin a month ago and again since Tuesday. Platelets went from 260 to 88 overnight.
why: This may be an emergency: heparin-induced thrombocytopenia causes clots more than bleeding.
why: Heparin has to be stopped now, for heparin-induced thrombocytopenia is likely.
why: Consider heparin-induced thrombocytopenia an emergency, since limb or life can be lost to new clots.
first: Work out the 4Ts score. If it is intermediate or high, stop every form of heparin with flushes and coated
  lines, start a non-heparin anticoagulant in treatment dose unless the patient bleeds, and send antibodies. Give no
  warfarin yet, and platelets only for bleeding.
first: Score the 4Ts, stop all heparin at once unless the score is low, use an alternative such as argatroban,
  danaparoid, bivalirudin or fondaparinux, and send the antibody test. Warfarin waits until platelets have recovered.
call: Call the haematologist on call and the senior of the team now.
call: Speak to haematology at once and tell the surgeon, for any operation has to be thought over.
calm: His platelet count is 230 on day five of enoxaparin; it was 240 before. => This is a normal variation. Continue
  the prophylaxis and check again by your protocol.
calm: My patient has a small bruise where the heparin was injected. Her blood count is normal. => Bruises at the sites
  are common. Change the site each day and go on.
calm apart: She is to start dalteparin after her operation and asks what has to be checked. Her count is normal. =>
  Check kidney function and a baseline blood count, and repeat the count only if your guideline asks for it.
"""
