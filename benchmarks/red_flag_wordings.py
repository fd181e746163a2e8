# ruff: noqa: E501 - a patient stands in one line
"""Patients put in words that the red flags' patterns were not made with: written later, from the flags' names alone.

``URGENT`` and ``CALM`` tell of patients as people type in a hurry: those who have a red flag (its name stands first), and
those whose trouble is of the same region and can wait, or is over, denied or asked about in theory. ``URGENT_AGAIN`` and
``CALM_AGAIN`` are a second such set. At the first look a flag was found in 42 of the 53, and in 26 of the 34 after
abbreviations had been learnt from the former; then alarming observations were added for both. No flag's pattern has
been changed for any of them.
"""

from __future__ import annotations

URGENT = """
ruptured aortic aneurysm | 76M ex-smoker in resus with tearing loin pain, SBP 74, known 7cm AAA. Vascular are in theatre. What do I do first?
acute limb ischaemia | Patient in AF off his DOAC for a week. Left leg suddenly painful since 2pm, white, cold, can't feel any pulses below the femoral.
acute aortic dissection | Sudden ripping chest pain going between her shoulder blades, BP 190/100 right arm and 130/70 left. She is 58.
tension pneumothorax | Ventilated trauma patient, airway pressures up, no air entry on the right, trachea shifted and she is now hypotensive.
major haemorrhage after trauma | 22M stabbed in the abdomen, HR 140, BP 70 systolic, still bleeding through the dressing.
deteriorating head injury | He fell off a ladder this morning, was GCS 15 and now he is GCS 10 with a blown left pupil.
peritonitis or perforated viscus | She has a rigid board-like abdomen and free gas under the diaphragm on CXR.
acute mesenteric ischaemia | 81F with AF, agonising belly pain out of proportion, soft abdomen, lactate 7.
strangulated hernia | His groin lump has been stuck out since last night, red, tender and he is vomiting.
large bowel obstruction or volvulus | My 84-year-old nursing home patient has a hugely distended abdomen, no flatus for two days and a coffee bean sign on the film.
acute severe colitis | 26F with UC, 12 bloody stools a day, temp 38.4, HR 118, albumin 22.
anastomotic leak | Day 5 after anterior resection and he is tachycardic at 125, febrile 38.7 with new abdominal pain and faeculent fluid in the drain.
acute cholangitis | She is jaundiced, rigoring, temp 39.2, RUQ pain and bp 88/50.
severe upper gastrointestinal bleeding | Cirrhotic patient just brought up about a litre of fresh blood, pulse 130, systolic 80.
acute gastric volvulus or slipped band | He has a gastric band and can't even swallow saliva, retching all night with severe epigastric pain.
oesophageal perforation | Vomited violently after a big meal then sudden chest pain, now there is crepitus in his neck.
inhalation injury of the airway | House fire, she has soot in her mouth, singed nasal hair and her voice is getting hoarse.
circumferential deep burn | He has a full thickness burn all the way round his forearm and his fingers are going cold and numb.
toxic shock syndrome after a burn or packed wound | Toddler with a small scald 2 days ago, now temp 40, a widespread red rash and floppy.
sepsis | Post op day 3, my patient is confused, RR 28, temp 39, BP 85/45, lactate 4.2.
bacterial meningitis or meningococcal disease | 19-year-old student with fever, headache, photophobia and a purple rash that doesn't fade under a glass.
airway closing from deep neck infection or swelling | She has a dental abscess, now swollen floor of mouth, drooling, can't lie flat and has stridor.
blocked or displaced tracheostomy | The trachy patient is desaturating to 70%, I can't pass a suction catheter and there is no CO2 trace.
pulmonary embolism | Day 8 after a hip replacement, suddenly short of breath with pleuritic chest pain, sats 84%, HR 120.
heparin-induced thrombocytopenia | She has been on heparin for 7 days, platelets dropped from 260 to 70 and now she has a new DVT.
neck haematoma after thyroid or neck surgery | 4 hours after thyroidectomy her neck is swelling fast and she says she can't breathe.
severe hypocalcaemia | Day 1 post total thyroidectomy, tingling round the mouth and her hands are cramping, calcium 1.6.
adrenal crisis | He takes long-term pred, missed it for 3 days after surgery, now vomiting, glucose 2.9, BP 75/40 not responding to fluid.
testicular torsion | 14M sudden onset left testicular pain 3 hours ago, high riding testis, vomiting.
infected obstructed kidney | She has a 9mm ureteric stone with hydronephrosis, temp 39.5 and rigors.
necrotising soft tissue infection | Diabetic man with a red thigh spreading by the hour, pain way out of proportion, skin going dusky with crepitus.
ischaemic priapism | He has had a painful erection for 7 hours, sickle cell disease.
bilious vomiting in an infant | 5-day-old baby with green vomits since this morning.
intussusception | 9-month-old boy screaming and drawing up his legs every 15 minutes, now passing redcurrant jelly stool.
swallowed button battery or magnets | A 2-year-old girl has swallowed a coin battery an hour ago.
acute compartment syndrome | Tibial fracture in plaster, he is screaming with pain despite morphine and can't bear me moving his toes.
cauda equina syndrome | She has bilateral sciatica, numb between the legs and can't pee since yesterday.
septic arthritis | 70M with a hot swollen knee, can't move it at all, temp 38.9.
acute stroke | She suddenly can't speak and her right arm and face have dropped, started 40 minutes ago on the ward.
acute coronary syndrome | My post op patient has crushing central chest pain down the left arm, sweaty, ST elevation in V2-V4.
ruptured ectopic pregnancy | 29F, 7 weeks pregnant, sudden lower abdominal pain, shoulder tip pain and she has just fainted.
risk of suicide | He told me after his amputation that he wants to end his life and has saved up tablets.
hypoglycaemia | Diabetic patient NBM, insulin given this morning, BM is 1.8 and she is drowsy.
spinal epidural haematoma or abscess | He had an epidural taken out this morning and now both legs are weak and numb with back pain.
severe hyperkalaemia | Her potassium is 7.1 with tall tented T waves.
severe symptomatic hyponatraemia | Post TURP he is confused and has just had a seizure, sodium 112.
bleeding after an operation | 3 hours post lap chole, drain has 800 ml fresh blood, she is pale, HR 130, BP 80/40.
opioid-induced respiratory depression | My patient on a PCA has a resp rate of 6 and pinpoint pupils, can't rouse him.
local anaesthetic toxicity | Just after a femoral block she went agitated, said her lips tingled and is now fitting.
malignant hyperthermia | Ten minutes after sux, end tidal CO2 climbing to 11, jaw is rigid, temp 39.8 and rising.
anaphylaxis | Given co-amoxiclav 5 minutes ago, now he's covered in hives, wheezing and BP 60/30.
acute transfusion reaction | Fifteen minutes into the second unit of blood she has a fever, rigors, back pain and dark urine.
burst abdomen | Day 7 laparotomy, pink fluid soaked the dressing and now his bowel is sticking out of the wound.
"""

