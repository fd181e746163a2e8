"""Around the operation, trauma, cancer, vessels."""

from __future__ import annotations

TABLE = """
# fasting
match: fasting|fasted|nil by mouth|clear fluids|solid food
ask: How long before an elective operation must a healthy adult stop drinking clear fluids?
ask: An operation is planned for nine. May a healthy adult still have a glass of water at six in the morning?
held: Does a healthy adult have to go without water from midnight before an elective operation?
then: 1990; Before the anaesthetic: ward handbook | Before an elective operation, adults should take neither food nor
  drink from midnight.
thenmore: An empty stomach lowers the risk of aspiration at induction.
now: 2022; Fasting before elective surgery: guideline summary | Healthy adults may drink clear fluids until two hours
  before anaesthesia for an elective operation, and solid food stops six hours before.
why: Clear fluids leave the stomach quickly, and long fasts leave patients thirsty and dry without making anaesthesia
  safer.
nowmore: Patients whose stomach empties slowly need a plan of their own.

# transfusion threshold
match: transfus\\w+|packed red cells|red cells
ask: At what haemoglobin should a stable surgical patient who is not bleeding receive red cells?
ask: Haemoglobin is 84 g/L on the second day after a colectomy. The patient is stable, has no heart disease and no
  symptoms. Do we transfuse?
held: Which haemoglobin is the threshold for red cells in a stable patient after surgery?
then: 1988; Blood before surgery: textbook chapter | In surgical patients, red cells should be transfused when the
  haemoglobin is below 100 g/L.
thenmore: This level is taken to be the least at which oxygen reaches the tissues in full.
now: 2023; Red cell transfusion: guideline summary | In stable patients who are not bleeding, red cells are transfused
  when the haemoglobin falls below 70 g/L, or below 80 g/L in those with cardiovascular disease.
why: Trials found that a restrictive threshold spares blood without raising mortality.
nowmore: Active bleeding, acute coronary syndromes and symptoms of anaemia are judged on their own.

# glucose in intensive care
match: hyperglyc\\w+|blood glucose|glucose target|glucose control|insulin infusion
ask: What range of blood glucose do I aim for in an adult in surgical intensive care?
ask: Should insulin keep the glucose of a ventilated surgical patient below 6.1 mmol/L?
held: How tightly should blood glucose be controlled in surgical intensive care?
then: 2002; Insulin in the surgical intensive care unit: unit protocol | In surgical intensive care, insulin should
  keep blood glucose between 4.4 and 6.1 mmol/L.
thenmore: The target holds for patients without diabetes as well.
now: 2021; Blood glucose in critical illness: guideline summary | In surgical intensive care, blood glucose is kept at
  about 6 to 10 mmol/L.
why: Tighter control brought far more severe hypoglycaemia and, in the largest trial, more deaths.

# bridging in atrial fibrillation
match: warfarin|bridging|atrial fibrillation
ask: My patient takes warfarin for atrial fibrillation and it is stopped for surgery. Do I bridge with heparin?
ask: Is heparin bridging needed when warfarin for atrial fibrillation is interrupted for an elective operation?
held: Who stops warfarin for atrial fibrillation before surgery: do they need therapeutic heparin in the gap?
then: 2004; Anticoagulants and surgery: hospital protocol | In patients with atrial fibrillation, warfarin that is
  stopped before surgery should be bridged with therapeutic heparin.
thenmore: Bridging is meant to prevent a stroke while the INR is low.
now: 2022; Anticoagulants and surgery: guideline summary | In most patients with atrial fibrillation, warfarin that is
  stopped before surgery should not be bridged with heparin.
why: A randomised trial found more major bleeding with bridging and no fewer emboli.
nowmore: Mechanical valves and a recent stroke or embolism are judged case by case.

# hydroxyethyl starch
match: hydroxyethyl|starch|colloids?|fluid resuscitation|septic shock
ask: Is hydroxyethyl starch a good fluid for resuscitation in sepsis?
ask: My patient with abdominal sepsis is hypotensive. May I give hydroxyethyl starch for resuscitation?
held: What is thought of hydroxyethyl starch for resuscitating a septic patient?
then: 2000; Fluids in sepsis: unit protocol | Hydroxyethyl starch is recommended for fluid resuscitation in sepsis.
thenmore: Less volume is needed than with crystalloid.
now: 2021; Fluids in sepsis: guideline summary | Hydroxyethyl starch is not recommended for fluid resuscitation in
  sepsis.
why: Trials found more need for renal replacement and more deaths with it.
nowmore: Crystalloids come first, balanced ones in most patients.

# fluids in traumatic haemorrhage
match: haemorrhagic shock|hemorrhagic shock|major haemorrhage|major trauma|massive (?:transfusion|haemorrhage)|
  bleeding trauma
ask: Which fluid comes first in haemorrhagic shock from trauma?
ask: Should a trauma patient in haemorrhagic shock have two litres of crystalloid before any blood?
held: How is volume replaced in haemorrhagic shock after an injury?
then: 1995; Resuscitation of the injured: course handbook | In haemorrhagic shock from trauma, two litres of
  crystalloid should be run in quickly before blood is given.
thenmore: Blood follows if the response does not last.
now: 2023; Major haemorrhage in trauma: guideline summary | In haemorrhagic shock from trauma, red cells, plasma and
  platelets are given early in a balanced ratio, and crystalloid is kept to a minimum.
why: Large volumes of crystalloid dilute clotting factors, cool the patient and make the bleeding worse.
nowmore: A lower blood pressure is accepted until the bleeding is controlled, but not with a brain injury.

# tranexamic acid in trauma
match: tranexamic|haemorrhagic shock|hemorrhagic shock|major haemorrhage|major trauma
ask: Does tranexamic acid belong in the early treatment of major bleeding after trauma?
ask: An injured patient is bleeding heavily an hour after the accident. Do I give tranexamic acid?
held: What is the place of tranexamic acid in bleeding after an injury?
then: 2004; Drugs in the bleeding patient: textbook chapter | Tranexamic acid is not recommended in the early
  treatment of major bleeding after trauma.
thenmore: The chapter fears thrombosis and knows of no large trial.
now: 2023; Major bleeding after trauma: guideline summary | Tranexamic acid is recommended in the early treatment of
  major bleeding after trauma, as soon as possible and within three hours of the injury.
why: A large trial found fewer deaths when it was given early, and more deaths from bleeding when it was begun after
  three hours.

# axilla after a positive sentinel node
match: sentinel (?:lymph )?node|axillary (?:clearance|dissection|node)
ask: Breast conservation with whole-breast radiotherapy is planned, and one of two sentinel nodes is positive in a
  small cancer. Is axillary clearance needed?
ask: Must one or two positive sentinel nodes be followed by axillary clearance in a small breast cancer?
held: Can the axilla be left alone after one or two positive sentinel nodes in a small breast cancer?
then: 2001; The axilla in breast cancer: textbook chapter | Women with one or two positive sentinel nodes should have
  axillary clearance.
thenmore: Clearance is meant to keep the disease from coming back in the axilla.
now: 2021; The axilla in early breast cancer: guideline summary | Women with a small breast cancer and one or two
  positive sentinel nodes can be spared axillary clearance when the breast is conserved and irradiated.
why: A randomised trial found no loss of survival without clearance, and less lymphoedema.
nowmore: Three or more positive nodes, or disease that can be felt, are another matter.

# nodes in melanoma
match: melanoma
ask: Should a positive sentinel node in melanoma be followed by completion lymph node dissection?
ask: The sentinel node of a melanoma holds a small deposit. Is the rest of the basin to be cleared?
held: Is completion dissection still routine when the sentinel node of a melanoma is positive?
then: 2009; Melanoma and its nodes: textbook chapter | A positive sentinel node in melanoma should be followed by
  completion lymph node dissection.
thenmore: Further nodes hold tumour in a minority.
now: 2020; Melanoma with a positive sentinel node: guideline summary | A positive sentinel node in melanoma should not
  be followed routinely by completion lymph node dissection.
why: Two trials found no gain in melanoma-specific survival, and more lymphoedema.
nowmore: The basin is watched by ultrasound, and systemic treatment is considered.

# margins in breast conservation
match: breast[- ]conserv\\w+|lumpectomy|wide local excision|resection margins?
ask: How wide must the margin be after breast-conserving surgery for invasive cancer with whole-breast radiotherapy?
ask: The margin of an invasive breast cancer is 2 mm after conservation, and radiotherapy will follow. Re-excise?
held: Which margin is enough in breast conservation for invasive cancer when the whole breast is irradiated?
then: 2003; Conserving the breast: textbook chapter | In breast conservation for invasive cancer, a margin of less
  than 5 mm should be excised again.
thenmore: A wide rim is meant to prevent recurrence.
now: 2020; Margins in breast conservation: guideline summary | In breast conservation for invasive cancer with
  whole-breast radiotherapy, no ink on tumour is an adequate margin.
why: Pooled studies found that wider margins did not lower recurrence in the breast further.
nowmore: Some national guidance asks for 1 mm, and 2 mm is asked for in pure ductal carcinoma in situ.

# low-risk papillary thyroid cancer
match: papillary (?:thyroid )?(?:cancer|carcinoma|microcarcinoma)|thyroid (?:cancer|carcinoma)|thyroidectomy
ask: Does a low-risk papillary thyroid cancer of 2 cm need total thyroidectomy?
ask: A papillary thyroid cancer of 3 cm lies in one lobe, without spread. Is lobectomy enough?
held: Is lobectomy an option for a low-risk papillary thyroid cancer of 1 to 4 cm?
then: 2006; Papillary thyroid cancer: textbook chapter | Papillary thyroid cancers larger than 1 cm should be treated
  by total thyroidectomy.
thenmore: Radioiodine follows in most patients.
now: 2016; Differentiated thyroid cancer: guideline summary | Low-risk papillary thyroid cancers of 1 to 4 cm can be
  treated by lobectomy alone.
why: In low-risk disease survival is the same, and lobectomy spares the parathyroids and often the need for thyroxine.
nowmore: Spread beyond the gland, nodal disease and disease of both lobes call for total thyroidectomy.

# varicose veins
match: varicose|saphenous
ask: What is the first treatment for varicose veins with reflux in the great saphenous vein?
ask: My patient has symptomatic varicose veins with saphenous reflux. Strip, or ablate by heat?
held: Which treatment of saphenous varicose veins is offered first?
then: 1995; Varicose veins: textbook chapter | Varicose veins with saphenous reflux should first be treated by open
  ligation and stripping.
thenmore: The operation needs a general or regional anaesthetic.
now: 2022; Varicose veins: guideline summary | Varicose veins with saphenous reflux should first be treated by
  endothermal ablation.
why: Reflux is controlled as well as by surgery, with less pain and an earlier return to work.
nowmore: Foam sclerotherapy guided by ultrasound comes next, and surgery where neither suits.

# hair removal
match: hair removal|shav(?:e|ing|ed)|clippers?|surgical site infections?|wound infections?
ask: How should hair be removed from the site of an operation?
ask: The ward shaves the abdomen with a razor the evening before surgery. Is that right?
held: Razor or clipper for hair at the operation site?
then: 1970; Preparing the skin: ward handbook | Hair at the site of operation should be shaved with a razor on the
  evening before surgery.
thenmore: A smooth skin is thought to be a cleaner one.
now: 2019; Preventing surgical site infection: guideline summary | Hair at the site of operation is left alone unless
  it is in the way, and is then removed with clippers and never with a razor.
why: Razors leave small cuts in which bacteria grow, and infections are more frequent.
nowmore: Clipping is done on the day of operation.

# skin preparation
match: skin preparation|chlorhexidine|povidone|surgical site infections?|wound infections?
ask: Which antiseptic is the first choice for intact skin before an abdominal operation?
ask: Our theatre paints intact abdominal skin with aqueous povidone-iodine. Is it still the first choice?
held: What is the preferred antiseptic for intact skin before abdominal surgery?
then: 1990; Antisepsis in theatre: operative handbook | Aqueous povidone-iodine is the first choice for intact skin
  before abdominal surgery.
thenmore: It is left to dry before draping.
now: 2019; Preventing surgical site infection: guideline summary | Chlorhexidine in alcohol is the first choice for
  intact skin before abdominal surgery, unless there is a contraindication.
why: Pooled trials found fewer wound infections than with aqueous iodine.
nowmore: Alcoholic povidone-iodine is an alternative, and mucosa needs an aqueous solution.

# beta-blocker on the day of surgery
match: beta-?blockers?|bisoprolol|metoprolol|atenolol|cardiac risk
ask: Should a beta-blocker be started on the day of surgery in a patient at cardiac risk?
ask: A patient at cardiac risk takes no beta-blocker. Do I give one on the morning of a hernia repair?
held: Is there a case for a first dose of beta-blocker on the day of a non-cardiac operation?
then: 1999; The heart in non-cardiac surgery: textbook chapter | In patients at cardiac risk, a beta-blocker should be
  started on the day of surgery.
thenmore: Small trials had shown fewer cardiac deaths.
now: 2022; Cardiac care around non-cardiac surgery: guideline summary | In patients at cardiac risk, a beta-blocker
  should not be started on the day of surgery.
why: A large trial found fewer infarctions but more strokes and more deaths.
nowmore: Those who take one already carry on with it.

# steroids in spinal cord injury
match: spinal cord (?:injury|injuries|compression)|spinal (?:injury|injuries|trauma)
ask: Should high-dose methylprednisolone be given routinely in acute spinal cord injury?
ask: My patient has a traumatic cord injury two hours old. Is high-dose methylprednisolone routine?
held: Is methylprednisolone in high dose routine treatment of an acute injury of the spinal cord?
then: 1992; Spinal injury: textbook chapter | High-dose methylprednisolone is recommended routinely in acute spinal
  cord injury, within eight hours.
thenmore: The aim is to limit swelling of the cord.
now: 2016; Spinal injury: guideline summary | High-dose methylprednisolone is not recommended routinely in acute
  spinal cord injury.
why: Any benefit was small and uncertain, and infection and gastrointestinal bleeding were more frequent.
nowmore: Some guidance leaves it as an option in selected adults within eight hours.

# mobilisation
match: mobilis\\w+|early recovery|enhanced recovery|bed rest|out of bed|laparotomy|major abdominal surgery
ask: When should a patient get out of bed after major abdominal surgery?
ask: My patient had a colectomy yesterday. Should bed rest go on for some days?
held: Is bed rest of use in the first days after a major abdominal operation?
then: 1950; After the operation: textbook chapter | After major abdominal surgery, patients should stay in bed for the
  first week.
thenmore: Rest is meant to let the wound heal.
now: 2019; Recovery after abdominal surgery: guideline summary | After major abdominal surgery, patients should get
  out of bed from the first day, with help.
why: Staying in bed weakens muscle and favours pneumonia and thrombosis, and the wound heals no better for it.

# dopamine for the kidneys
match: dopamine|acute kidney injury|oliguria|renal failure
ask: Does low-dose dopamine protect the kidneys of a critically ill surgical patient?
ask: Urine output falls in an intensive care patient. Do I start low-dose dopamine to protect the kidneys?
held: Has dopamine in low dose a place in protecting the kidneys in critical illness?
then: 1985; Oliguria: intensive care handbook | In critically ill patients, low-dose dopamine should be given to
  protect the kidneys.
thenmore: It raises renal blood flow and urine output in volunteers.
now: 2012; Acute kidney injury: guideline summary | In critically ill patients, low-dose dopamine should not be given
  to protect the kidneys.
why: A randomised trial found no effect on renal function or survival, and dopamine may provoke arrhythmia.

# duration of antibiotic prophylaxis
match: antibiotic prophylaxis|prophylactic antibiotics?|surgical prophylaxis|surgical site infections?
ask: How long does antibiotic prophylaxis go on after a clean-contaminated operation?
ask: The ward wants to give cefuroxime for five days as prophylaxis after an elective colectomy. Is that needed?
held: Should prophylactic antibiotics carry on once a clean-contaminated operation is over?
then: 1980; Antibiotics around the operation: hospital protocol | Antibiotic prophylaxis should be continued for five
  days after a clean-contaminated operation.
thenmore: The course is meant to cover the time until the wound is sealed.
now: 2018; Antibiotic prophylaxis: guideline summary | Antibiotic prophylaxis should be stopped at the end of a
  clean-contaminated operation, or within 24 hours in some units.
why: Longer courses prevent no more infections, and bring resistance and Clostridioides difficile.
nowmore: An infection that is found at operation is treated, which is not prophylaxis.

# extended thromboprophylaxis
match: thromboprophylaxis|venous thromboembol\\w+|deep vein thrombosis|pulmonary embol\\w+|
  low[- ]molecular[- ]weight heparin
ask: How long does thromboprophylaxis with heparin go on after major abdominal surgery for cancer?
ask: My patient goes home on day six after a resection for colon cancer. Does the low-molecular-weight heparin stop?
held: Is heparin prophylaxis stopped at discharge after a major abdominal cancer operation?
then: 1995; Preventing thrombosis: ward handbook | After major abdominal surgery for cancer, heparin prophylaxis is
  stopped when the patient walks or goes home.
thenmore: The risk of thrombosis is thought to end with bed rest.
now: 2019; Thromboprophylaxis in cancer surgery: guideline summary | After major abdominal surgery for cancer,
  prophylaxis with low-molecular-weight heparin is continued for about four weeks.
why: Trials found fewer thromboses after discharge, with no more major bleeding.
nowmore: Bleeding risk and renal function are weighed first.
"""
