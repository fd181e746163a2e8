"""Red flags: abdomen and gut. Reviewed 2026-11; not for clinical use."""

TABLE = r"""
# peritonitis or perforated viscus
topics: periton, perforat, acute-abdomen, ulcer, append, diverticul, upper-gi, colorectal
find: (?:abdomen|belly|abdominal|tummy) & (?:rigid|board-like|guarding|peritoni\w+|rebound|free (?:gas|air)|hard as
  wood)
find: free (?:gas|air) & (?:diaphragm|liver|peritone\w+)
find: (?:generalised|diffuse|faecal|purulent) peritonitis
says: He has sudden severe pain in the upper abdomen and it is rigid as a board. He takes naproxen every day.
says: My patient has generalised guarding all over her abdomen, a pulse of 124 and a temperature of 38.7.
says: We have just looked at his film: there is free gas under the diaphragm.
says: She lies quite still because any movement hurts, and I find rebound in every quarter of the belly.
says: The man in bay two, admitted with diverticulitis, now has a board-like abdomen and looks ill.
apart: Her belly became hard as wood an hour after the colonoscopy, and she is sweating.
apart: I think that this old man has peritonitis: his abdomen does not move with breathing and he will not let me
  press it.
why: Do not wait: this is a surgical emergency until proved otherwise, and a hollow organ may have perforated.
why: This is urgent. It is peritonitis, and the likely cause is a perforation.
why: You are facing an acute surgical emergency, probably a perforated viscus.
first: Give oxygen, intravenous fluid, opioid pain relief and broad-spectrum antibiotics after blood cultures, and
  keep the patient fasted. Send lactate and a cross-match; if stable, a CT scan follows without delay.
first: Resuscitate from the airway down, take cultures and lactate, start broad-spectrum antibiotics and fluid, give
  an opioid, and pass a nasogastric tube if there is vomiting. Imaging must not hold up an unstable patient's
  operation.
call: Call the senior general surgeon and the anaesthetist now.
call: Tell the surgical registrar or consultant at once, and let theatre and the anaesthetist know.
calm: She has had burning under the breastbone after meals for months. Her abdomen is soft, she eats well and her
  weight is steady. => This fits acid reflux. Review her medicines, advise on meals and weight, and offer a course of
  a proton pump inhibitor with a review afterwards.
calm: My patient is on the first day after laparoscopic gallbladder removal. The belly is soft, the port sites are
  sore when he coughs and he is walking about. => Soreness at the ports is expected on the first day. Give regular
  simple pain relief, let him eat and plan his discharge.
calm apart: He gets cramps before opening his bowels that go afterwards, as they have for ten years. All tests last
  spring were normal, and nothing is tender. => This fits irritable bowel syndrome. Talk over diet and triggers, and
  offer an antispasmodic with routine follow-up.

# acute mesenteric ischaemia
topics: mesenter, ischaem, acute-abdomen, vascular, embol
find: (?:abdom\w+|belly|tummy|periumbilical) & {pain} & (?:atrial fibrillation|af|embol\w+|lactate (?:\w+
  ){0,3}(?:[4-9]|1\d)|vasculopath|out of proportion|more pain than|metallic valve) &
  (?:severe|terrible|agon\w+|screaming|lactate|out of proportion|more pain than|sudden\w*|writhing)
says: He has atrial fibrillation and sudden severe abdominal pain, yet the belly is soft.
says: My patient's pain is out of proportion to the signs: a soft abdomen, and a lactate of 5.2.
says: She stopped her anticoagulant a week ago for AF and now has agonising tummy pain with bloody diarrhoea.
says: We have a man of 81 in terrible abdominal pain after an embolus to the leg last month, and morphine barely
  helps.
says: The examination of his abdomen is nearly normal but he is writhing in pain, and the ECG shows atrial
  fibrillation.
apart: There is far more pain than I can explain by examining this woman's belly, and her lactate has risen to 6.
apart: An elderly vasculopath began screaming with periumbilical pain tonight. His tummy is soft.
why: You need senior help now: the bowel may be losing its blood supply, which is acute mesenteric ischaemia.
why: Hours decide here, so treat it as urgent: acute mesenteric ischaemia must be excluded now.
why: Take this for acute mesenteric ischaemia until a scan says otherwise; it is a life-threatening emergency.
first: Get a CT angiogram of the abdomen now, and do not let the creatinine or a normal lactate delay it. Give oxygen,
  intravenous fluid, pain relief and broad-spectrum antibiotics, and start unfractionated heparin unless something
  forbids it.
first: Resuscitate with oxygen and fluid, keep the patient fasted, begin broad-spectrum antibiotics and heparin if
  there is no contraindication, and obtain CT angiography without delay.
call: Call the senior general surgeon and the vascular surgeon now, and the radiologist for the scan.
call: Speak at once to the consultant surgeon on call; vascular surgery, interventional radiology and the anaesthetist
  must know as well.
calm: He takes apixaban for atrial fibrillation and has had loose stools for a day after a family meal at which others
  fell ill. He is comfortable, drinking and his abdomen is soft. => This fits a mild gastroenteritis. Advise fluids,
  check his kidney function if it lasts, and review him if he is not better in two or three days.
calm: My patient has had bloating after large meals since the holidays. Her weight is unchanged and she is comfortable
  today. => Bloating without other features can be looked into routinely. Ask about diet and bowel habit, and review
  her in a few weeks.
calm apart: An 80-year-old with well controlled AF is constipated after starting codeine; he feels well, eats and has
  a flat, supple tummy. => This is constipation from the opioid. Start a laxative, encourage fluids and review the
  need for codeine.

# strangulated hernia
topics: hernia, groin, obstruct, strangulat, acute-abdomen
find: (?:hernia|lump|swelling|groin|bulge) & (?:irreducible|will not (?:go|reduce)|cannot (?:be
  )?(?:reduce|push|put)\w*|stuck|not go back|no longer goes|hard|tense(?! ascites)) &
  (?:red|reddened|redness|{pain}|vomit\w*|{fever})
says: He has a tense, tender lump in the groin that will not reduce, and he has vomited four times.
says: My patient's umbilical hernia has been stuck out since last night. The skin over it is red and she is in great
  pain.
says: I have just found a hard, tender swelling below the groin crease in a thin lady of 84 who has been vomiting for
  a day.
says: I cannot push her incisional hernia back and the abdomen is distended. She keeps vomiting.
says: The baby's groin swelling is hard and he screams with pain when I touch it.
apart: This farmer's old scrotal hernia no longer goes in. It is very sore, he is retching and vomiting, and his
  temperature is 38.3.
apart: Her femoral bulge turned painful at breakfast; it is irreducible and the skin is reddened.
why: Consider this a surgical emergency: the hernia may be strangulated.
why: Treat this as urgent, since bowel in an irreducible, painful hernia may be dying.
why: This must be seen by a surgeon now. A strangulated hernia is likely.
first: Keep the patient fasted, give intravenous fluid and pain relief, pass a nasogastric tube if there is vomiting,
  and send lactate. Do not force the hernia back when the skin is red, there is peritonism or the patient is septic.
first: Start fluid and analgesia, nothing by mouth, and a nasogastric tube for vomiting; give antibiotics if
  strangulation is suspected. Leave forceful reduction alone.
call: Call the senior surgeon on call now, and the paediatric surgeon for a child; the anaesthetist and theatre should
  know.
call: Tell the surgical registrar at once and warn the anaesthetist, for the patient is likely to need theatre; a
  child goes to the paediatric surgeon.
calm: He has a soft groin swelling that comes when he lifts and goes when he lies down. It gives him a slight drag and
  nothing else. => This is a reducible inguinal hernia. Refer him to the surgical clinic to discuss repair or watchful
  waiting.
calm: My patient has had a small navel hernia since her pregnancy; it slips back easily and causes no trouble. => A
  small hernia that goes back and causes no symptoms can wait for a clinic visit. Explain what changes to look for and
  arrange a routine referral.
calm apart: Our patient had a mesh repair three weeks ago and feels a firm, painless ridge beneath the scar. He is
  well. => A healing ridge is expected at three weeks. Tell him that it softens over months and see him at the planned
  review.

# large bowel obstruction or volvulus
topics: volvulus, obstruct, colorectal, colon, acute-abdomen
find: (?:distend\w*|swollen|blown up|bloated|drum) & (?:abdomen|belly|abdominal) & (?:no (?:flatus|wind|gas)|not
  (?:passed|opened|passing)|absolute constipation|caecum|coffee[- ]bean|passed nothing|volvulus|nothing has
  passed|faeculent)
find: closed loop & (?:bowel|abdomen|abdominal|ct) & (?:{pain}|vomit\w*|{shock}|sepsis|septic)
find: volvulus & (?:gangren\w+|black|{shock})
says: He has a hugely distended abdomen and has passed nothing, not even wind, for two days.
says: My patient from the nursing home has a belly blown up like a drum; the film shows a coffee-bean loop.
says: We have just had the CT: her abdomen is distended, the caecum measures 12 cm and she is tender over it.
says: She is vomiting and has a swollen abdomen with absolute constipation since Sunday.
says: Bowels have not opened for four days, the abdomen is distended and he now vomits faeculent fluid.
apart: This woman with known sigmoid cancer has a bloated abdomen and has not passed gas since yesterday morning; she
  is in constant pain.
apart: An old gentleman came from his care home with a gross, drum-like belly. Nothing has passed below for three
  days.
why: There is no time to lose: the bowel is obstructed and may be twisted, and it can perforate.
why: A closed-loop obstruction or a volvulus is likely, and it should be treated as an emergency.
why: It cannot wait until tomorrow: a loop that is obstructed or twisted loses its blood supply.
first: Keep the patient fasted, give intravenous fluid, pass a nasogastric tube and a urinary catheter, and send
  lactate and electrolytes. CT of the abdomen shows the cause; tenderness, fever or a high lactate mean that bowel is
  at risk.
first: Drip, nasogastric tube, catheter and blood tests with lactate come first, then CT. Give no stimulant laxative
  and no prokinetic drug.
call: Call the senior general surgeon now, and the anaesthetist if there is peritonism or shock.
call: Tell the surgical registrar on call at once, and the endoscopist if a sigmoid volvulus without signs of
  ischaemia is to be decompressed.
calm: He has not opened his bowels for three days since starting codeine, but passes wind and eats. His abdomen is
  soft and flat. => This is constipation from codeine. Start a laxative, ask him to drink more and to walk, and review
  the painkiller.
calm: My patient on the second day after hip surgery feels a bit full. She passes wind and drinks well. => A slow
  bowel is common after hip surgery. Encourage fluids and walking, start a laxative and review the opioids.
calm apart: She has been constipated since her teens and opens her bowels twice a week without blood or weight loss.
  => This is long-standing functional constipation. Review diet, fluid and toilet habits, and offer a regular osmotic
  laxative.

# acute severe colitis
topics: colitis, ulcerative, crohn, megacolon, colorectal
find: (?:colitis|crohn\w*|clostridi\w+|difficile|bloody (?:stools?|diarrhoea|motions)|bowel motions) &
  (?:bloody|blood|diarrhoea) & (?:{shock}|{fever}|distend\w*|dilated|megacolon|pulse (?:is |of
  )?1\d\d|(?:8|9|10|1[0-9]|2[0-9]|eight|ten|twelve|fifteen|twenty)(?: \w+)? (?:times|stools|motions))
says: She has ulcerative colitis and passes twelve bloody stools a day, with a pulse of 112 and a temperature of 38.1.
says: My patient on steroids for colitis has bloody diarrhoea and the abdomen is now distended and tender.
says: I have just admitted a student with bloody diarrhoea ten times a day and fever for a week. His haemoglobin is
  86.
says: The film shows that her transverse colon is dilated to 7 cm. She has colitis with blood in every motion and
  looks toxic.
says: He has Clostridioides difficile infection with bloody diarrhoea, and this morning he is hypotensive.
apart: This young man's colitis has flared: fifteen motions since midnight, all with blood, and he is shivering.
apart: Her colitis was improving, but she is feverish today and her belly has become distended with less diarrhoea.
why: Everything else can wait, for this is urgent: it is acute severe colitis and may go on to toxic megacolon.
why: Admit and treat this as an emergency, because severe colitis can perforate.
why: Acute severe colitis is a medical and surgical emergency shared by two teams from the first day.
first: Start intravenous fluid, correct potassium, send stool for culture and Clostridioides difficile, and image the
  abdomen for dilatation or perforation. Give prophylactic heparin; in inflammatory colitis start intravenous
  corticosteroid without waiting for the stool result, and stop opioids and antidiarrhoeals.
first: Give fluid and potassium, take blood and stool samples with a Clostridioides difficile test, get an abdominal
  film or CT, and stop antidiarrhoeals and opioids. Intravenous steroids are for inflammatory bowel disease; add clot
  prevention.
call: Call the senior gastroenterologist and the colorectal surgeon now.
call: Ring the on-call gastroenterology and colorectal teams at once so that both see the patient today.
calm: She has ulcerative colitis in remission on mesalazine, with one formed stool a day, and asks about her next
  blood test. => Remission on mesalazine needs only routine monitoring. Arrange the yearly kidney function test and
  her planned clinic visit.
calm: My patient sees a little bright red blood on the paper after straining. His bowel habit is unchanged and he
  feels well. => This fits haemorrhoids. Examine the anus and rectum, advise fibre and fluid, and follow local
  guidance on tests for bowel cancer.
calm apart: He had three loose stools yesterday after a curry and is back to normal today. => This was a short upset
  that has settled. Let him eat normally and come back if it returns.

# anastomotic leak
topics: anastomo, leak, colorectal, post-operative, upper-gi, bariatric
find: (?:day (?:three|four|five|six|seven|eight|nine|ten|\d+)|(?:third|fourth|fifth|sixth|seventh|eighth) day|days
  (?:after|ago)|a week (?:after|ago)|last week) &
  (?:anastomo\w+|resection|hemicolectomy|colectomy|bypass|gastrectomy|sleeve|oesophagectomy|bowel join) &
  (?:{fever}|{shock}|atrial fibrillation|drain|pulse (?:is |of )?1[1-9]\d|breathless|peritoni\w+)
says: He is on day five after an anterior resection, with new atrial fibrillation and a temperature of 38.4.
says: My patient had a right hemicolectomy six days ago. The CRP has climbed to 240, her pulse is 118 and she looks
  unwell.
says: We have just seen faeculent fluid in the drain of a man on day four after low anterior resection.
says: She had a gastric bypass four days ago and has a pulse of 128 and pain in the left shoulder tip.
says: It is day seven since his oesophagectomy; he is breathless and febrile and the drain has turned murky.
apart: Our colectomy patient was due home today, the sixth day, but has rigors and a distended abdomen.
apart: A sleeve operation was done last week; she has come back feverish and hunched over with pain.
why: Urgent action is needed: an anastomotic leak must be assumed until it is excluded.
why: Delay is dangerous, so treat it as urgent: the join may be leaking.
why: A leak from the anastomosis is likely enough that action is needed now, even if the abdomen is soft.
first: Give oxygen and fluid, take cultures and lactate, start broad-spectrum antibiotics within the hour and keep the
  patient fasted. CT with contrast follows without delay, and peritonitis with shock goes to theatre without waiting
  for it.
first: Treat as sepsis: cultures, lactate, antibiotics, fluid and hourly urine output. Ask for contrast CT unless the
  patient is too ill for anything but theatre; a normal scan does not fully exclude a leak.
call: Call the operating surgeon or the senior surgeon on call now, and critical care if there is organ failure.
call: Tell the consultant who operated at once, and the critical care and anaesthetic teams if the patient is
  unstable.
calm: He is on day three after a right hemicolectomy: eating, passing wind, pulse 74, temperature 36.9 and CRP
  falling. => This is a smooth recovery. Continue the enhanced recovery plan, take out lines that are no longer needed
  and aim for discharge.
calm: My patient has a slight ache around the wound on the day after her colectomy. She is walking and all
  observations are normal. => Wound pain on the first day is expected. Give regular multimodal pain relief and carry
  on with early walking and eating.
calm apart: She is six weeks after anterior resection and opens her bowels five times a day; otherwise she is well. =>
  Frequent stools are common in the first months after this operation. Advise on diet and loperamide, and offer the
  nurse-led clinic.

# acute cholangitis
topics: cholang, biliary, bile, jaundice, hpb, ercp
find: (?:jaundice\w*|yellow|bile duct|biliary|bilirubin|ercp) & {fever}
find: cholangitis & (?:{fever}|{shock}|septic)
says: She is jaundiced with rigors and a temperature of 39.2, and her right upper abdomen is tender.
says: My patient has a biliary stent. He is yellow again and has had fever and shivering since last night.
says: I have just admitted an 82-year-old with fever, dark urine and yellow eyes who has become confused and whose
  blood pressure is 86/50.
says: His bile duct is 12 mm on ultrasound with a stone in it, and he has a fever and a pulse of 120.
says: After yesterday's ERCP she has rigors, and her bilirubin has doubled.
apart: A man with known duct stones turned yellow on Friday; this evening he is febrile and drowsy.
apart: Her eyes are yellow, she is shaking with rigors and the pain is under the right ribs.
why: This is urgent: infection behind a blocked bile duct is acute cholangitis and can bring septic shock within
  hours.
why: Regard this as biliary sepsis and an emergency until proved otherwise.
why: Acute cholangitis is likely; it needs antibiotics now and drainage soon.
first: Take blood cultures and lactate, give intravenous broad-spectrum antibiotics and fluid, and check clotting. The
  duct has to be drained, usually by ERCP, and as soon as possible if there is shock or organ failure.
first: Start the sepsis bundle with cultures, antibiotics and fluid, and image the ducts. Drainage of the biliary tree
  is the treatment; the sicker the patient, the sooner.
call: Call the senior surgeon and the endoscopist who does ERCP now, and critical care if there is shock.
call: Ring the hepatobiliary or gastroenterology consultant on call at once to plan drainage; tell critical care if
  organs are failing.
calm: She has gallstones on a scan done for another reason, and has never had pain or jaundice. => Stones without
  symptoms in a normal gallbladder need no treatment. Explain this to her and what biliary pain is like.
calm: My patient had an hour of pain under the ribs after a rich meal last week. He is well today with normal liver
  tests. => This fits biliary colic. Arrange an ultrasound scan and a referral to discuss removal of the gallbladder.
calm apart: He has been mildly yellow each time he fasts since boyhood; other liver tests and the blood count are
  normal. => This fits Gilbert's syndrome, which is harmless. Explain it to him and make a note for his records.

# severe upper gastrointestinal bleeding
topics: bleed, haematemesis, varic, ulcer, upper-gi, endoscop
find: (?:vomit\w*|brought up|haematemesis|coffee[- ]ground\w*|retch\w*) & (?:blood(?!
  pressure)|haematemesis|clots|coffee[- ]ground\w*) & (?:{shock}|cirrhosis|varices|liver
  disease|alcoholic|large|clots|bowlfuls?|pints?|litre|lots|pouring|black|again|melaena|twice|jaundice\w*) &
  !(?:streak|specks?)
find: (?:melaena|black,? (?:tarry )?(?:stools?|motions?)) & {shock}
says: He has vomited a large amount of fresh blood and his pulse is 126.
says: My patient with cirrhosis has just brought up bowlfuls of blood and is getting drowsy.
says: We have a lady passing melaena since last night who is clammy, with a blood pressure of 84/48.
says: She takes ibuprofen and aspirin; she has vomited coffee-grounds twice today and fainted.
says: Two days after his ulcer was clipped he has passed black stools again and collapsed in the bathroom.
apart: The alcohol team's patient is retching up clots of blood and looks jaundiced.
apart: Black tarry motions all day, and this gentleman is now grey and hypotensive.
why: It is an emergency: it is a major upper gastrointestinal bleed, from an ulcer or from varices.
why: Start resuscitation now, for such a bleed from the stomach or oesophagus can kill quickly.
why: It is urgent to treat this as a life-threatening upper gastrointestinal haemorrhage.
first: Protect the airway, give oxygen, put in two large cannulas, cross-match blood and start the major haemorrhage
  protocol if the patient is shocked. Reverse anticoagulants. If varices are suspected, give a vasoactive drug such as
  terlipressin and antibiotics before endoscopy.
first: Airway, oxygen and two large-bore lines come first, then blood by the major haemorrhage protocol if there is
  shock; correct clotting. Suspected varices also get terlipressin or octreotide and a dose of antibiotics.
call: Call the on-call endoscopist and the anaesthetist now, and tell the surgeon and interventional radiologist in
  case endoscopy fails.
call: Ring the gastroenterologist or surgeon who scopes at once, and get an anaesthetist for the airway.
calm: He saw one streak of blood after several bouts of vomiting from a stomach bug, and nothing since. His pulse is
  72 and the blood count is normal, with a Glasgow-Blatchford score of 0. => A small Mallory-Weiss tear is likely.
  With a score of 0 he can go home, with advice on what to watch for and follow-up with his general practitioner.
calm: My patient's stools have been dark since she started iron tablets. She is well and her haemoglobin is rising. =>
  Iron makes stools dark. Carry on with the tablets and repeat the blood count as planned.
calm apart: She ate beetroot last night, noticed red stools today and feels well. A stool test for blood is negative.
  => Beetroot explains the colour. Reassure her; nothing further is needed.

# acute gastric volvulus or slipped band
topics: volvulus, hiatus, paraoesophageal, band, bariatric, upper-gi, stomach
find: (?:retch\w*|vomit\w*|heav(?:es|ing)) & (?:without bringing|brings? (?:up )?nothing|nothing (?:comes|came)
  up|unproductive\w*|cannot bring) & (?:{pain}|hiatus|paraoesophageal|stomach|upper abdomen)
find: (?:nasogastric )?tube (?:\w+ ){0,3}(?:not (?:be )?pass\w*|will not pass|cannot be passed) &
  (?:epigastri\w+|retch\w*|paraoesophageal|hiatus) & {pain}
find: gastric band & (?:slipped|slippage) & (?:{pain}|vomit\w*|{shock})
says: She is 80 with severe epigastric pain and retches without bringing anything up; the nasogastric tube will not
  pass.
says: My patient has a large paraoesophageal hernia and sudden upper abdominal pain. He retches and nothing comes up.
says: We have an old lady with unproductive retching, a swollen upper abdomen and pain behind the breastbone.
says: He had a gastric band put in three years ago; it has slipped, and he cannot keep saliva down and is in pain.
says: The film of this woman shows her stomach in the chest with two fluid levels, and her retching is unproductive
  and painful.
apart: A man known for years to have a hiatus hernia heaves all night, brings up nothing and has terrible pain.
apart: Our bariatric patient vomits whatever she drinks since noon, has pain on the left, and the scan says that the
  gastric band has slipped.
why: Help is needed now: the stomach may be twisted or trapped, and its wall can die.
why: This cannot wait, because an acute gastric volvulus or a slipped band may cut off the stomach's blood supply.
why: Suspect an acute obstruction of the stomach and treat it as a surgical emergency.
first: Keep the patient fasted, give intravenous fluid and opioid pain relief, send lactate and try gently to empty the
  stomach with a nasogastric tube. Never force the tube; let all fluid out of a gastric band with a non-coring needle,
  and get CT unless the patient is too ill for anything but theatre.
first: Nothing by mouth, fluid, pain relief and lactate come first, then decompression by a tube that is passed without
  force. A gastric band is emptied at its port with a non-coring needle. CT shows the twist and the state of the
  stomach, if the patient is stable.
call: Call the upper gastrointestinal surgeon or the senior surgeon on call now, and the endoscopist and the
  anaesthetist.
call: Tell the consultant surgeon on call at once, and warn the anaesthetist, the endoscopist and theatre.
calm: She has a paraoesophageal hernia that was found by chance on a scan. She eats what she likes and has no pain. =>
  A hernia like this without symptoms can be watched. Explain which symptoms to come back with, and offer a clinic
  appointment.
calm: My patient with a gastric band eats small meals well and has lost weight as planned. He feels fine. => The band
  works as intended. Continue the planned follow-up and his vitamins.
calm apart: He has had hiccups since lunch after a fizzy drink, is comfortable and has eaten supper. => Hiccups after a
  fizzy drink pass by themselves. Reassure him, and see him again if they last for days.

# oesophageal perforation
topics: oesophag, perforat, boerhaave, upper-gi, endoscop
find: (?:vomit\w*|retch\w*|endoscopy|dilatation|gastroscopy|swallowed|bone) &
  (?:chest|neck|breastbone|mediastinum|collar bones) & (?:crackl\w+|crepitus|surgical emphysema|air under the
  skin|subcutaneous air|mediastin\w+|pneumomediastinum|effusion|(?:chest|neck) pain (?:\w+ ){0,4}after (?:\w+
  ){0,3}(?:vomiting|retching|dilatation|endoscopy|gastroscopy))
says: He retched violently after a heavy meal, and then had a sudden pain in the chest; there is crackling under the
  skin of his neck.
says: My patient has severe chest pain two hours after dilatation of an oesophageal stricture.
says: We have just seen air in the mediastinum on the CT of a woman with chest pain who had been vomiting all night.
says: She swallowed a chicken bone yesterday, and today she has neck pain, fever and crepitus.
says: Since the gastroscopy this morning his chest has hurt and there is surgical emphysema above the collar bones.
apart: After forceful vomiting this man has agonising pain behind the breastbone and a left pleural effusion.
apart: The endoscopy was hard. An hour later she complains of pain in the chest and I feel subcutaneous air.
why: Consider this urgent: the oesophagus may have perforated.
why: Hours make the difference here, so act now on the suspicion of a torn oesophagus.
why: Do not wait for fever to appear; rupture of the oesophagus has to be excluded as an emergency.
first: Keep the patient strictly fasted, give oxygen, fluid, opioid pain relief, broad-spectrum antibiotics and a
  proton pump inhibitor, and get CT of the chest with contrast. Do not pass a nasogastric tube blindly.
first: Nothing by mouth, intravenous antibiotics, fluid and pain relief, then contrast CT of the neck, chest and upper
  abdomen. A blind nasogastric tube may widen the hole and is left out.
call: Call the upper gastrointestinal or thoracic surgeon now, and the anaesthetist and critical care.
call: Speak at once to the senior surgeon on call and to the oesophageal centre, with critical care informed.
calm: He has a mild sore throat the day after a normal gastroscopy. He eats and drinks, and his neck is soft. => A
  sore throat is common after endoscopy. Advise cool drinks and simple pain relief; it settles in a day or two.
calm: My patient has had heartburn in the evenings for years, and antacids relieve it. She swallows normally. => This
  fits reflux disease. Offer a trial of a proton pump inhibitor, advice on meals and weight, and a review.
calm apart: Our student vomited twice after a party and feels fine this morning; he has had breakfast and I find
  nothing wrong. => Nothing more than fluids and rest is needed. He may go home and return if anything changes.
"""
