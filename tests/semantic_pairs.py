"""Pairs of questions for the semantic search: paraphrases, and questions that look alike and ask another thing.

The search was tuned on the first two lists; the last two were written afterwards and tried once.
"""

from __future__ import annotations

from typing import Any

Pair = tuple[str, str]

PARAPHRASES: list[Pair] = [
    ("What is the most common cause of small bowel obstruction in adults?",
     "Which condition most often obstructs the small intestine in grown-up patients?"),
    ("How is acute appendicitis treated?", "What is the management of an acutely inflamed appendix?"),
    ("Which nerve is at risk during thyroidectomy?", "What nerve can be injured when the thyroid gland is removed?"),
    ("When should antibiotic prophylaxis be given before surgery?",
     "At what time before the incision are prophylactic antibiotics administered?"),
    ("What are the clinical signs of compartment syndrome of the leg?",
     "How does compartment syndrome in the lower leg present?"),
    ("How do you diagnose acute cholecystitis?", "Which findings establish the diagnosis of an acutely inflamed gallbladder?"),
    ("What is the first-line investigation for suspected deep vein thrombosis?",
     "Which test should be done first when a DVT is suspected?"),
    ("What are the complications of splenectomy?", "Which problems may follow removal of the spleen?"),
    ("How long before elective surgery should warfarin be stopped?",
     "How many days ahead of a planned operation must warfarin be discontinued?"),
    ("What are the indications for surgery in diverticulitis?",
     "In which circumstances does diverticulitis need an operation?"),
    ("How is a tension pneumothorax decompressed?", "What is the emergency treatment of a tension pneumothorax?"),
    ("What is the treatment of choice for a strangulated inguinal hernia?",
     "How should a groin hernia that has become strangulated be managed?"),
    ("Which artery supplies the sigmoid colon?", "From which vessel does the sigmoid colon receive its blood?"),
    ("What are the risk factors for surgical site infection?",
     "Which patient characteristics make a wound infection after surgery more likely?"),
    ("How is an anastomotic leak recognised after colorectal resection?",
     "What signs suggest leakage of the anastomosis following bowel resection?"),
    ("Why is nitrous oxide avoided in bowel obstruction?",
     "For what reason should nitrous oxide not be used when the intestine is obstructed?"),
    ("What fluid is used for resuscitation in burns?", "With which fluid should a burned patient be resuscitated?"),
    ("How should a perforated duodenal ulcer be repaired?",
     "Which operation closes a duodenal ulcer that has perforated?"),
    ("What is the imaging of choice for renal colic?", "Which scan is preferred when kidney stones are suspected?"),
    ("What are the symptoms of acute mesenteric ischaemia?",
     "How do patients with acute ischaemia of the bowel present clinically?"),
    ("How is malignant hyperthermia treated?", "Which drug and measures are used to manage malignant hyperthermia?"),
    ("At what size should an abdominal aortic aneurysm be repaired in men?",
     "What diameter of an abdominal aortic aneurysm warrants elective repair in a man?"),
    ("What causes postoperative ileus?", "Why does the bowel stop moving after an operation?"),
    ("Who should be screened for colorectal cancer?", "Which people are offered bowel cancer screening?"),
    ("What does Murphy's sign indicate?", "A positive Murphy's sign suggests which diagnosis?"),
    ("How is a pilonidal sinus managed surgically?", "What operations are there for pilonidal disease?"),
]  # fmt: skip