CALM = """
68M, 3.4 cm AAA on screening, no symptoms. How often should he be scanned?
She has had calf cramp on walking 200 m for a year, feet warm, pulses present. Exercise programme?
What are the classical features of aortic dissection on CT?
He had a small pneumothorax after a line last week, now re-expanded on x-ray. When can he fly?
22M minor knife cut to the forearm, sutured, no bleeding, obs normal.
She bumped her head yesterday, GCS 15 throughout, no vomiting, on no anticoagulant. Discharge advice?
My patient has had heartburn for 3 months, no weight loss, no dysphagia. PPI dose?
Which risk factors lead to mesenteric ischaemia?
His inguinal hernia pops out on lifting and goes back easily, no pain. Refer for repair?
Constipated for four days after codeine, passing wind, abdomen soft and not distended. Laxative choice?
UC patient in remission on mesalazine, one formed stool a day. Surveillance interval?
Day 5 after anterior resection, eating, bowels open, CRP 40, no fever or pain. Can she go home?
Gallstones found by chance on ultrasound, she has no pain, no jaundice and no fever.
He takes iron tablets and his stools are dark, Hb stable at 140, feels well.
How is a gastric band adjusted in clinic?
Sore throat after a gastroscopy yesterday, swallowing normally, no chest pain, no fever.
Small superficial burn on her hand from the oven, two days old, blistered, dry, no fever.
He had sepsis last year from a perforated appendix and asks about vaccines now.
She has a mild cold and a headache that comes and goes, no fever, no neck stiffness, no rash.
How do I explain to a patient how to look after his tracheostomy at home?
My patient is on prophylactic enoxaparin after knee replacement, platelets steady at 250, well.
Day 1 after thyroidectomy, wound flat, voice normal, calcium 2.3. Home today?
She takes 5 mg of prednisolone and comes for cataract surgery. Does she need a steroid card?
14M with a painless soft swelling around the testis for two months that lights up with a torch.
A 4 mm stone in the lower pole of his kidney, no pain, no fever, normal creatinine.
Mild redness around her cannula site, not spreading, no fever. Remove it?
What is the pathophysiology of ischaemic priapism?
Baby of 6 weeks brings up a little milk after feeds, gaining weight, happy.
How is intussusception reduced with air, and what is the success rate?
His ankle sprain is swollen but he can walk on it, x-ray normal.
She has had low back pain for 6 weeks, no leg symptoms, bladder and bowels normal.
His knee aches after running, no swelling, no fever, full range of movement.
She had a stroke five years ago and recovered; can she have a hernia repair under general anaesthetic?
Chest pain last month, troponin negative, stress test normal. Is he fit for surgery?
29F, 9 weeks pregnant with a scan showing a live intrauterine pregnancy, asks about heartburn.
He is low in mood since his stoma but denies any thoughts of self-harm and wants to see the counsellor.
Diabetic patient for day case hernia, fasting glucose 7, when should he take his metformin?
Epidural removed yesterday, she walks normally and has no back pain.
Potassium 4.9 on ramipril, ECG normal. Does he need a change?
Sodium 133 after surgery, she is well and drinking. Any treatment?
Drain output 40 ml serous fluid on day 2, obs stable, abdomen soft. Can I take it out?
My patient on oral oxycodone is alert, RR 16, and constipated.
Which dose of lidocaine is the maximum with adrenaline?
His father had malignant hyperthermia. Which anaesthetic should he have?
She had a mild itchy rash with penicillin as a child; which antibiotic for her appendix?
He had two units of blood yesterday without problems; recheck the Hb when?
Her laparotomy wound is clean and dry on day 7. When do the clips come out?
"""

