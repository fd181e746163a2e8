"""Red flags: endocrine surgery, urology and children. Reviewed 2026-11; not for clinical use."""

TABLE = r"""
# neck haematoma after thyroid or neck surgery
topics: thyroid, haematoma, neck, parathyroid, endocrine, airway, post-operative
find: (?:thyroidectom\w+|parathyroid\w*|neck (?:surgery|dissection|operation)|carotid|thyroid|goitre) &
  (?:stridor|swell\w*|swollen|tense|tight\w*|bulg\w+|haematoma|bigger|{breath}|voice) &
  (?:neck|wound|drain|throat|hours?|recovery|back from) &
  (?:stridor|swelling|swollen|tense|tight\w*|bulg\w+|haematoma|bigger) & !(?:weeks|months|years)
says: She had a total thyroidectomy four hours ago. Her neck is swelling and she is restless.
says: My patient is back from parathyroid surgery, the wound is tense and there is stridor.
says: We have a man in recovery after carotid endarterectomy whose neck is getting bigger; he says that he cannot
  breathe lying down.
says: The nurse called me because the drain after her thyroid operation is full and the neck feels tight.
says: His voice changed an hour after the goitre was removed, and a swelling is bulging under the dressing.
apart: Tonight, after her neck dissection, the wound looks like an egg and she has noisy breathing with stridor.
apart: This morning's thyroidectomy patient complains of pressure in the throat; a tense haematoma is forming.
why: Act at once, since this is an airway emergency: bleeding under the wound is closing the airway.
why: Open the wound now rather than wait. A haematoma in the neck is urgent before saturation falls.
why: Seconds to minutes matter; a neck haematoma is an emergency dealt with at the bedside.
first: Sit the patient up with high-flow oxygen and open the wound at the bedside: expose it, cut the skin sutures,
  open the skin, open the strap muscles, take out the clot and pack it.
first: Give oxygen sitting up, fetch the haematoma box, and at the first sign of distress take out the sutures of skin
  and muscle and evacuate the clot on the ward. Imaging has no place here.
call: Call the most experienced anaesthetist and the surgeon now, with an emergency call for the airway, while you
  open the wound.
call: Put out the emergency call, asking for an anaesthetist, the operating surgeon and theatre at once.
calm: She had half her thyroid removed six weeks ago and the scar is slightly raised. Her voice and breathing are
  normal. => A raised scar softens over months. Advise sun protection and massage with a silicone gel, and keep the
  planned follow-up.
calm: My patient has had a smooth goitre for eight years without change, and her thyroid tests are normal. She
  swallows and breathes easily. => A stable goitre without symptoms can be followed in clinic. Arrange an ultrasound
  if none has been done and repeat the tests yearly.
calm apart: He feels a little hoarse on the morning after a thyroid lobectomy. The neck is flat and soft, and he
  drinks without coughing. => Mild hoarseness is common after intubation. Review his voice at follow-up, with a look
  at the vocal cords if it lasts.

# severe hypocalcaemia
topics: calcium, hypocalc, thyroid, parathyroid, endocrine, electrolyte
find: (?:calcium|thyroidectom\w+|parathyroid\w*) &
  (?:spasms?|cramp\w*|carpopedal|tetany|seizure|convuls\w+|fit|stridor|qt|tingl\w+) &
  (?:spasms?|cramps?|carpopedal|tetany|seizure|convuls\w+|qt|1\.[2-8]\d?)
says: Her hands are in spasm the day after total thyroidectomy, and the adjusted calcium is 1.72.
says: My patient had his parathyroids out yesterday and has tingling round the mouth with carpopedal spasm.
says: I have just seen a seizure in a woman two days after thyroidectomy; her calcium is 1.6.
says: The ECG shows a long QT interval and his calcium is 1.68 with muscle cramps.
says: She has tetany and noisy breathing. Her calcium was low on the morning after thyroidectomy.
apart: This man went home after parathyroid surgery and has come in with both hands cramped and a calcium of 1.65.
apart: A convulsion has begun on the ward in the patient whose thyroidectomy was on Monday.
why: Regard this as an emergency: it is probably severe hypocalcaemia, which can cause seizures, laryngospasm and
  arrhythmia.
why: Acute hypocalcaemia with symptoms is an emergency and needs intravenous calcium now.
why: Such signs are a metabolic emergency: a low calcium is the likely cause.
first: Attach an ECG monitor and give calcium gluconate slowly into a good vein, then an infusion by protocol. Check
  magnesium, potassium and phosphate, correct magnesium, and begin oral calcium with active vitamin D.
first: Give intravenous calcium gluconate under ECG monitoring, send calcium, magnesium and parathyroid hormone, and
  correct a low magnesium or the calcium will not rise.
call: Call the senior surgeon and the endocrinologist or medical registrar now; the anaesthetist must come if there is
  stridor or a seizure.
call: Tell the operating team at once and the medical registrar too; put out an emergency call for stridor or fits.
calm: She is on the first day after thyroidectomy. Her calcium is 2.31 and she has no tingling. => A normal calcium
  without symptoms is reassuring. Follow your unit's plan for the next blood test and for discharge.
calm: My patient's calcium is 2.16 on a routine test, his albumin is low and he feels well. => Look at the calcium
  adjusted for albumin. If that is normal, nothing but treatment of the cause of the low albumin is needed.
calm apart: He takes calcium and vitamin D after his thyroid operation last year, and today's level is 2.28. => The
  level is where it should be. Continue the tablets and repeat the test at the interval set by his clinic.

# adrenal crisis
topics: adrenal, steroid, addison, cortisol, endocrine, perioperative
find: (?:prednisolone|hydrocortisone|steroids?|dexamethasone|addison\w*|adrenal\w*) & (?:{shock}|{drowsy}|sodium (?:is
  |of )?1[12]\d|glucose (?:is |of )?[1-3]\.\d|low sodium)
says: He takes prednisolone every day, missed it around his operation, and is now hypotensive and confused.
says: My patient with Addison's disease has vomited since yesterday. Her blood pressure is 78/40.
says: We have a woman two days after bilateral adrenalectomy whose sodium is 121 and who feels faint.
says: She stopped long-term steroids last week and has collapsed with a glucose of 2.8.
says: His pressure stays low despite fluids after surgery; he is on dexamethasone at home and is clammy.
apart: The lady with adrenal insufficiency has gastroenteritis. She cannot keep tablets down and is hard to rouse.
apart: Nobody prescribed this man's usual hydrocortisone: he is shocked and has a low sodium.
why: Treat this as a medical emergency: it is an adrenal crisis until proved otherwise.
why: Give the steroid now, for a lack of cortisol with low blood pressure kills.
why: An adrenal crisis cannot wait for a blood result; its treatment is urgent and does no harm if you are wrong.
first: Give hydrocortisone intravenously or intramuscularly now, 100 mg in an adult, with a rapid infusion of isotonic
  saline, and correct a low glucose. Take cortisol and electrolytes if that causes no delay, and look for infection.
first: Inject hydrocortisone without waiting for tests, in an adult 100 mg into a vein or muscle, run in isotonic
  saline, check and correct glucose, and treat what set it off.
call: Call the medical registrar and the senior surgeon now, and critical care if pressure does not rise.
call: Ask the senior doctor on call and the endocrinologist for help at once; tell critical care early.
calm: He used a steroid cream for eczema for a week last month and is to have a hernia repaired. His blood pressure is
  normal. => A short course of mild steroid cream does not suppress the adrenal glands. No steroid cover is needed.
calm: My patient takes 5 mg of prednisolone daily and is booked for surgery next month. She is well today. => She must
  not stop her tablets, and she may need extra steroid around the operation. Write that plan with the anaesthetist
  into her notes.
calm apart: Our clinic sees a woman with long-standing adrenal insufficiency; she has normal blood results, no
  complaints and asks about a dental filling. => Her usual tablets are continued, and the sick-day rules apply if she
  becomes ill. Check that she carries her steroid card.

# testicular torsion
topics: torsion, testi, scrot, urolog, paediatric
find: (?:testicle|testis|testicular|scrotum|scrotal|balls?) & {pain} & (?:sudden\w*|hours?|woke\w*|this
  morning|tonight|since|vomit\w*|high|riding|swollen|acute) &
  (?:sudden\w*|vomit\w*|high|riding|woke\w*|horizontal|cremasteric|acute|severe|tender|swollen) &
  !(?:hernia|femoral|months|aneurysm|crease)
says: He is 14 and woke two hours ago with severe pain in the left testicle; he has vomited.
says: My patient has a tender, high-riding testis that began to hurt suddenly during football.
says: We have just seen a boy of 12 with sudden pain in the groin and a swollen scrotum.
says: The baby's scrotum is swollen, dark and tender since this morning, and he cries when it is touched.
says: A young man has had acute testicular pain for four hours. I cannot find the cremasteric reflex.
apart: This lad's right testis lies horizontal and is exquisitely sore; it came on at school an hour ago.
apart: A student came in tonight with vomiting and testicular pain, and he will not let anyone examine him.
why: This is a surgical emergency: the testis may be twisted, and it dies within about six hours.
why: Do not wait for an ultrasound, since a torsion of the testis must be explored urgently.
why: Consider it an emergency: acute pain in the scrotum of the young is torsion until proved otherwise.
first: Keep him fasted, relieve the pain and prepare for exploration of the scrotum. Imaging must not delay theatre
  when torsion is likely.
first: Give pain relief, nothing by mouth, note when the pain began, and get consent for exploration under way; a
  normal urine test does not exclude torsion.
call: Call the urologist or the surgeon on call now, and warn the anaesthetist and theatre.
call: Tell the senior surgical or urology doctor at once, or the paediatric surgeon for a small child.
calm: He has a painless soft swelling in the scrotum that lights up with a torch. It has been there for a year. =>
  This fits a hydrocele. Arrange a routine ultrasound and an outpatient referral if it bothers him.
calm: My patient had a vasectomy three days ago and has a small bruise. He is comfortable in tight underwear. =>
  Bruising is usual after a vasectomy. Advise support, rest from sport for a week and simple pain relief.
calm apart: A man of 35 found a soft cluster of veins above the left testis years ago. It empties when he lies down
  and gives him no trouble. => This fits a varicocele. If it gives no symptoms and fertility is no concern, it needs
  no treatment.

# infected obstructed kidney
topics: pyonephro, stone, ureter, kidney, hydroneph, urolog, sepsis
find: (?:hydronephrosis|ureter\w*|kidney|loin|renal colic|her colic|his colic|ureteric stent|nephrostomy) &
  (?:stones?|hydronephrosis|obstruct\w+|colic|ureter\w*|blocked|pyonephrosis|dilated) & {fever}
says: He has an 8 mm ureteric stone on CT and now has rigors with a temperature of 39.
says: My patient with renal colic has become feverish, and her pulse is 122.
says: We have just had the scan of a diabetic woman with loin pain and fever: the left kidney is hydronephrotic behind
  a stone. The hydronephrosis is gross.
says: His ureteric stent is blocked. He is shivering and his blood pressure is 90/50.
says: She is pregnant, with fever, pain in the right loin and a dilated ureter above a stone.
apart: A man with a single kidney and a known stone has passed hardly any urine today and is febrile.
apart: Her colic seemed to settle, but tonight she has rigors and the scan shows hydronephrosis.
why: Treat this as a urological emergency: the kidney is probably blocked and infected.
why: Drainage is urgent here. An infected obstructed kidney can lead to septic shock within hours.
why: Fever with an obstructed kidney is an emergency, and antibiotics alone will not be enough.
first: Take blood and urine cultures and lactate, give intravenous antibiotics and fluid, and arrange decompression of
  the kidney by nephrostomy or ureteric stent. The stone itself is left until the infection has gone.
first: Begin the sepsis bundle with cultures, antibiotics and fluid, image the kidney without delay, and get it
  drained by stent or nephrostomy.
call: Call the urologist on call and the interventional radiologist now, and critical care if there is shock.
call: Tell the senior urologist at once, with the anaesthetist and critical care when the patient is unstable.
calm: He has a 4 mm stone low in the ureter, the pain has gone with an anti-inflammatory, and his temperature and
  kidney function are normal. => A small stone like this usually passes. Let him go home with pain relief, advice on
  when to return, and a stone clinic appointment.
calm: My patient has burning when she passes urine and goes often. She feels well and her temperature is 36.7. => This
  fits a simple lower urinary infection. Send a sample if your guideline asks for one and give a short course of an
  antibiotic that suits local resistance.
calm apart: A 2 mm stone was seen in his kidney on a scan for something else. He feels well and his urine is clear. =>
  A small stone in a calyx without symptoms can be watched. Advise plenty of fluid and arrange routine follow-up.

# necrotising soft tissue infection
topics: necroti, fasciitis, fournier, gangrene, infection, soft, diabet
find: (?:skin|scrotum|perineum|wound|thigh|leg|arm|calf|breast|cellulitis|foot|buttock\w*|red\w*|abdominal wall) &
  (?:crepitus|crackl\w+|blister\w*|bullae|dusky|black|purple|grey fluid|dishwater|spreading|out of
  proportion|foul|gas|necro\w+|beyond the red\w*|worse than it looks|faster) &
  (?:{fever}|{shock}|{pain}|spreading|septic|{drowsy}) &
  !(?:shoe|bruise|arterial|burn\w*|scald\w*|flame|fire|chest|petechia\w*|cast|plaster|packing|tampon)
says: He has pain out of proportion to a red patch on the thigh, with a temperature of 39 and a pulse of 130.
says: My patient with diabetes has a black area on the scrotum, a foul smell and rigors.
says: We have just found crepitus in the leg of a woman with cellulitis who is hypotensive.
says: The redness round her abdominal wound has doubled in two hours; there are dusky blisters and she is confused.
says: The cellulitis on his arm is spreading in spite of antibiotics, and the skin is turning purple and painful.
apart: On this ward a man's perineum is swollen and crackling under my fingers, and he looks septic.
apart: She injected into her buttock; there is grey fluid, hardly any redness, and agonising pain with fever.
why: This is urgent and threatens life: it may be a necrotising soft tissue infection.
why: A necrotising infection must be suspected now; it spreads by the hour and is a surgical emergency.
why: Surgery cannot wait here, because necrotising fasciitis is likely.
first: Take cultures and lactate, give broad-spectrum antibiotics with clindamycin or linezolid to stop toxins, give
  fluid, and prepare for wide debridement. Do not let a scan or a low risk score delay exploration.
first: Resuscitate, start antibiotics that cover streptococci, staphylococci, gut organisms and anaerobes together
  with one that stops toxin production, and get the patient to theatre. Normal-looking skin rules nothing out.
call: Call the senior surgeon and the anaesthetist now, with critical care and a microbiologist.
call: Tell the consultant surgeon on call at once and warn theatre, critical care and microbiology.
calm: She has a warm, pink patch round a mosquito bite on the calf. It itches, and she feels well with a temperature
  of 36.8. => This fits a local reaction to the bite. Advise a cool compress and an antihistamine, mark the edge, and
  review if it grows.
calm: My patient's wound has a slightly pink rim on the third day. It is dry and he feels well. => A narrow pink rim
  is part of healing. Keep the wound clean and dry and look at it again at the next dressing.
calm apart: He has had itchy brown skin over both shins for years, with varicose veins. Nothing is broken or weeping,
  and he is well. => This fits venous eczema, which affects both legs. Offer an emollient, compression after checking
  his pulses, and a vein clinic referral.

# ischaemic priapism
topics: priapism, erection, sickle, urolog, penis
find: (?:erection|priapism|erect penis|penis (?:\w+ ){0,4}(?:rigid|erect|hard)) & (?:hours?|since|overnight|all
  night|last night|yesterday|five|six|seven|eight) & (?:{pain}|rigid|hard|sickle|not go\w*|will not|hours)
says: He has had a painful erection for six hours after an injection for impotence.
says: My patient with sickle cell disease woke with an erection eight hours ago, and it will not go down.
says: I have just seen a man whose penis has been rigid and sore since last night.
says: A boy of 15 with sickle cell disease is crying with a painful erection since five this morning.
says: He started a new antipsychotic on Monday and has a hard, tender erection of seven hours.
apart: This man took a friend's tablets; his priapism has lasted overnight and hurts badly.
apart: An erection that began yesterday evening has not gone away and the shaft is rigid. He is ashamed and in pain.
why: Urgent treatment is needed: it is ischaemic priapism, and erectile tissue is lost within hours.
why: Treat the erection as an emergency, since blood trapped in the penis without flow kills the muscle.
why: An erection that has lasted beyond four hours is a urological emergency.
first: Relieve the pain, take blood from the corpora for a gas, and prepare for aspiration of the corpora followed by
  an intracavernosal sympathomimetic with monitoring. In sickle cell disease give oxygen if needed, fluid and opioid
  at the same time, without delaying treatment of the erection.
first: Give analgesia or a penile block, get a blood gas from the corpus cavernosum, and have aspiration under way
  without waiting for tests. Sickle cell disease is treated alongside and not first.
call: Call the urologist on call now, and the haematologist as well in sickle cell disease.
call: Tell the senior urologist at once; involve haematology when the patient has sickle cell disease.
calm: He asks about erections that wake him in the morning and pass by themselves in minutes. He has no pain. =>
  Morning erections are normal. Reassure him; no tests are needed.
calm: My patient takes sildenafil with good effect: his erections subside within half an hour. => This is the effect
  intended. Continue the prescription, and check that he takes no nitrates and knows to seek help for one that lasts
  beyond four hours.
calm apart: A man has a bent but painless erection that has not changed for two years, and he manages intercourse. =>
  This fits stable Peyronie's disease. Explain the choices and refer him to the urology clinic if the bend begins to
  bother him.

# bilious vomiting in an infant
topics: malrotation, volvulus, bilious, newborn, neonat, paediatric
find: (?:baby|newborn|neonate|infant|days? old|\w+-day-old|a week old|weeks?
  old|\w+-week-old|\w+-month-old|months|twin) & (?:green|bilious|bile) & (?:vomit\w*|possets?|brought up|aspirates?) &
  !non-bilious
says: She is five days old and has vomited bright green fluid twice.
says: My patient is a two-week-old boy with bilious vomiting; his belly is soft and he looks quite well.
says: We have just admitted a baby who was feeding normally until this morning. Now his vomit is dark green and he is
  floppy.
says: The midwife shows me green vomit from a newborn of 30 hours.
says: An infant of three months is drowsy with bilious vomits and has passed blood in the nappy.
apart: This four-day-old girl brought up green fluid after each of her last feeds.
apart: The smaller twin, a week old, has had several bile-stained, bilious aspirates and vomits.
why: This is urgent, because green vomit in a baby is malrotation with volvulus until proved otherwise.
why: A baby who vomits bile needs help now: the midgut may be twisted and can die within hours.
why: Green vomiting at this age is a surgical emergency, however well the baby looks.
first: Stop feeds, pass a nasogastric tube on free drainage, get venous access, give fluid and check glucose and a
  blood gas. A contrast study of the upper gut is done at once if the baby is stable; a sick baby goes to theatre
  without it.
first: Nothing by mouth, a nasogastric tube, intravenous fluid and a glucose check come first, and then an upper
  gastrointestinal contrast study without delay unless the baby is shocked or has peritonitis.
call: Call the paediatric surgeon now, with the neonatal or paediatric team, and arrange immediate transfer if there
  is none on site.
call: Ring the paediatric surgical centre and the transport team at once, with the paediatric registrar at the cot.
calm: He is six weeks old and brings up a mouthful of milk after feeds. He gains weight and smiles. => This is simple
  reflux of milk. Check his weight on the chart, advise smaller feeds held upright, and reassure the parents.
calm: My patient of three weeks has had one white milky vomit today. He feeds eagerly and his nappies are wet. => A
  single milky vomit in a thriving baby needs only observation at home. Ask the parents to come back if vomiting
  repeats, turns forceful or changes colour.
calm apart: Her stools have been green since she changed to a new formula at two months. She drinks well and her belly
  is soft. => Green stools are common with formula and harmless. Reassure the parents and follow her weight.

# intussusception
topics: intussuscept, paediatric, child, obstruct
find: (?:baby|infant|toddler|child|month-old|months? old|boy|girl|year-old) & (?:draw\w* up|pull\w* up|redcurrant|red
  ?currant|sausage|intussusception|blood and mucus|bloody mucus|screams? (?:\w+ ){0,3}every|cries (?:\w+ ){0,3}every)
  & (?:pale|floppy|legs|knees|scream\w*|cr(?:y|ies|ying)|nappy|blood\w*|mass|lump|vomit\w*|legs)
says: He is nine months old, draws up his legs and screams every ten minutes, and is pale in between. The baby has
  vomited twice.
says: My patient is a toddler with bouts of crying and a redcurrant jelly stool.
says: I have just felt a sausage-shaped mass in the belly of a seven-month-old girl who keeps vomiting.
says: The child is floppy and pale after a day of colic in bouts; there is blood and mucus in the nappy.
says: She is a year-old girl pulling up her knees with pain that comes and goes, and ultrasound shows an
  intussusception.
apart: His mother says that the ten-month-old cries every quarter of an hour, then lies limp. I saw bloody mucus.
apart: This infant has had a cold; today he pulls up his legs in spasms, vomits, and has a lump under the liver.
why: This is an emergency in a small child: it may be an intussusception.
why: Suspect intussusception and treat this as urgent, for the bowel can lose its blood supply.
why: Bouts of colic with such signs point to intussusception, which must be dealt with now.
first: Get venous access, correct shock with fluid boluses, keep the child fasted, give pain relief and ask for an
  ultrasound scan. Reduction by air or fluid enema follows once the child is resuscitated, and theatre if there is
  peritonitis or perforation.
first: Resuscitate first with intravenous fluid, nothing by mouth, a nasogastric tube if vomiting goes on, and
  analgesia; then ultrasound and an enema reduction where a surgeon is at hand.
call: Call the paediatric surgeon, the paediatric registrar and the radiologist now.
call: Tell the on-call paediatric surgical team at once, and arrange transfer if reduction cannot be done here.
calm: She is eight months old and cries in the evening when tired. She feeds, plays and has normal nappies and a soft
  belly. => Evening crying in a thriving baby is common. Reassure the parents, talk about sleep and feeding, and weigh
  her at the next visit.
calm: My patient is a boy of four with hard stools and a bit of tummy ache before he goes. He is growing and lively.
  => This fits functional constipation. Begin an osmotic laxative with advice on fluid and toilet habits, and review
  in two weeks.
calm apart: The toddler had loose stools for two days, plays happily and drinks well. => Mild gastroenteritis gets
  better by itself. Offer fluids often and normal food, and tell the parents which signs to return for.

# swallowed button battery or magnets
topics: battery, foreign, paediatric, swallow, oesophag
find: double ring & (?:oesophagus|gullet|swallow\w*|drool\w*)
find: (?:button battery|coin cell|battery|batteries|magnets|disc) &
  (?:swallow\w*|ate|ingest\w+|gullet|oesophagus|stuck|missing|mouth|drool\w*)
says: She is two and has swallowed a button battery half an hour ago.
says: My patient, a toddler, drools and will not drink; a button battery is missing from the remote control.
says: We have just seen a disc with a double rim in the gullet of a boy of three.
says: His brother says that he ate a battery from a toy. He seems quite well.
says: The film of this 18-month-old shows a battery stuck in the upper oesophagus.
apart: A mother thinks that her baby put a coin cell into his mouth; now it is missing and he gags.
apart: Two small magnets were swallowed by the girl this morning, and she has a tummy ache.
why: This is an emergency even in a child who looks well: what was swallowed can burn or bore through the gut within
  hours.
why: Do not wait for symptoms, since an object of this kind can do deep harm; it is urgent to find where it lies.
why: Time counts from the moment of swallowing, so act now as for a dangerous foreign body.
first: Get radiographs of neck, chest and abdomen now. Keep the child fasted, do not make the child vomit, and have a
  battery in the oesophagus removed by endoscopy as soon as possible, within two hours. For a battery swallowed in the
  last 12 hours by a child over one year, honey may be given meanwhile if it delays nothing.
first: Take films from the neck to the pelvis at once, nothing by mouth and no attempt at vomiting; a battery in the
  gullet comes out by endoscopy within two hours, and more than one magnet needs the surgeon's decision today. Honey,
  for a battery in a child over one year, may bridge the time until then.
call: Call the endoscopist, ear, nose and throat or paediatric surgeon who can remove it now, and the anaesthetist.
call: Tell the paediatric surgeon or the endoscopy team at once together with a paediatric anaesthetist, and ring the
  poisons service.
calm: He swallowed a small smooth plastic bead yesterday. He eats and plays as usual and has a soft belly. => A small
  smooth bead nearly always passes. Let him eat normally and ask the parents to return if he has pain, vomiting or
  trouble swallowing.
calm: My patient of six swallowed a grape pip and his mother is worried. He is breathing and eating normally. => A pip
  passes through harmlessly. Reassure the family.
calm apart: She swallowed a small coin; the film shows it in the stomach, its edge is single and smooth, and she is
  well. => A coin in the stomach usually passes in days to weeks. Send her home with advice and repeat the film only
  if your guideline asks for it or she has symptoms.
"""
