"""The abdomen and its operations."""

from __future__ import annotations

TABLE = """
# acute cholecystitis
match: acute cholecystitis
ask: When should the gallbladder come out in acute cholecystitis, in a patient who is fit for surgery?
ask: My fit patient has acute cholecystitis since yesterday. Operate now, or after six weeks of cooling off?
held: Is early or delayed cholecystectomy better for acute cholecystitis in someone fit for surgery?
then: 1985; Cholecystitis: textbook chapter | Acute cholecystitis is treated with antibiotics first, and
  cholecystectomy is delayed for six to twelve weeks.
thenmore: Operating while the gallbladder is inflamed is thought to endanger the bile duct.
now: 2020; Acute calculous cholecystitis: guideline summary | In acute cholecystitis, patients who are fit for surgery
  should have an early laparoscopic cholecystectomy, on the same admission.
why: Early operation shortens the time in hospital and spares the attacks that come while waiting, without more
  injuries of the bile duct.

# mild gallstone pancreatitis
match: gallstone pancreatitis|biliary pancreatitis|pancreatitis caused by gallstones
ask: When should cholecystectomy follow mild gallstone pancreatitis?
ask: A patient has recovered from mild gallstone pancreatitis. Send home and book for surgery in six weeks?
held: Should the gallbladder be removed before discharge after mild gallstone pancreatitis?
then: 1992; After gallstone pancreatitis: textbook chapter | After mild gallstone pancreatitis, cholecystectomy should
  be delayed for about six weeks.
thenmore: The delay lets the inflammation settle.
now: 2020; Gallstone pancreatitis: guideline summary | After mild gallstone pancreatitis, cholecystectomy should be
  done during the same admission.
why: Waiting brings readmissions with biliary colic and further pancreatitis.
nowmore: After a severe attack with collections, the operation waits until they have settled.

# antibiotics in sterile necrosis
match: necroti[sz]ing pancreatitis|pancreatic necrosis|severe (?:acute )?pancreatitis
ask: Should a patient with sterile necrotising pancreatitis have prophylactic antibiotics?
ask: CT shows pancreatic necrosis without signs of infection. Do I start a carbapenem to prevent infection?
held: Do prophylactic antibiotics help in necrotising pancreatitis while the necrosis is sterile?
then: 1998; Pancreatic necrosis: textbook chapter | Patients with sterile necrotising pancreatitis should receive
  prophylactic antibiotics.
thenmore: A carbapenem is chosen because it reaches the pancreas.
now: 2020; Severe acute pancreatitis: guideline summary | Patients with sterile necrotising pancreatitis should not
  receive prophylactic antibiotics.
why: Better trials found neither fewer infections of the necrosis nor fewer deaths.
nowmore: Antibiotics are given when infection is proven or strongly suspected.

# feeding in pancreatitis
match: pancreatitis
ask: When may a patient with mild acute pancreatitis eat?
ask: Do I keep my patient with mild acute pancreatitis starved until the pain has gone?
held: Does mild acute pancreatitis call for resting the gut?
then: 1985; Acute pancreatitis: textbook chapter | In acute pancreatitis, the patient is kept nil by mouth until the
  pain has gone and the amylase is normal.
thenmore: Resting the gut is meant to rest the pancreas.
now: 2020; Feeding in acute pancreatitis: guideline summary | In mild acute pancreatitis, oral feeding is started
  within 24 hours where it is tolerated.
why: Early feeding is safe, shortens the stay and keeps the lining of the gut intact.
nowmore: Where feeding by mouth fails in severe disease, tube feeding is preferred to the intravenous route.

# uncomplicated diverticulitis
match: diverticulitis
ask: Does every patient with acute uncomplicated diverticulitis need antibiotics?
ask: CT shows uncomplicated diverticulitis in a well, immunocompetent adult. Must I give antibiotics?
held: Can antibiotics be left out in acute uncomplicated diverticulitis?
then: 1999; Sigmoid diverticulitis: textbook chapter | Every patient with acute uncomplicated diverticulitis should
  receive antibiotics.
thenmore: The disease is understood as a small perforation with infection.
now: 2020; Acute diverticulitis: guideline summary | In selected patients with acute uncomplicated diverticulitis who
  are well and immunocompetent, antibiotics can be left out.
why: Trials found that antibiotics neither sped up recovery nor prevented complications there.
nowmore: Sepsis, immunosuppression and complicated disease still call for antibiotics.

# nasogastric tube
match: nasogastric|colorectal (?:surgery|resection)|(?:hemi)?colectomy|enhanced recovery
ask: Does a patient need a nasogastric tube after an elective colorectal resection?
ask: Should I leave the nasogastric tube in until flatus has passed after an elective colectomy?
held: Is there a place for a routine nasogastric tube after elective colorectal surgery?
then: 1985; After bowel surgery: ward handbook | After elective colorectal surgery, a nasogastric tube should stay in
  place until flatus has passed.
thenmore: The tube is meant to protect the anastomosis.
now: 2019; Recovery after colorectal surgery: guideline summary | After elective colorectal surgery, a nasogastric
  tube is not used routinely.
why: Trials found that bowel function returns earlier without a tube, with no more leaks.
nowmore: A tube is placed for those who vomit with a distended stomach.

# drains after colonic resection
match: (?:hemi)?colectomy|colonic resection|colon resection|anastomo\\w+|surgical drains?
ask: Do I leave a drain after an elective colonic resection?
ask: Is a routine abdominal drain of use after an elective colonic resection?
held: Should a drain be placed as a matter of course when a colonic resection is done electively?
then: 1988; The colonic anastomosis: operative handbook | After elective colonic resection, an abdominal drain should
  be placed routinely.
thenmore: It is meant to show a leak early.
now: 2019; Recovery after colonic surgery: guideline summary | After elective colonic resection, an abdominal drain is
  not placed routinely.
why: Trials found neither fewer leaks nor fewer reoperations with a drain.

# bowel preparation alone
match: bowel preparation|colonic surgery|colorectal (?:surgery|resection|cancer)
ask: Should mechanical bowel preparation be given on its own before elective colonic surgery?
ask: Does purging the bowel without oral antibiotics prevent infection in elective colonic surgery?
held: Is mechanical preparation alone worthwhile before an elective colonic operation?
then: 1980; Preparing the colon: textbook chapter | Before elective colonic surgery, mechanical bowel preparation on
  its own is recommended for every patient.
thenmore: An empty colon is thought to make the anastomosis safer.
now: 2019; Before colonic surgery: guideline summary | Before elective colonic surgery, mechanical bowel preparation
  on its own is not recommended.
why: In trials it lowered neither infections nor leaks.
nowmore: Where the bowel is prepared, oral antibiotics go with it.

# splenic injury
match: splenic (?:injury|injuries|rupture|trauma|laceration)|ruptured spleen|spleen injury|blunt abdominal
ask: Does a haemodynamically stable adult with a blunt splenic injury need splenectomy?
ask: CT shows a splenic laceration after a fall. The adult is haemodynamically stable, without peritonitis. Remove the
  spleen?
held: How is blunt splenic injury managed in an adult who is haemodynamically stable?
then: 1975; The injured spleen: textbook chapter | A blunt splenic injury in an adult should be treated by
  splenectomy.
thenmore: Delayed rupture is feared otherwise.
now: 2018; Splenic trauma: guideline summary | A blunt splenic injury in a haemodynamically stable adult is treated
  without an operation, under observation and with embolisation in selected patients.
why: Most injuries heal, and a spleen in place protects against overwhelming infection.
nowmore: Instability that does not respond, or peritonitis, still means an operation.

# opioids in the acute abdomen
match: acute abdomen|abdominal pain|mask the signs|peritonitis
ask: May an adult with an acute abdomen have an opioid before the diagnosis is made?
ask: Should opioids be withheld in an acute abdomen until a surgeon has examined the adult patient?
held: Does opioid analgesia have to wait for the diagnosis in an adult with an acute abdomen?
then: 1965; The acute abdomen: textbook chapter | In the acute abdomen, opioids should be withheld until a surgeon has
  made the diagnosis.
thenmore: Pain relief is thought to hide the signs of peritonitis.
now: 2020; Pain relief in the acute abdomen: guideline summary | In the acute abdomen, opioids should be given early
  and titrated to effect, before the diagnosis has been made.
why: Trials in adults found no more wrong diagnoses and no wrong decisions because of them.

# recurrent duodenal ulcer
match: peptic ulcer\\w*|duodenal ulcer\\w*|gastric ulcer\\w*|helicobacter
ask: How is a duodenal ulcer that keeps coming back treated when Helicobacter pylori is found?
ask: A duodenal ulcer has recurred and the Helicobacter test is positive. Is an elective vagotomy the answer?
held: Which treatment cures recurrent duodenal ulcer with Helicobacter pylori?
then: 1975; Duodenal ulcer: textbook chapter | Recurrent duodenal ulcer is treated by elective vagotomy.
thenmore: Acid is held to be the cause, and its reduction the cure.
now: 2017; Helicobacter pylori and ulcer: guideline summary | Recurrent duodenal ulcer with Helicobacter pylori is
  treated by eradication, and elective vagotomy is hardly ever needed.
why: Eradication of the infection prevents nearly all recurrences.
nowmore: Non-steroidal anti-inflammatory drugs are stopped where possible.

# inguinal hernia with few symptoms
match: inguinal hernias?|groin hernias?
ask: Does a man with an inguinal hernia and hardly any symptoms need a repair soon?
ask: A man of 68 has a small, reducible, symptomless inguinal hernia. Is watchful waiting safe?
held: May an inguinal hernia without symptoms be watched in a man?
then: 1985; Inguinal hernia: textbook chapter | In men, an inguinal hernia should be repaired soon, even without
  symptoms.
thenmore: Strangulation is feared.
now: 2018; Groin hernia: guideline summary | In men, an inguinal hernia with minimal or no symptoms can be managed by
  watchful waiting.
why: Trials found that strangulation is rare while waiting.
nowmore: Most of these men come to a repair in the years that follow, mainly because of pain. Women are offered timely
  repair.

# antibiotics for appendicitis
match: appendicitis|appendicectomy|appendectomy
ask: Are antibiotics alone an option for uncomplicated appendicitis in adults?
ask: CT shows uncomplicated appendicitis without an appendicolith, and the adult would rather avoid surgery. Is there
  a choice?
held: Must every adult with uncomplicated appendicitis be operated on?
then: 1990; Appendicitis: textbook chapter | In uncomplicated appendicitis, every adult should have an appendicectomy
  without delay.
thenmore: Treatment without an operation is kept for places where no surgeon can be had.
now: 2020; Acute appendicitis: guideline summary | In uncomplicated appendicitis, appendicectomy remains the standard,
  and antibiotics alone are an alternative for selected adults without an appendicolith.
why: In trials most adults treated so avoided an operation in the first year, and up to about four in ten needed one
  within five years.
"""