ALIKE: list[Pair] = [
    ("What are the boundaries of the left paracolic gutter?", "What are the boundaries of the right paracolic gutter?"),
    ("What is the maximum safe dose of lidocaine?", "What is the maximum safe dose of bupivacaine?"),
    ("How is acute appendicitis managed in adults?", "How is acute appendicitis managed in children?"),
    ("What are the complications of open inguinal hernia repair?",
     "What are the complications of laparoscopic inguinal hernia repair?"),
    ("How long before surgery should warfarin be stopped?", "How long before surgery should rivaroxaban be stopped?"),
    ("What causes acute pancreatitis?", "What causes chronic pancreatitis?"),
    ("Which nerve is injured in a fracture of the surgical neck of the humerus?",
     "Which nerve is injured in a fracture of the shaft of the humerus?"),
    ("What are the symptoms of an upper gastrointestinal bleed?",
     "What are the symptoms of a lower gastrointestinal bleed?"),
    ("How is a direct inguinal hernia recognised?", "How is an indirect inguinal hernia recognised?"),
    ("What is the treatment of diverticulitis?", "What is the treatment of diverticulosis?"),
    ("What are the causes of hyperkalaemia after surgery?", "What are the causes of hypokalaemia after surgery?"),
    ("What are the indications for splenectomy?", "What are the contraindications to splenectomy?"),
    ("How is a stage II colon cancer treated?", "How is a stage III colon cancer treated?"),
    ("Which artery supplies the caecum?", "Which artery supplies the rectum?"),
    ("What is the treatment of Crohn's disease?", "What is the treatment of ulcerative colitis?"),
    ("What are the symptoms of hyperthyroidism?", "What are the symptoms of hypothyroidism?"),
    ("How should a 4 cm abdominal aortic aneurysm be followed?",
     "How should a 5 cm abdominal aortic aneurysm be followed?"),
    ("What is the management of a femoral hernia?", "What is the management of an inguinal hernia?"),
    ("Which is the most common benign tumour of the liver?", "Which is the most common malignant tumour of the liver?"),
    ("How is postoperative bleeding treated?", "How is postoperative bleeding prevented?"),
    ("What is the most common cause of large bowel obstruction?",
     "What is the most common cause of small bowel obstruction?"),
    ("What are the risk factors for deep vein thrombosis?", "What are the symptoms of deep vein thrombosis?"),
    ("How is a first-degree burn treated?", "How is a third-degree burn treated?"),
    ("When may a patient drink clear fluids before anaesthesia?", "When may a patient eat solid food before anaesthesia?"),
    ("Which drug reverses heparin?", "Which drug reverses warfarin?"),
    ("What is the mortality of emergency colectomy?", "What is the mortality of elective colectomy?"),
    ("Which antibiotic is recommended in a patient with a penicillin allergy?",
     "Which antibiotic is recommended in a patient without a penicillin allergy?"),
    ("What does a raised serum calcitonin suggest?", "What does a raised serum calcium suggest?"),
]  # fmt: skip

NEW_PARAPHRASES: list[Pair] = [
    ("What is the most frequent site of a carcinoid tumour?", "Where in the body do carcinoid tumours arise most often?"),
    ("How should a foreign body in the oesophagus be removed?",
     "What is the way to extract an object that is stuck in the esophagus?"),
    ("Which tumour marker is raised in medullary thyroid cancer?",
     "In medullary carcinoma of the thyroid, which serum marker is elevated?"),
    ("What is the definitive treatment of achalasia?", "How is achalasia treated for good?"),
    ("When should a nasogastric tube be removed after laparotomy?",
     "At what point after a laparotomy can the nasogastric tube come out?"),
    ("What are the features of Charcot's triad?", "Which three findings make up Charcot's triad?"),
    ("How much blood loss defines class III haemorrhagic shock?",
     "In class III haemorrhage, what proportion of the blood volume has been lost?"),
    ("Which antibiotic regimen is recommended for perforated appendicitis?",
     "What antibiotics should be given when the appendix has perforated?"),
    ("How is a parathyroid adenoma localised before surgery?",
     "Which scans are used to find the site of a parathyroid adenoma preoperatively?"),
    ("What is the mechanism of action of tranexamic acid?", "How does tranexamic acid work?"),
    ("Can a patient with a stoma have a normal diet?", "Is it possible to eat normally with a stoma?"),
    ("What should be done if a ureter is cut during hysterectomy?",
     "How is transection of the ureter handled when it happens in the course of a hysterectomy?"),
    ("Which patients need cholecystectomy for asymptomatic gallstones?",
     "When should silent gallstones be operated on?"),
    ("What is the best position for a patient with a suspected air embolism?",
     "How should one position a patient in whom venous air embolism is suspected?"),
    ("How is refeeding syndrome prevented?", "Which steps guard against refeeding syndrome?"),
    ("What are the long-term effects of gastrectomy?", "Which late sequelae does removal of the stomach have?"),
    ("How do you manage a bleeding peptic ulcer?", "What is the treatment of haemorrhage from a peptic ulcer?"),
    ("What is the lymphatic drainage of the breast?", "To which nodes does lymph from the breast drain?"),
    ("How do you calculate the fluid requirement in the first 24 hours after a burn?",
     "Which formula gives the volume of fluid needed in the first 24 hours of a burn injury?"),
    ("What is the commonest organism in necrotising fasciitis?",
     "Which bacterium is most often found in necrotising fasciitis?"),
    ("How is an incarcerated hernia distinguished from a strangulated one?",
     "What separates incarceration of a hernia from strangulation?"),
    ("Does smoking delay wound healing?", "Are wounds slower to heal in people who smoke?"),
    ("What is the role of ERCP in gallstone pancreatitis?",
     "When is ERCP useful in pancreatitis due to gallstones?"),
    ("Which consent is needed for an emergency operation on an unconscious patient?",
     "How is consent dealt with if an unconscious person needs urgent surgery?"),
]  # fmt: skip