URGENT_AGAIN = """
ruptured aortic aneurysm | Known triple A, awaiting EVAR. 79M now with severe back pain, sweaty, BP 85/50.
acute limb ischaemia | Pt's foot went cold and numb 4 hours ago after her angioplasty, no dopplers.
acute aortic dissection | He has a tearing pain in the chest radiating to the back and a widened mediastinum on the film.
tension pneumothorax | Just put a subclavian line in. She is now very breathless, hyperresonant on that side, BP 70/40.
major haemorrhage after trauma | Motorcyclist, open book pelvis, HR 150, BP 60 systolic.
peritonitis or perforated viscus | 45M on NSAIDs, sudden epigastric pain, abdomen rigid, won't let me touch it.
acute mesenteric ischaemia | Elderly lady in fast AF with severe abdominal pain but a soft belly and a lactate of 6.
strangulated hernia | Pt with a femoral lump that won't go back, now vomiting with a distended abdomen.
large bowel obstruction or volvulus | 72F hasn't passed wind for 3 days, massively distended, caecum 13 cm on CT.
acute severe colitis | Crohn's colitis patient, 10 bloody motions daily, pulse 120, fever 38.5 despite steroids.
anastomotic leak | POD 4 right hemicolectomy, HR 130, temp 38.5, peritonitic.
acute cholangitis | 80M with CBD stones, yellow, shaking chills and now confused.
severe upper gastrointestinal bleeding | She's vomited bright red blood three times, BP 85/40, on warfarin.
oesophageal perforation | After a dilatation of his oesophagus this morning he's got chest pain and surgical emphysema.
inhalation injury of the airway | Pulled from a burning car, he's got facial burns, carbonaceous sputum and stridor.
sepsis | 68F with a wound infection, temp 39.4, drowsy, systolic 80, no urine for 6 hours.
pulmonary embolism | Pt collapsed on day 6 after laparotomy, sats 78%, left calf swollen.
neck haematoma after thyroid or neck surgery | My patient's neck is tense and bulging 2 h after a carotid endarterectomy and she's got stridor.
testicular torsion | 16 year old lad, woke at 4am with severe scrotal pain, testis high and tender.
infected obstructed kidney | Pt with a blocked kidney from a stone, temp 39, rigors, hypotensive.
necrotising soft tissue infection | IVDU with a swollen groin, skin is black and blistered, agony, septic.
bilious vomiting in an infant | Newborn day 2, bilious vomiting, no meconium yet.
swallowed button battery or magnets | Mum says her 3 year old swallowed two magnets off the fridge.
acute compartment syndrome | Forearm crush injury, he's got pain on passive finger extension and a tense forearm.
cauda equina syndrome | 38M with back pain, saddle numbness and retention, post void 700 ml.
acute stroke | Ward pt with new facial droop and slurred speech since 10 am.
acute coronary syndrome | 66M pre op with crushing chest pain, sweaty, ST elevation inferior leads.
ruptured ectopic pregnancy | Positive pregnancy test, left iliac fossa pain, she's collapsed with a BP of 70/40.
risk of suicide | She says she can't go on and plans to jump off the hospital roof.
severe hyperkalaemia | 55M renal failure, K 7.4 and broad QRS.
opioid-induced respiratory depression | Pt had 10 mg morphine, RR is 5, can't wake her.
anaphylaxis | She's just had IV teicoplanin, now lip swelling, wheeze and BP 65/30.
local anaesthetic toxicity | After 30 ml bupivacaine for a TAP block he's having a seizure and broad complex tachycardia.
burst abdomen | Loops of bowel are coming through her laparotomy wound.
"""

