"""Red flags: limbs and spine, and what any ward may meet. Reviewed 2026-11; not for clinical use."""

TABLE = r"""
# acute compartment syndrome
topics: compartment, fracture, fasciotom, limb, orthop, trauma, vascular
find: (?:leg|calf|forearm|tibia\w*|fracture|plaster|cast|shin|thigh|foot|hand|limb) &
  (?:tense|tight|hard|swollen|plaster|cast|rock) & (?:stretch\w*|out of proportion|mov\w+ (?:his|her|the)
  (?:toes|fingers)|(?:toes|fingers) (?:\w+ ){0,3}(?:moved|stretched|bent)|bend\w* (?:his|her|the) (?:toes|fingers)|not
  (?:touched|helped)|morphine|passive\w*|unbearable|tourniquet|straighten\w*|increasing|screams?) &
  !(?:chest|femoral|groin|abdomen)
says: He broke his tibia last night. The calf is tense and it is agony when I stretch his toes.
says: My patient with a forearm plaster has pain that morphine does not touch, and the fingers hurt when straightened.
says: We revascularised his leg this morning; now the calf is hard and painful on passive movement of the foot.
says: The child in a new cast is screaming; the hand is swollen and bending the fingers makes it unbearable.
says: Her shin feels tight as wood after a crush injury, and she has pain out of proportion. The foot pulses are
  present.
apart: A boy's elbow fracture was fixed at noon, and his forearm is rock hard with increasing need of morphine.
apart: This man lay on his leg all night after an overdose. The thigh is swollen and tense, and passive stretch of the
  knee makes him cry.
why: This is limb-threatening and urgent: it may be an acute compartment syndrome, and a pulse does not exclude it.
why: Muscle dies within hours, so act now on the suspicion of a compartment syndrome.
why: Compartment syndrome is a surgical emergency judged at the bedside.
first: Split every cast, bandage and dressing down to the skin, keep the limb at the level of the heart, maintain
  blood pressure and give opioid pain relief. If it does not settle quickly, fasciotomy is needed; pressure
  measurement must not delay it when the signs are clear.
first: Release all that is tight down to skin, hold the limb level and neither raised nor hanging, give oxygen and
  pain relief, keep the patient fasted and examine again within minutes; fasciotomy follows if signs persist.
call: Call the senior orthopaedic surgeon now, and the anaesthetist and theatre.
call: Tell the orthopaedic or vascular consultant at once, with theatre and the anaesthetist warned.
calm: He has a plaster for a wrist fracture from last week. It is comfortable, the fingers are warm and he moves them
  freely. => All is well with the plaster. Advise finger exercises and keep the fracture clinic date.
calm: My patient's calves ache on the day after her first long run, on both sides. They are soft and she walks
  normally. => This is muscle soreness after exercise. Advise light activity and simple pain relief for a few days.
calm apart: Her ankle sprain of yesterday is a bit puffy, she can bear weight and the bones are not tender. => This is
  a simple sprain. Advise early movement, elevation and support, with review in a week or two if it does not improve.

# cauda equina syndrome
topics: cauda, spine, spinal, back, orthop, retention, neuro
find: (?:back|sciatica|disc|legs?|saddle|spine) & (?:saddle|perineum|perianal|between (?:the|his|her)
  legs|bladder|pass(?:ed|ing)? (?:any )?urine|wet herself|wet himself|incontinen\w+|retention|bottom|bowel
  control|anal tone) & (?:numb\w*|weak\w*|retention|incontinen\w+|wet|lost|cannot|not pass\w*|no
  feeling|reduced|tone|sciatica)
says: She has had sciatica in both legs since Monday, and today her saddle area is numb.
says: My patient with back pain cannot pass urine, and his legs feel weak.
says: I have just scanned the bladder of a man with a slipped disc: he is in retention with 900 ml and felt nothing.
says: He has low back pain and has wet himself twice today without noticing.
says: She has numbness between the legs and reduced anal tone after lifting a patient. Her back is agony.
apart: A man with prostate cancer and pain in the spine has weak legs and has lost bowel control.
apart: When she wipes her bottom there is no feeling; this began after two weeks of back pain and sciatica.
why: Regard this as an emergency: it may be a cauda equina syndrome, and function lost may not come back.
why: Treat this as a spinal emergency until an MRI has excluded compression of the cauda equina or cord.
why: Bladder, bowel or saddle signs with a back problem need a scan now.
first: Examine power, reflexes, perianal feeling and anal tone, measure the bladder volume after voiding, catheterise
  if in retention, and get an MRI of the spine as an emergency. Keep the patient fasted until the spinal team has
  decided.
first: Record the neurology with perianal sensation and time of onset, scan the bladder, relieve pain and obtain
  emergency MRI, of the whole spine if cancer is known; with suspected metastatic compression ask at once about
  dexamethasone.
call: Call the on-call spinal surgeon or neurosurgeon now, and the radiologist for the scan.
call: Ring the spinal team at once; if MRI cannot be had here, arrange transfer without delay.
calm: He has had pain down one leg for three weeks; it is easing, strength is full, and bladder and bowel work
  normally. => This is sciatica that is settling. Encourage activity, offer pain relief, and explain which bladder or
  bowel changes to report.
calm: My patient has had a stiff lower back for two days after moving house. She walks well and everything else is
  normal. => This fits a simple strain. Advise staying active, warmth and simple pain relief.
calm apart: A man of 66 has had a slow stream and gets up twice at night, for years. His back is fine and his
  examination is normal. => This fits prostate enlargement. Use a symptom score and a bladder diary, check his urine,
  and plan a clinic visit.

# septic arthritis
topics: septic, joint, arthritis, orthop, infection, knee, hip
find: (?:knee|joint|hip|ankle|elbow|wrist|shoulder) & (?:{fever}) & (?:hot|swollen|red|cannot
  (?:bend|move|walk|put)|(?:does|will) not (?:walk|move|bear)|any movement|effusion|limp\w*|straighten|agony) &
  !(?:surgery and has become|breath|calf)
says: He has a hot, swollen knee that he cannot bend, and a temperature of 38.6.
says: My patient is a boy of four who will not walk and has a fever; his hip hurts with any movement.
says: We have just seen a woman with rheumatoid arthritis whose wrist is red, hot and agony to move. She is shivering.
says: Her replaced knee became painful and swollen on Friday and she has rigors.
says: The man who injects drugs has a febrile illness and an effusion in a red shoulder.
apart: This toddler does not move his elbow since last night; it is swollen and he is feverish.
apart: A lady on methotrexate has one hot ankle joint, cannot put weight on it and is febrile at 38.9.
why: Treat it as an orthopaedic emergency: it may be septic arthritis, which ruins a joint in days.
why: A hot joint with fever is urgent, being infected until proved otherwise.
why: The joint may be septic and must be dealt with now, before cartilage is lost.
first: Take blood cultures and inflammatory markers, and have the joint aspirated before antibiotics unless the
  patient is septic. A joint replacement is aspirated only by the orthopaedic team. Then give intravenous antibiotics;
  the joint has to be washed out or drained.
first: Cultures first, then aspiration for Gram stain, culture and crystals, and antibiotics afterwards; in sepsis the
  antibiotics go first. Leave a replaced joint to orthopaedic hands and keep the patient fasted.
call: Call the orthopaedic registrar now, and the paediatric team for a child.
call: Tell the senior orthopaedic surgeon on call at once so that the joint can be drained today.
calm: She has an aching knee after gardening. It is cool, bends fully and she walks with a stick as she has for years.
  => This fits osteoarthritis. Advise exercise and weight control, and offer topical anti-inflammatory gel.
calm: My patient of five had a cold last week and has a slight limp today; he is afebrile, lively, and moves the hip
  freely with normal blood tests. => This fits transient synovitis. Offer ibuprofen and rest, and see him again in a
  day or two.
calm apart: He twisted the ankle yesterday and can bear weight; it is a little puffy on the outer side and he is well.
  => This is a mild sprain. Advise early movement and support, and review it if he is not better in two weeks.

# acute stroke
topics: stroke, neuro, carotid, atrial
find: (?:face|mouth|smile|arm|leg|speech|side|words|vision|speak) & (?:droop\w*|slurred|speech|weak\w*|cannot
  (?:speak|lift|find)|numb|paralys\w+|lopsided|dropped) & (?:sudden\w*|minutes|hours?|this
  morning|just|since|woke|today|now) & (?:droop\w*|slurred|speech|weak\w* (?:\w+
  ){0,3}(?:side|arm|face)|(?:side|arm|face) (?:\w+ ){0,3}weak\w*|lopsided|cannot speak|cannot lift|words) & !(?:head
  at|blow|local anaesthetic|lidocaine|block|epidural|weeks ago|last year|months)
says: His face has drooped on the left and his arm is weak since an hour ago.
says: My patient suddenly cannot speak, although she was talking at breakfast.
says: We have a woman in recovery after carotid endarterectomy who cannot lift the right arm now and has slurred
  speech.
says: She woke this morning with a weak left side and a lopsided smile.
says: The man waiting for his hip operation has just lost his words and his mouth droops.
apart: Her speech became a jumble twenty minutes ago, and the right arm drops when I hold it up.
apart: On the vascular ward a gentleman developed sudden weakness of the face and one arm.
why: You need senior help now: it is a stroke until proved otherwise, and brain is lost with every minute.
why: Time is brain, so treat this as urgent: clot-dissolving or clot-removing treatment may still be possible.
why: Suspect an acute stroke and act now.
first: Check airway and glucose, note when the patient was last well, keep the patient fasted until swallowing is
  tested, and get a CT of the brain with CT angiography at once. Give no aspirin or anticoagulant before the scan, and
  leave high blood pressure to the stroke team.
first: Airway, oxygen only if saturation is low, a glucose test and the time of onset come first, then immediate brain
  CT with angiography. Nothing by mouth and no antithrombotic until bleeding is excluded.
call: Put out the stroke call now.
call: Ring the stroke team at once; tell the operating surgeon if there was a recent operation.
calm: She had a stroke two years ago; her left hand is still a bit clumsy and nothing has changed. => A stable deficit
  needs no new tests. Review her preventive medicines and offer physiotherapy if her aims have changed.
calm: My patient's little finger tingles when he leans on his elbow for long. It goes in a minute and the examination
  is normal. => This is pressure on the ulnar nerve. Advise him not to lean on the elbow, and see him again if it
  becomes constant.
calm apart: He gets zigzag lights for twenty minutes and then a headache, as he has had since his teens. Today he is
  well. => This fits migraine with aura. Offer a plan for attacks, and advise him to keep a diary.

# acute coronary syndrome
topics: infarct, coronary, cardiac, chest, heart, acute-abdomen
find: (?:chest|epigastric|breastbone|left arm) & (?:{pain}|(?<!blood
  )pressure|tight\w*|heaviness|heavy|crushing|squeez\w+) & (?:crushing|squeez\w+|heaviness|heavy|tight\w*|to
  (?:the|his|her) jaw|arm|st (?:elevation|depression|segment\w*)|{shock}) &
  (?:{shock}|sick|nausea\w*|minutes|hours?|st (?:elevation|depression|segment\w*)|jaw|arm|troponin) &
  !(?:tearing|ripping|cough\w*|between the shoulder|pulsatile|retch\w*|breath sounds|stabbed|dilatation)
says: He has had crushing chest pain for forty minutes and is sweating.
says: My patient on the second day after hip surgery has tightness in the chest going to the jaw and feels sick.
says: I have just recorded an ECG with ST elevation in a man with epigastric pain and nausea.
says: She is 70 and diabetic: heaviness in her left arm, a grey colour and pain behind the breastbone for two hours.
says: The smoker sent in as gallstones has epigastric pain, is clammy, and the ECG shows ST depression.
apart: A squeezing pain in the chest woke this builder, and he is cold and sweaty with a sore left arm.
apart: Her troponin is high; there is a heavy pressure on the chest and she looks grey.
why: There is no time to lose: it may be a heart attack.
why: An acute coronary syndrome must be excluded now, even in a patient sent to surgery.
why: Heart muscle is dying while you read, so treat this as urgent; it is probably a myocardial infarction.
first: Take a 12-lead ECG within ten minutes, attach a monitor and defibrillator, give aspirin unless there is a
  reason against it, relieve the pain, and give oxygen only if saturation is low. With ST elevation the patient needs
  reperfusion as fast as possible; after recent surgery antithrombotics are agreed with the surgeon.
first: ECG, monitoring, access and troponin come first, then aspirin if it is safe and pain relief. Repeat the ECG if
  pain goes on; ST elevation goes straight to the cardiology team for reperfusion.
call: Call the cardiologist or the medical registrar now, and the resuscitation team if the patient is unstable.
call: Ring the cardiology team at once; tell the surgeon when the patient has had an operation.
calm: She has a sharp spot of soreness at one rib that is worse on pressing, since painting a ceiling. Her ECG is
  normal and she is 26. => This fits strain of the chest wall. Offer simple pain relief and reassurance, with review
  if it does not settle.
calm: My patient had a stent two years ago and walks three miles without symptoms. He comes for a check before
  surgery. => Stable and without symptoms, he continues his aspirin and statin as the preoperative plan says. Record
  his exercise tolerance and his last ECG.
calm apart: A student gets palpitations after four energy drinks; his ECG and pulse are normal today. => Caffeine
  explains it. Advise him to cut down, and see him again if it comes back without caffeine.

# ruptured ectopic pregnancy
topics: ectopic, pregnan, gynaecolog, acute-abdomen, women
find: (?:pregnan\w+|period|hcg|ectopic|ivf|weeks late) & (?:{pain}|bleed\w*) & (?:{shock}|shoulder|free
  fluid|late|missed|positive|weeks) & (?:pelvi\w+|abdom\w+|belly|iliac|tummy|shoulder|lower|side|faint\w*|collapsed) &
  !(?:(?:1[2-9]|2\d|3\d) weeks|weeks of pregnancy|uterus on)
says: She is 28, her period is three weeks late, and she has pain in the right iliac fossa and feels faint.
says: My patient has a positive pregnancy test, shoulder tip pain and a tender abdomen with a pulse of 124.
says: We have just seen a young woman who collapsed at work with lower abdominal pain. Her pregnancy test is positive.
says: She has a coil, missed her period, and has pelvic pain with light bleeding; the pregnancy test was positive.
says: The scan shows free fluid in the pelvis and no sac in the uterus. Her hCG is 3,400 and her tummy hurts.
apart: A girl of 19 sent to us as appendicitis has a positive hCG and looks shocked, with pain low in the belly.
apart: Six weeks after IVF this lady fainted in the shower and her lower abdomen is sore.
why: This is an emergency: it is an ectopic pregnancy until proved otherwise, and it may have ruptured.
why: Bleeding from an ectopic pregnancy can be sudden and fatal, so this is urgent.
why: A ruptured ectopic pregnancy must be excluded now.
first: Put in two large cannulas, cross-match, confirm the pregnancy test and check RhD group. A shocked patient gets
  blood and goes straight to theatre without formal imaging; a stable one has a transvaginal scan today.
first: Oxygen, large-bore access, cross-match and a pregnancy test come first; with shock activate the major
  haemorrhage protocol and do not wait for a scan.
call: Call the senior gynaecologist now, with the anaesthetist and theatre if she is shocked.
call: Tell the gynaecology registrar at once and warn theatre and the anaesthetist.
calm: She is nine weeks pregnant with a heartbeat in the uterus on scan, and has morning sickness. She keeps fluids
  down. => Nausea is common at this stage. Advise small meals, offer an antiemetic that is safe in pregnancy, and
  check that she has booked with her midwife.
calm: My patient has her usual cramps on the first day of her period, and the pregnancy test is negative. => This is
  period pain. Offer an anti-inflammatory unless there is a reason against it and warmth.
calm apart: She has had mid-cycle twinges on one side each month for years, is well, and a pregnancy test is negative.
  => This fits ovulation pain. Reassure her and offer simple pain relief.

# risk of suicide
topics: suicid, self-harm, psychiatr, mental, overdose, consent
find: (?:kill (?:himself|herself|myself)|end (?:his|her|my|it|their) (?:own )?(?:life|all)|suicid\w+|wants? to
  die|better off dead|not want to live|does not want to (?:go on|live)|overdose|hang
  (?:himself|herself)|hoard\w*|saved up|goodbye|cut (?:his|her) (?:own )?(?:wrists?|throat)) & !(?:last
  year|accident\w*|paracetamol by mistake|years ago)
says: He tells me that he is going to kill himself when he gets home.
says: My patient took an overdose last night and says that she wishes it had worked.
says: We have a woman with a new stoma who has saved up her tablets and wants to die.
says: She cut her wrists this morning; the wounds are closed and she asks to leave, saying there is no point. It was
  suicidal.
says: He has written letters of goodbye to his children and will not look at me.
apart: After the diagnosis this gentleman keeps saying that he means to end his life tonight.
apart: The lad whose wrist we stitched says he is better off dead, and he has a plan.
why: Everything else can wait, for this is urgent: the patient is at risk of suicide.
why: Take what was said seriously and act now, for the patient's life is in danger.
why: A risk of suicide is an emergency, just as bleeding is.
first: Stay with the patient, or have someone stay, in a safe place without means of harm. Ask openly about thoughts,
  plan and means, and treat any overdose or wound in parallel.
first: Do not leave the patient alone and do not discharge; take away tablets and sharp things, listen, ask directly
  about suicide, and treat what has been taken or injured.
call: Call the on-call psychiatric liaison team now, and your senior; call security only if someone is in danger.
call: Ask the mental health team at once for an assessment before the patient leaves, and tell your senior and the
  nurse in charge.
calm: She is sad that her surgery was put off and cried a little. She looks forward to her daughter's wedding and
  sleeps well. => Sadness at a delay is understandable. Listen, explain the new date and give her a number to ring
  with questions.
calm: My patient is nervous about the anaesthetic tomorrow and asks many questions. => Worry before an operation is
  common. Take time to answer, and offer a talk with the anaesthetist.
calm apart: He feels low now and then since he retired, enjoys his allotment, and asks about a walking group. => Tell
  him about local groups, ask about mood and sleep with a short questionnaire, and see him again in a few weeks.

# hypoglycaemia
topics: glucose, hypoglyc, diabet, insulin, endocrine, perioperative
find: (?:glucose|sugar) (?:\w+ ){0,6}(?:[01]\.\d|2\.\d|3\.[0-3]|[12]|two|low) &
  (?:{drowsy}|{shock}|seizure|fit(?:ted|ting)|shaking|trembl\w*|aggressive|jittery|floppy|slurred|glucose (?:\w+
  ){0,3}(?:[01]\.\d|2\.\d)|sweat\w*) & !(?:salt|sodium|addison\w*|steroids?)
says: He is fasted for theatre on an insulin infusion, and his glucose is 2.1 with sweating.
says: My patient with diabetes is unconscious and her sugar is 1.6.
says: We have just had a seizure on the ward in a man who got insulin but no breakfast. His glucose is 1.9.
says: She has become aggressive and confused after a gliclazide tablet, and the glucose is 2.4.
says: The baby is jittery before surgery and the glucose reads 1.5.
apart: A lady listed for amputation is trembling and pale; her finger-prick sugar is only 2.6.
apart: The feed was stopped but the insulin was not: he is hard to wake and the glucose came back at 1.8.
why: Consider this a medical emergency: the blood glucose is dangerously low.
why: Sugar is needed now, since hypoglycaemia can harm the brain within minutes.
why: Hypoglycaemia with such signs is urgent.
first: Stop any insulin infusion and give glucose at once: by mouth if the patient is awake and swallows safely,
  otherwise intravenously, or glucagon into a muscle if there is no access. Recheck after 10 to 15 minutes and repeat
  until it is normal; in type 1 diabetes restart insulin then at a lower rate.
first: Check the airway, halt insulin, give fast-acting sugar by mouth to a patient who is alert and intravenous
  glucose to one who is not, and measure again within 15 minutes. In type 1 diabetes insulin is restarted at a lower
  rate once the glucose is normal; watch for a relapse after long-acting insulin or a sulfonylurea.
call: Call the medical registrar now, and put out an emergency call if the patient is unconscious or fitting.
call: Tell the senior doctor at once, the paediatric team for a baby, and the anaesthetist if theatre is planned.
calm: His glucose is 8.2 before his operation; he has type 2 diabetes and took his usual tablets yesterday. => This is
  within the usual target around surgery. Follow the perioperative diabetes plan with hourly checks while he is
  fasted.
calm: My patient does not have diabetes. Her fasting glucose is 5.1 and she feels well. => The level is normal and
  nothing needs to be done.
calm apart: She has diet-controlled diabetes, her HbA1c is 46 mmol/mol, and she is first on tomorrow's list. => Good
  control, and no medicine to adjust. Check her glucose on arrival and let her eat soon afterwards.
"""