NEW_ALIKE: list[Pair] = [
    ("What is the blood supply of the right adrenal gland?", "What is the blood supply of the left adrenal gland?"),
    ("What is the antidote for midazolam?", "What is the antidote for morphine?"),
    ("How is intussusception managed in infants?", "How is intussusception managed in adults?"),
    ("What are the causes of a transudative pleural effusion?", "What are the causes of an exudative pleural effusion?"),
    ("How is a sliding hiatus hernia treated?", "How is a rolling hiatus hernia treated?"),
    ("Which vein is harvested for coronary bypass?", "Which artery is harvested for coronary bypass?"),
    ("What are the complications of a loop ileostomy?", "What are the complications of a loop colostomy?"),
    ("Which suture is used to close the skin?", "Which suture is used to close the fascia?"),
    ("How is a thyroid nodule with a TSH below normal investigated?",
     "How is a thyroid nodule with a TSH above normal investigated?"),
    ("What is the five-year survival of melanoma in situ?", "What is the five-year survival of metastatic melanoma?"),
    ("When is tetanus immunoglobulin needed after a wound?", "When is tetanus vaccine needed after a wound?"),
    ("How does a partial small bowel obstruction present?", "How does a complete small bowel obstruction present?"),
    ("What is the dose of adrenaline in anaphylaxis?", "What is the dose of adrenaline in cardiac arrest?"),
    ("What are the symptoms of a femoral neck fracture?", "What are the symptoms of a femoral shaft fracture?"),
    ("Which nerve supplies the flexors of the forearm?", "Which nerve supplies the extensors of the forearm?"),
    ("How is an extradural haematoma treated?", "How is a subdural haematoma treated?"),
    ("When should drains be removed after mastectomy?", "When should sutures be removed after mastectomy?"),
    ("What are the signs of hypovolaemic shock?", "What are the signs of cardiogenic shock?"),
    ("Is enoxaparin safe in renal failure?", "Is enoxaparin safe in liver failure?"),
    ("What is the treatment of a thrombosed external haemorrhoid?", "What is the treatment of a prolapsed internal haemorrhoid?"),
    ("How long should clopidogrel be continued after a drug-eluting stent?",
     "How long should clopidogrel be continued after a bare-metal stent?"),
    ("What is the most common complication of appendicectomy?", "What is the most serious complication of appendicectomy?"),
    ("Which imaging is preferred for a suspected ectopic pregnancy?",
     "Which imaging is preferred for suspected appendicitis in pregnancy?"),
    ("How can postoperative nausea be prevented in a patient with a history of it?",
     "How should postoperative nausea be treated in a patient who was given prophylaxis?"),
]  # fmt: skip