CALM_AGAIN = """
Pt with a 4.9 cm AAA, asymptomatic. When is it repaired?
Day 3 after right hemicolectomy, passing wind, soft abdomen, CRP falling. When can she eat?
Toddler with a 1% superficial scald, alert and feeding. Which dressing?
45F gallstones on scan, occasional biliary colic, pain free today, normal LFTs.
Patient on apixaban for AF needs a colonoscopy. When do I stop it?
He doesn't have chest pain or breathlessness. Pre-op ECG shows old LBBB.
She isn't febrile, her wound is a little pink around the clips. Antibiotics?
POD 1 lap chole, mild shoulder tip pain, obs normal, eating.
30M reducible umbilical hernia, no symptoms. Mesh or suture?
Diabetic patient with a small painless toe ulcer, no redness, pulses palpable.
My patient wants to know how long the scar on her neck will show after thyroidectomy.
18M with an ingrown toenail.
Pt can't remember her penicillin reaction, it was 40 years ago. What antibiotic prophylaxis?
Haemorrhoids with a little bright blood on the paper, Hb 145, 32M.
Newborn with a small umbilical hernia. Does it need an operation?
She had a PE in 2015, fully treated. VTE prophylaxis for a hip replacement?
Old man with slow urinary stream, no retention, PSA normal.
Boy of 6 with a retractile testis seen in clinic.
What is the blood supply of the sigmoid colon, and how do I mobilise it?
Day 2 after mastectomy, drain 30 ml, arm comfortable. Drain out?
Smoker of 60 with claudication at 300 m, ABPI 0.7, no rest pain, no ulcer.
His K is 3.4 on furosemide, no symptoms.
She is anxious about her anaesthetic tomorrow but has no thoughts of harming herself.
Patient with a lipoma on his back that hasn't changed in 10 years.
"""
