"""What sounds like an emergency and is none: a right answer is calm. Reviewed 2026-11; not for clinical use."""

from __future__ import annotations

TABLE = r"""
# bruised-shin
topic: trauma
says: Hockey player, kicked on the shin on Sunday. It aches when he runs, the calf is soft, he can bend his toes and
  ankle fully without complaint and he walked in. Plain film is clean. What do you suggest?
state: rest|ice|analges|paracetamol|ibuprofen|activity
gold: This fits a bruise. Rest, ice and simple analgesia for some days, then a gradual return to sport, is all he
  needs.

# ache-with-long-standing-veins
topic: vascular
says: Shop assistant, 52, legs heavy every evening for years, better with feet up; lumpy veins, warm feet, good pulses.
  She read about blocked arteries and is frightened.
state: compression|duplex|ablat|elevat|vein
gold: Warm feet and good pulses speak against arterial disease; these are symptomatic varicose veins. Offer a venous
  duplex scan and talk about compression or ablation at the clinic.

# calf-cramp-on-hills
topic: vascular
says: 66-year-old walks 300 metres, then his calf cramps, and it goes when he stands still. Same for two years. Feet
  warm, ankle-brachial index 0.74, skin intact.
state: smok|exercise|statin|antiplatelet|clopidogrel
gold: This is stable intermittent claudication. Help him to stop smoking, start a statin and clopidogrel, and offer a
  supervised exercise programme, with vascular review in the clinic.

# small-aneurysm-found
topic: vascular
says: Screening letter: aorta 3.4 cm in a man of 65 who feels entirely well and plays tennis. He wants to know whether
  he may carry on.
state: surveill|ultrasound|scan|smok|year
gold: Yes, he can carry on as usual. An aorta of this size is followed by ultrasound once a year; smoking, blood
  pressure and a statin are worth attention.

# muscular-chest-wall
topic: chest
says: Two days after painting a ceiling he has a sore spot left of the breastbone that I can reproduce with one finger.
  28, fit, sats 99%, ECG and film normal.
state: analges|paracetamol|ibuprofen|nsaid|reassur|settle
gold: This is musculoskeletal chest wall pain. Reassure him, give simple analgesia and tell him that it will settle
  over a few weeks.

# small-rim-of-air
topic: chest
says: Tall 23-year-old, slight pleuritic twinge since yesterday. Film shows a 1 cm rim at the apex; he's chatting, sats
  98%, rate 14, pulse 70.
state: conservat|observ|repeat|follow|review|outpatient|film
gold: A small primary pneumothorax with so few symptoms is managed conservatively. He can leave with written advice, no
  flying or diving, and a repeat film in a week or two.

# first-night-drain-colour
topic: breast
says: Mastectomy yesterday. The drain holds 60 mL of thin pinkish fluid since theatre, chest wall flat, she's eating
  toast and obs are all normal.
state: expected|normal|record|drain|leave|remove
gold: That is expected on the first day. Record the volume each day and plan to remove the drain when it falls below
  your unit's limit.

# bruise-after-hernia
topic: hernia
says: Third day following open inguinal hernia repair. Scrotum and base of the penis have gone purple, not swollen
  much, no fever, passing urine, and he is alarmed.
state: bruis|settle|resolve|support|reassur
gold: This is bruising that has tracked down from the groin, and it will settle in two or three weeks. Reassure him,
  and advise supportive underwear and simple analgesia.

# reducible-groin-lump
topic: hernia
says: A farmer, 61: swelling in the groin on lifting for a year, goes back by itself when he lies down, no pain, bowels
  fine. Should I do anything?
state: elective|repair|clinic|outpatient|watchful
gold: This is a reducible inguinal hernia. Offer referral to the clinic for elective repair, or watchful waiting if it
  hardly troubles him.

# umbilical-in-a-baby
topic: paediatric
says: 8-month-old with a soft bulge at the navel that gets bigger as she cries and slips back under my finger. Feeding
  and growing well.
state: close|reassur|years|wait|spontaneous
gold: This is an umbilical hernia, and most close by themselves by the age of four or five years. Reassure the parents
  and review only if it is still there then.

# constipated-schoolboy
topic: paediatric
says: Nine-year-old with tummy ache on and off for months, worse before school, hard pellets twice a week, soft belly
  with a palpable stool on the left; jumps on and off the couch.
state: laxative|macrogol|diet|fibre|constipat
gold: This fits functional constipation. Begin a macrogol, explain toilet routine, diet and fluids to the family, and
  review in a few weeks.

# possetting
topic: paediatric
says: Bonny first baby, a month and a half, possets a little curd onto the bib most times, cheerful throughout. Growth
  follows the 75th centile.
state: reflux|reassur|upright|feed|normal
gold: This is simple regurgitation in a thriving baby. Reassure the parents, check feeding volumes and advise holding
  him upright after feeds.

# appendage-torsion-settling
topic: urology
says: 11-year-old, four days of mild scrotal soreness, now nearly gone. Both testes lie normally and are not tender,
  cremasteric reflex brisk, a tiny blue dot at the upper pole. Urologist saw him on day 1.
state: appendage|hydatid|analges|settle|rest|reassur
gold: This is a twisted appendage that is settling. Rest, simple analgesia and supportive pants are enough, with
  reassurance for the family.

# hydrocele
topic: urology
says: Painless swelling round his right testicle, 70, there for two years, lights up with my torch, testis felt
  separately on ultrasound and normal. Trousers are tight.
state: hydrocele|repair|elective|clinic|observ
gold: This is a simple hydrocele. It may be left alone, or repaired electively if it bothers him.

# passing-a-small-stone
topic: urology
says: 3 mm stone at the ureteric orifice on CT. Pain gone after diclofenac, no temperature, creatinine normal, two
  kidneys, drinks and wants to go to work.
state: analges|pass|follow|review|diclofenac|nsaid
gold: A stone of this size will most likely pass. He can go with diclofenac, advice to sieve the urine and a review in
  the stone clinic.

# pink-urine-after-cystoscopy
topic: urology
says: Flexible cystoscopy this morning. She rings to say the urine is rosé coloured, no clots, passing freely, a bit of
  stinging.
state: fluid|drink|settle|expected|normal
gold: Rosé urine and stinging are expected for a day or two after cystoscopy. She should drink plenty, and it will
  settle.

# low-grade-fever-first-day
topic: ward
says: Evening after a laparoscopic sigmoid resection: 37.7, pulse 82, lungs clear, belly appropriately sore, CRP 60.
  The nurse asks whether we must do anything.
state: mobilis|observ|physio|breath|expected|incentive|paracetamol
gold: A low temperature on the first evening is an expected response to surgery. Encourage mobilisation and deep
  breathing, give paracetamol and go on with routine observations.

# wound-edge-pink
topic: ward
says: Knee scar, ten days old. A millimetre of pink along the staples, dry, not warm, bending better each day, no
  fever. Husband thinks it is infected.
state: normal|heal|staple|clip|remove
gold: A narrow pink line along dry staples is normal healing. Keep it clean and remove the staples on the planned day.

# itchy-cannula-plaster
topic: ward
says: Square red itchy patch exactly where the tape was on her forearm, nothing anywhere else, breathing and pressure
  normal, had the antibiotic a dozen times.
state: tape|adhesive|dressing|contact|emollient|steroid
gold: This is contact irritation from the adhesive. Use another dressing and offer an emollient or a mild steroid
  cream, and note it in the record.

# shivers-from-a-cold-theatre
topic: ward
says: Woke from a knee arthroscopy shaking all over. Temp 35.4, pulse 76, BP 128/74, pink and chatting, sats 100%.
state: warm|blanket
gold: This is shivering from being cold. Use a forced-air warming blanket and warm fluids, and check the temperature
  again in half an hour.

# sore-throat-after-tube
topic: anaesthesia
says: Day-case gallbladder, now going home. Her throat is scratchy and voice a touch husky, drinks tea without trouble,
  no noise when breathing.
state: settle|tube|days|fluids|lozenge|paracetamol
gold: A sore throat is common after a tracheal tube and will settle within two or three days. Fluids, lozenges and
  paracetamol help.

# dizzy-on-standing
topic: ward
says: First time out of bed after hip surgery he felt light-headed; sitting BP 118/70, standing 104/66, back to normal
  in a minute, wound dry, Hb 118 as before.
state: slow|fluid|postural|review|medic|drink
gold: This is a mild postural drop. Let him rise slowly in stages, encourage drinking and review his antihypertensive
  medicines on the round.

# shoulder-tip-after-gas
topic: ward
says: Morning after keyhole sterilisation: both shoulder tips ache when she sits up. Belly soft, walking about, pulse
  68, eating.
state: gas|carbon dioxide|settle|analges|diaphragm
gold: This is referred pain from gas left under the diaphragm. It will settle in a day or two with simple analgesia and
  walking.

# stable-thyroid-nodule
topic: endocrine
says: 1.2 cm thyroid nodule, seen by chance on a carotid scan; swallowing fine, voice normal, TSH 1.9. She wants it out
  by Friday.
state: ultrasound|u2|ti-?rads|biops|needle|clinic
gold: Most such nodules are benign and nothing has to be done by Friday. Arrange a thyroid ultrasound with a risk
  score, and needle biopsy only if its size and features call for it.

# tingling-resolved
topic: endocrine
says: Week after thyroid lobectomy. Slight tingling of the lips on the second day, none since; adjusted calcium 2.31
  and PTH in range, off all tablets.
state: reassur|normal|recheck|no..(?:further|treatment)|follow
gold: With a normal calcium and PTH nothing further is needed. Reassure her, and recheck at the routine follow-up
  visit.

# heartburn-in-runner
topic: upper-gi
says: Acid taste at night for half a year after late dinners, 34, weight up if anything, no trouble swallowing, blood
  count normal, took an ibuprofen once in May.
state: proton|omeprazole|antacid|meal|lifestyle|weight
gold: This fits reflux. Advise earlier and smaller meals, and offer omeprazole for four to eight weeks with a review.

# piles-with-a-smear
topic: colorectal
says: 29, a streak of scarlet when wiping, only if he pushes, no change in habit, haemoglobin 146, proctoscopy shows
  grade 1 piles, calprotectin normal.
state: fibre|laxative|strain|diet|softener
gold: These are first-degree haemorrhoids. Advise fibre, fluids and no straining, with a stool softener, and band them
  only if the bleeding goes on.

# bloating-after-hemicolectomy-years-ago
topic: colorectal
says: Right hemicolectomy in 2019. Looser stools after fatty food, otherwise well, colonoscopy last month clear, weight
  stable. Asks for another scan.
state: bile|colestyramine|cholestyramine|diet|loperamide
gold: This fits bile acid diarrhoea, and a clear colonoscopy makes a further scan unnecessary. Offer advice on fat, and
  a trial of colestyramine or loperamide.

# stoma-pinpoint-bleed
topic: colorectal
says: New ileostomy, two weeks. When she wipes it a few specks of blood come and stop within seconds. Spout pink and
  moist, output 600 mL.
state: normal|gentle|friable|stoma nurse|wipe|clean
gold: The lining of a stoma is delicate, and specks when it is wiped are normal. Clean gently with water and soft
  wipes; the stoma nurse can look at the fit of the bag.

# gallstones-by-chance
topic: hepatobiliary
says: Three stones in a thin-walled gallbladder, seen while they looked at her kidneys. Never a twinge, bilirubin and
  enzymes normal. She is flying to Peru and anxious.
state: no (?:operation|surgery|treatment)|expectant|asymptomatic|reassur|not need
gold: Stones that have never caused symptoms do not need surgery. She may travel; tell her what biliary pain feels like
  and leave it at that.

# simple-liver-cyst
topic: hepatobiliary
says: CT for kidney donation shows a 2 cm liver cyst, thin wall, water density, no septa. Liver tests fine. The donor
  is worried about cancer.
state: benign|no (?:follow|treatment|further)|reassur|simple
gold: A simple cyst like this is benign and needs no follow-up. Reassure the donor and let the work-up go on.

# mechanical-back-strain
topic: spine
says: Gardener, low back stiff for five days after digging, no leg pain, ankle jerks fine, bladder and bowels as ever,
  feels the paper normally when she wipes.
state: active|analges|nsaid|ibuprofen|exercise|physio|paracetamol
gold: This is simple mechanical back pain. Keep active, take ibuprofen if it suits her, and expect improvement in a few
  weeks; imaging is not needed.

# healed-ankle-stiff
topic: trauma
says: Weber A fracture seven weeks ago, boot off. Ankle puffy in the evening, goes down overnight, calf supple, no
  warmth, sats normal, walking 2 km.
state: elevat|physio|exercise|swelling|settle|expected
gold: Evening swelling is expected for months after an ankle fracture. Advise elevation, exercises and physiotherapy.

# carpal-tunnel
topic: hand
says: Thumb to middle finger go fizzy at night, she shakes them and it's gone. Grip normal, thenar bulk good, three
  months, knits a lot.
state: splint|night|inject|carpal
gold: This is mild carpal tunnel syndrome. Offer a night splint in neutral for six weeks, then a steroid injection or
  nerve studies if it goes on.

# ganglion
topic: hand
says: Rubbery pea on the back of the wrist for a year, bigger after typing, transilluminates. No pain. Can you cut it
  out today?
state: ganglion|leave|aspirat|observ|resolve|disappear
gold: This is a ganglion, and many disappear by themselves. It can be left alone, aspirated, or removed on a routine
  list if it troubles her.

# lipoma
topic: skin
says: Soft, mobile 2 cm lump on the shoulder for eight years, no change, slips from under the finger. The patient's
  uncle had a sarcoma.
state: lipoma|reassur|benign|ultrasound|leave|excis
gold: This is a lipoma: small, soft, mobile and unchanged for years. Reassure the patient; it can be left, or excised
  on a routine list if wanted.

# sunburn-blister-free
topic: burns
says: Two hours of sailing without cream. Forearms red and sore, skin intact, blanches, drinking well, no fever. Does
  it need the burns clinic?
state: cool|emollient|moistur|analges|fluid|paracetamol
gold: This is superficial sunburn and the burns clinic is not needed. Cool compresses, an emollient, fluids and simple
  analgesia are enough.

# scalp-nick
topic: neurosurgery
says: Bumped his head on a kitchen cupboard three days ago: 2 cm graze, never out, no headache, no vomiting, no blood
  thinners, working as usual. He wants a scan.
state: no (?:scan|ct|imaging)|not..(?:scan|ct|imaging|need)|reassur|unnecessary
gold: No scan is needed: he has none of the features that call for one. Clean the graze and reassure him, with a
  leaflet on what to look out for.

# tonsil-slough
topic: head-and-neck
says: Fifth day since her tonsils came out. Throat shows white-grey patches, breath smells, ears ache, drinking and
  eating ice cream, no blood, temp 37.1.
state: normal|slough|heal|analges|eat|expected
gold: The white slough and earache are a normal part of healing. Continue regular analgesia, eating and drinking.

# nosebleed-over
topic: head-and-neck
says: Ten minutes of nosebleed yesterday after picking, stopped with pinching, none since. 15, no medicines, pulse 72,
  small crust on the septum.
state: ointment|cream|naseptin|petroleum|pick|pinch|cauter
gold: A short bleed from the front of the septum has stopped by itself. Advise no picking, an ointment twice a day for
  a week or two, and how to pinch correctly.

# flushed-after-contrast
topic: anaesthesia
says: During her CT she felt hot all over with a metal taste for half a minute. Now nothing: no rash, chest clear,
  pressure 126/80. Should it be labelled an allergy?
state: not..allerg|no..allerg|expected|physiolog|side effect
gold: No, this is not an allergy: brief warmth and a metallic taste are expected physiological effects of contrast.
  Record it as such and do not label her allergic.
"""