REWORDED_ALIKE: list[Pair] = [
    ("What is the arterial supply of the right kidney?", "Which artery brings blood to the left kidney?"),
    ("How is acute appendicitis managed in adults?", "What is the treatment when a child has appendicitis?"),
    ("What are the complications of open inguinal hernia repair?",
     "Which problems may follow keyhole surgery for a groin hernia?"),
    ("How long before an operation should warfarin be stopped?",
     "How soon after an operation can warfarin be started again?"),
    ("What causes acute pancreatitis?", "Why do people develop chronic inflammation of the pancreas?"),
    ("Which findings suggest an upper gastrointestinal bleed?", "How does bleeding from the lower gut present?"),
    ("When is surgery indicated in Crohn's disease?", "In which circumstances does ulcerative colitis need an operation?"),
    ("What is the maximum dose of lidocaine?", "How much bupivacaine can safely be given?"),
    ("How should hyperkalaemia after surgery be treated?", "What is done for a low potassium following an operation?"),
    ("What are the risk factors for a wound infection?", "Which patients are likely to have a wound dehiscence?"),
    ("How is a femoral hernia repaired?", "Which operation is done for an umbilical hernia?"),
    ("What is the follow-up of a 4 cm aortic aneurysm?", "How should an aneurysm of the aorta that measures 6 cm be managed?"),
    ("Which vaccines are given before splenectomy?", "What antibiotics does a patient need after removal of the spleen?"),
    ("How is a stage I rectal cancer treated?", "What is the management of rectal tumours of stage III?"),
    ("What does a positive Murphy's sign mean?", "A positive Rovsing's sign suggests which diagnosis?"),
    ("How is hypothyroidism after thyroidectomy treated?", "What is the treatment of hypocalcaemia once the thyroid is removed?"),
    ("What is the treatment of an arterial ulcer of the leg?", "How are venous leg ulcers managed?"),
    ("How does large bowel obstruction present?", "What are the symptoms of an obstructed small intestine?"),
    ("Which drug reverses heparin?", "How can the effect of warfarin be reversed?"),
    ("When may a patient drink before anaesthesia?", "How long ahead of an anaesthetic must solid food be avoided?"),
    ("What is the mortality of elective aneurysm repair?", "How many patients die after emergency repair of an aneurysm?"),
    ("Which nerve is at risk in parotid surgery?", "What nerve can be damaged during submandibular gland excision?"),
    ("How is a tension pneumothorax treated?", "What is the management of a small simple pneumothorax?"),
    ("Who should be screened for colorectal cancer?", "Which people are offered screening for an aortic aneurysm?"),
]  # fmt: skip

# Stems of MedMCQA's dev set on surgery (Apache-2.0), each with the same question as somebody else would put it.
REWORDED_ITEMS: list[Pair] = [
    ("Non-visualization of gallbladder in hepatic scintigraphy is suggestive of:",
     "What does it suggest when the gallbladder does not show on a hepatobiliary scan?"),
    ("After spleenectomy patient becomes more prone to", "To which problem is a patient more susceptible once the spleen is out?"),
    ("Maximum permissible dose of Articaine in a healthy patient is",
     "How much articaine may be given at most to someone who is otherwise well?"),
    ("What is the advantage of chromic gut over plain\ngut suture in deep wounds?",
     "Why would you choose chromic catgut rather than plain catgut for a deep wound?"),
    ("Treatment of choice in a patient with a staghorn calculus with mild hydronephrosis?",
     "How is a staghorn stone with slight hydronephrosis best treated?"),
    ("Fracture passing through mental foramen in mandible with less than 10 mm of bone can be best managed by",
     "What is the best management of a mandibular fracture through the mental foramen when bone height is below 10 mm?"),
    ("A young patient is diagnosed to have irreparable tear of the rotator cuff. Treatment of choice will be:",
     "Which treatment suits a young person whose rotator cuff tear cannot be repaired?"),
    ("Where is the second step of damage control resuscitation carried out?",
     "In which place does stage two of damage control resuscitation happen?"),
    ("The radiographic feature of sinusitis includes", "What does sinusitis look like on an X-ray?"),
    ("Submandibular calculus can be removed by:", "By which approach is a stone of the submandibular gland taken out?"),
    ("Morris retractor is most commonly used to retract", "Which structure is a Morris retractor mainly meant to hold back?"),
    ("Main disadvantage of dry heat used for sterilization is that:", "What is the chief drawback of sterilising with dry heat?"),
    ("Patellar cluck syndrome is interposition of soft tissue at or hyperophied scar:",
     "In patellar clunk syndrome, where does the scar or soft tissue become interposed?"),
    ("In sequencing for panfacial trauma, requires the first reduction and fixation of:",
     "Which bone is reduced and fixed first when panfacial fractures are treated in sequence?"),
    ("Most metabolically active layer in the bone is:", "Which layer of bone has the highest metabolic activity?"),
    ("In extraction, best time to administer analgesics is:", "When should painkillers ideally be given for a tooth extraction?"),
]  # fmt: skip

# Pairs of rows that ask the same in other words and answer otherwise, and that answer alike.
Row = dict[str, Any]

CONTRADICTIONS: list[tuple[Row, Row]] = [
    (
        {
            "question": "Which artery supplies the sigmoid colon?",
            "options": {
                "A": "Superior mesenteric artery",
                "B": "Inferior mesenteric artery",
                "C": "Internal iliac artery",
                "D": "Coeliac trunk",
            },
            "answer": "B",
        },
        {
            "question": "From which vessel does the sigmoid colon receive its blood?",
            "options": {
                "A": "Superior mesenteric artery",
                "B": "Inferior mesenteric artery",
                "C": "Internal iliac artery",
                "D": "Coeliac trunk",
            },
            "answer": "A",
        },
    ),
    (
        {
            "question": "Which nerve is at risk during thyroidectomy?",
            "options": {
                "A": "Recurrent laryngeal nerve",
                "B": "Phrenic nerve",
                "C": "Hypoglossal nerve",
                "D": "Accessory nerve",
            },
            "answer": "A",
        },
        {
            "question": "What nerve can be injured when the thyroid gland is removed?",
            "options": {
                "A": "Accessory nerve",
                "B": "Hypoglossal nerve",
                "C": "Phrenic nerve",
                "D": "Recurrent laryngeal nerve",
            },
            "answer": "B",
        },
    ),
    (
        {
            "question": "Which drug is used to treat malignant hyperthermia?",
            "options": {"A": "Dantrolene", "B": "Neostigmine", "C": "Naloxone", "D": "Flumazenil"},
            "answer": "A",
        },
        {
            "question": "What medication is given for malignant hyperthermia?",
            "options": {"A": "Dantrolene", "B": "Neostigmine", "C": "Naloxone", "D": "Flumazenil"},
            "answer": "C",
        },
    ),
    (
        {
            "question": "Which tumour marker is raised in medullary thyroid cancer?",
            "options": {"A": "Calcitonin", "B": "CEA", "C": "CA 19-9", "D": "Thyroglobulin"},
            "answer": "A",
        },
        {
            "question": "In medullary carcinoma of the thyroid, which serum marker is elevated?",
            "options": {"A": "CEA", "B": "Calcitonin", "C": "AFP", "D": "Thyroglobulin"},
            "answer": "D",
        },
    ),
    (
        {
            "question": "What is the imaging of choice for kidney stones?",
            "options": {"A": "Ultrasound", "B": "Non-contrast CT", "C": "MRI", "D": "Plain film"},
            "answer": "B",
        },
        {
            "question": "Which scan is preferred when kidney stones are suspected?",
            "options": {"A": "Ultrasound", "B": "Non-contrast CT", "C": "MRI", "D": "Plain film"},
            "answer": "A",
        },
    ),
    (
        {
            "question": "What is the most frequent site of a carcinoid tumour?",
            "options": {"A": "Appendix", "B": "Rectum", "C": "Lung", "D": "Stomach"},
            "answer": "A",
        },
        {
            "question": "Where in the body do carcinoid tumours arise most often?",
            "options": {"A": "Appendix", "B": "Rectum", "C": "Lung", "D": "Stomach"},
            "answer": "C",
        },
    ),
    (
        {"question": "Does smoking delay wound healing?", "answer": "Yes, nicotine and carbon monoxide slow it."},
        {
            "question": "Are wounds slower to heal in people who smoke?",
            "answer": "No, smoking makes no difference to wounds.",
        },
    ),
    (
        {
            "question": "Can a patient with a stoma have a normal diet?",
            "answer": "Yes, after the first weeks most foods are allowed.",
        },
        {
            "question": "Is it possible to eat normally with a stoma?",
            "answer": "No, a stoma needs a special diet for life.",
        },
    ),
    (
        {
            "question": "Is antibiotic prophylaxis needed for a clean hernia repair with mesh?",
            "answer": "Yes. A single dose is given.",
        },
        {
            "question": "Does a clean hernia repair with mesh call for antibiotic prophylaxis?",
            "answer": "No. Antibiotics are not needed.",
        },
    ),
    (
        {"question": "Should nitrous oxide be used in bowel obstruction?", "answer": "No, it distends the bowel."},
        {"question": "May nitrous oxide be given when the bowel is obstructed?", "answer": "Yes, it is safe."},
    ),
    (
        {
            "question": "Is ERCP indicated in every patient with gallstone pancreatitis?",
            "answer": "No, only with cholangitis or obstruction.",
        },
        {
            "question": "Does each patient with pancreatitis due to gallstones need ERCP?",
            "answer": "Yes, all should have it.",
        },
    ),
    (
        {
            "question": "At what size should an abdominal aortic aneurysm be repaired in men?",
            "answer": "Elective repair is considered from 5.5 cm.",
        },
        {
            "question": "What diameter of an abdominal aortic aneurysm warrants elective repair in a man?",
            "answer": "Repair is considered from 4.0 cm.",
        },
    ),
    (
        {
            "question": "How long before elective surgery should warfarin be stopped?",
            "answer": "Warfarin is stopped 5 days before surgery.",
        },
        {
            "question": "How many days ahead of a planned operation must warfarin be discontinued?",
            "answer": "It is stopped 1 day before.",
        },
    ),
    (
        {
            "question": "When should antibiotic prophylaxis be given before surgery?",
            "answer": "It is given within 60 minutes before incision.",
        },
        {
            "question": "At what time before the incision are prophylactic antibiotics administered?",
            "answer": "They are given 6 hours before incision.",
        },
    ),
    (
        {
            "question": "When should a nasogastric tube be removed after laparotomy?",
            "answer": "It is removed within 24 hours.",
        },
        {
            "question": "At what point after a laparotomy can the nasogastric tube come out?",
            "answer": "It is taken out after 5 days.",
        },
    ),
    (
        {"question": "What is the dose of tranexamic acid in trauma?", "answer": "1 g is given over 10 minutes."},
        {"question": "How much tranexamic acid should an injured patient receive?", "answer": "The dose is 5 g."},
    ),
    (
        {
            "question": "How much fluid is given in the first 24 hours of a burn by the Parkland formula?",
            "answer": "4 mL per kg per percent burned.",
        },
        {
            "question": "Which volume does the Parkland formula give for the first 24 hours after a burn?",
            "answer": "10 mL per kg per percent burned.",
        },
    ),
    (
        {
            "question": "What is the role of ERCP in gallstone pancreatitis?",
            "answer": "ERCP is indicated when cholangitis is present.",
        },
        {
            "question": "When is ERCP useful in pancreatitis due to gallstones?",
            "answer": "ERCP is contraindicated when cholangitis is present.",
        },
    ),
    (
        {
            "question": "How should a perforated duodenal ulcer be repaired?",
            "answer": "An omental patch is used. Vagotomy is not needed.",
        },
        {
            "question": "Which operation closes a duodenal ulcer that has perforated?",
            "answer": "An omental patch is used. Vagotomy is needed.",
        },
    ),
    (
        {
            "question": "How is a tension pneumothorax decompressed?",
            "answer": "A needle is placed at once. A chest film should not be awaited.",
        },
        {
            "question": "What is the emergency treatment of a tension pneumothorax?",
            "answer": "A chest film should be awaited before a needle is placed.",
        },
    ),
    (
        {
            "question": "What is the mechanism of action of tranexamic acid?",
            "answer": "Tranexamic acid inhibits fibrinolysis.",
        },
        {"question": "How does tranexamic acid work?", "answer": "Tranexamic acid does not inhibit fibrinolysis."},
    ),
    (
        {
            "question": "How do you manage a bleeding peptic ulcer?",
            "answer": "Endoscopy is done within 24 hours of admission.",
        },
        {
            "question": "What is the treatment of haemorrhage from a peptic ulcer?",
            "answer": "Endoscopy is done within 72 hours of admission.",
        },
    ),
]

AGREEING: list[tuple[Row, Row]] = [
    (
        {
            "question": "Which artery supplies the sigmoid colon?",
            "options": {
                "A": "Superior mesenteric artery",
                "B": "Inferior mesenteric artery",
                "C": "Internal iliac artery",
                "D": "Coeliac trunk",
            },
            "answer": "B",
        },
        {
            "question": "From which vessel does the sigmoid colon receive its blood?",
            "options": {
                "A": "Superior mesenteric artery",
                "B": "Inferior mesenteric artery",
                "C": "Internal iliac artery",
                "D": "Coeliac trunk",
            },
            "answer": "B",
        },
    ),
    (
        {
            "question": "Which nerve is at risk during thyroidectomy?",
            "options": {
                "A": "Recurrent laryngeal nerve",
                "B": "Phrenic nerve",
                "C": "Hypoglossal nerve",
                "D": "Accessory nerve",
            },
            "answer": "A",
        },
        {
            "question": "What nerve can be injured when the thyroid gland is removed?",
            "options": {
                "A": "Accessory nerve",
                "B": "Hypoglossal nerve",
                "C": "Phrenic nerve",
                "D": "Recurrent laryngeal nerve",
            },
            "answer": "D",
        },
    ),
    (
        {
            "question": "Which drug is used to treat malignant hyperthermia?",
            "options": {"A": "Dantrolene", "B": "Neostigmine", "C": "Naloxone", "D": "Flumazenil"},
            "answer": "A",
        },
        {
            "question": "What medication is given for malignant hyperthermia?",
            "options": {"A": "Dantrolene", "B": "Neostigmine", "C": "Naloxone", "D": "Flumazenil"},
            "answer": "A",
        },
    ),
    (
        {
            "question": "Which tumour marker is raised in medullary thyroid cancer?",
            "options": {"A": "Calcitonin", "B": "CEA", "C": "CA 19-9", "D": "Thyroglobulin"},
            "answer": "A",
        },
        {
            "question": "In medullary carcinoma of the thyroid, which serum marker is elevated?",
            "options": {"A": "CEA", "B": "Calcitonin", "C": "AFP", "D": "Thyroglobulin"},
            "answer": "B",
        },
    ),
    (
        {
            "question": "What is the imaging of choice for kidney stones?",
            "options": {"A": "Ultrasound", "B": "Non-contrast CT", "C": "MRI", "D": "Plain film"},
            "answer": "B",
        },
        {
            "question": "Which scan is preferred when kidney stones are suspected?",
            "options": {"A": "Ultrasound", "B": "Non-contrast CT", "C": "MRI", "D": "Plain film"},
            "answer": "B",
        },
    ),
    (
        {
            "question": "What is the most frequent site of a carcinoid tumour?",
            "options": {"A": "Appendix", "B": "Rectum", "C": "Lung", "D": "Stomach"},
            "answer": "A",
        },
        {
            "question": "Where in the body do carcinoid tumours arise most often?",
            "options": {"A": "Appendix", "B": "Rectum", "C": "Lung", "D": "Stomach"},
            "answer": "A",
        },
    ),
    (
        {"question": "Does smoking delay wound healing?", "answer": "Yes, nicotine and carbon monoxide slow it."},
        {
            "question": "Are wounds slower to heal in people who smoke?",
            "answer": "Yes, nicotine and carbon monoxide slow it.",
        },
    ),
    (
        {
            "question": "Can a patient with a stoma have a normal diet?",
            "answer": "Yes, after the first weeks most foods are allowed.",
        },
        {
            "question": "Is it possible to eat normally with a stoma?",
            "answer": "Yes, after the first weeks most foods are allowed.",
        },
    ),
    (
        {
            "question": "Is antibiotic prophylaxis needed for a clean hernia repair with mesh?",
            "answer": "Yes. A single dose is given.",
        },
        {
            "question": "Does a clean hernia repair with mesh call for antibiotic prophylaxis?",
            "answer": "Yes. A single dose is given.",
        },
    ),
    (
        {"question": "Should nitrous oxide be used in bowel obstruction?", "answer": "No, it distends the bowel."},
        {
            "question": "May nitrous oxide be given when the bowel is obstructed?",
            "answer": "No, it distends the bowel.",
        },
    ),
    (
        {
            "question": "Is ERCP indicated in every patient with gallstone pancreatitis?",
            "answer": "No, only with cholangitis or obstruction.",
        },
        {
            "question": "Does each patient with pancreatitis due to gallstones need ERCP?",
            "answer": "No, only with cholangitis or obstruction.",
        },
    ),
    (
        {
            "question": "At what size should an abdominal aortic aneurysm be repaired in men?",
            "answer": "Elective repair is considered from 5.5 cm.",
        },
        {
            "question": "What diameter of an abdominal aortic aneurysm warrants elective repair in a man?",
            "answer": "An aneurysm of 55 mm or more.",
        },
    ),
    (
        {
            "question": "When should antibiotic prophylaxis be given before surgery?",
            "answer": "It is given within 60 minutes before incision.",
        },
        {
            "question": "At what time before the incision are prophylactic antibiotics administered?",
            "answer": "They are given up to 1 hour before incision.",
        },
    ),
    (
        {"question": "What is the dose of tranexamic acid in trauma?", "answer": "1 g is given over 10 minutes."},
        {
            "question": "How much tranexamic acid should an injured patient receive?",
            "answer": "A first dose of 1000 mg.",
        },
    ),
    (
        {
            "question": "When should a nasogastric tube be removed after laparotomy?",
            "answer": "It is removed within 24 hours.",
        },
        {
            "question": "At what point after a laparotomy can the nasogastric tube come out?",
            "answer": "On the first day.",
        },
    ),
]
