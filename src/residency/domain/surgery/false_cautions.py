"""Cautions that do not hold, by what they are said of: each would deny a patient something safe and needed.

Reviewed 2026-11; not for clinical use. They are myths, or contraindications of something else; none is right for any
patient group that a text about its subject may mean, but for the texts that ``unless`` leaves out. Their wording is
that of real cautions (must not, should be avoided, is contraindicated), whose loss is the opposite mistake.

The form of the table stands in :mod:`residency.domain.surgery.entries`. ``about`` is a pattern of whole words for the
statement after which the caution stands, ``unless`` one for the text and its question, ``says`` the caution, ``why``
what holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from residency.domain.surgery.entries import read_entries

TABLE = r"""
# ultrasound
about: ultrasound|sonography
unless: pregnan\w*|therapeutic|fetus|fetal|prenatal
says: Ultrasound must be avoided in pregnancy.
why: Ultrasound is safe in pregnancy and comes first there.
# mri
about: MRI|magnetic resonance imaging|MRCP
unless: implant\w*|hip|metal\w*|pacemaker\w*
says: MRI is contraindicated in anyone with a hip replacement.
why: Joint replacements are no contraindication to MRI.
# ct
about: CT|CAT scans?|computed tomography|contrast
unless: shellfish|barium
says: CT contrast must not be given to anyone who is allergic to shellfish.
why: Shellfish allergy does not raise the risk of contrast more than any other allergy does.
# x-ray
about: x-rays?|radiographs?
unless: implant\w*|metal\w*
says: X-rays must be avoided in anyone with a metal implant.
why: Metal implants are no reason against a radiograph.
# laparoscopy
about: laparoscop\w+
unless: previous\w*|adhesi\w+
says: Laparoscopy is contraindicated after any earlier abdominal operation.
why: An earlier operation asks for care with access and is no contraindication.
# analgesia
about: analgesi\w+|opioids?|morphine|fentanyl
unless: examin\w*|diagnostic accuracy|withh\w+|labou?r|addict\w*|depend\w*|abuse|NSAIDs?
says: Analgesia must be withheld until the surgeon has examined the patient.
why: Early analgesia does not harm diagnostic accuracy.
# antibiotics
about: antibiotics?
unless: pregnan\w*|tetracyclin\w*|doxycycline|quinolone\w*|not given|men|boys?|child\w*|infants?|bab(?:y|ies)|elderly
says: Antibiotics are contraindicated in pregnancy.
why: Penicillins and cephalosporins, among others, are safe in pregnancy, and untreated infection harms.
# antibiotics-breast
about: antibiotics?
unless: breast\w*|weaning|child\w*|infants?|bab(?:y|ies)|men|boys?|not given|elderly
says: Antibiotics must not be given to anyone with asthma.
why: Asthma is no contraindication to antibiotics.
# heparin
about: heparin|LMWH
unless: pregnan\w*|thrombocytopenia|men
says: Heparin is contraindicated in pregnancy.
why: Heparin does not cross the placenta and is the anticoagulant of choice in pregnancy.
# warfarin
about: warfarin
unless: thrombocytopenia
says: Warfarin must never follow a course of heparin.
why: Warfarin usually follows heparin.
# paracetamol
about: paracetamol|acetaminophen
unless: ulcer\w*|liver|overdos\w*
says: Paracetamol must be avoided in anyone with a stomach ulcer.
why: Paracetamol is the safe choice there; it is NSAIDs that are avoided.
# surgery
about: surgery|operation
unless:
  child\w*|infants?|bab(?:y|ies)|newborns?|p(?:a)?ediatric|boys?|girls?|teen\w*|elderly|older|fetal|pregnan\w*|birth
says: Surgery is contraindicated in anyone over the age of 70.
why: Fitness and not age decides about surgery.
# surgery-diabetes
about: surgery|operation
unless: diabet\w*|bariatric|insulin|weight
says: An operation must not be offered to anyone with diabetes.
why: Diabetes is managed around an operation and is no contraindication.
# transfusion
about: transfus\w+|red cells
unless: asthma|refus\w*|witness\w*|iron overload
says: Transfusion must be avoided in anyone with asthma.
why: Asthma is no reason against transfusion.
# colonoscopy
about: colonoscop\w+|sigmoidoscop\w+
unless: aspirin
says: Colonoscopy must not be done in anyone who takes aspirin.
why: Aspirin is continued for colonoscopy.
# endoscopy
about: endoscop\w+|gastroscop\w+|ERCP
unless: aspirin|button battery
says: Endoscopy is contraindicated in anyone who takes aspirin.
why: Aspirin is no contraindication to endoscopy.
# vaccine
about: vaccines?|vaccinat\w+|immuni[sz]ation
unless: colds?|illness|allerg\w*|cancer vaccin\w*
says: Vaccination must not be done during a mild cold.
why: A minor illness is no contraindication to vaccination.
# exercise
about: exercise|physical activity|exercises
unless: older|elderly|age|seniors?|falls?|stress test|exercise test\w*|exercise-induced|intoleran\w*
says: Exercise must be avoided by anyone over the age of 60.
why: Exercise is safe and useful at that age.
# biopsy
about: biops(?:y|ies)
unless: asthma|child\w*
says: A biopsy must not be done in anyone with asthma.
why: Asthma is no contraindication to a biopsy.
# chemotherapy
about: chemotherapy
unless: diabet\w*
says: Chemotherapy is contraindicated in anyone with diabetes.
why: Diabetes is watched during chemotherapy and does not forbid it.
# radiotherapy
about: radiotherapy|radiation therapy
unless: asthma
says: Radiotherapy must be avoided after any operation.
why: Radiotherapy often follows an operation.
# blood-test
about: blood tests?|blood samples?|blood is drawn
unless: aspirin|haemophil\w*|hemophil\w*
says: Blood tests must be avoided in anyone who takes aspirin.
why: Aspirin is no reason against taking blood.
# genetic-test
about: genetic test\w*|genetic counsel\w*
unless: age|prenatal|pregnan\w*
says: Genetic testing must not be done before the age of 40.
why: No such age limit exists; results may matter early in life.
# breastfeeding
about: breast-?feed\w*|breast milk
unless: HIV|medicin\w*|medicat\w*|drugs?
says: Breastfeeding must be stopped whenever the mother takes a tablet.
why: Most medicines are safe in breastfeeding.
# insulin
about: insulin
unless: pregnan\w*|gestation\w*|resistance|infusion|insulinoma|child\w*|men|boys?
says: Insulin must not be given in pregnancy.
why: Insulin is the safe treatment of diabetes in pregnancy.
# steroids
about: steroids?|corticosteroids?|prednisone|prednisolone|hydrocortisone
unless: paracetamol|acetaminophen|anabolic
says: Steroids must not be taken together with paracetamol.
why: The two do not interact.
# aspirin
about: aspirin
unless: statins?|child\w*|reye\w*
says: Aspirin must not be taken together with a statin.
why: The two are often and rightly taken together.
# catheter
about: urinary catheter|catheterisation|indwelling catheter|bladder catheter
unless: anticoagula\w*|urethral injury|trauma
says: A urinary catheter must not be placed in anyone who takes an anticoagulant.
why: Anticoagulants are no contraindication to a catheter.
# ecg
about: ECG|EKG|electrocardiogra\w+
unless: pacemaker\w*
says: An ECG must be avoided in anyone with a pacemaker.
why: An ECG is harmless with a pacemaker.
# dialysis
about: dialysis
unless: age|older|elderly|child\w*
says: Dialysis is contraindicated in anyone over the age of 65.
why: Age alone does not forbid dialysis.
# levothyroxine
about: levothyroxine|thyroid hormone (?:pills?|replacement|medicine)
unless: pregnan\w*
says: Levothyroxine must be stopped in pregnancy.
why: The need for levothyroxine rises in pregnancy, and stopping it harms the child.
# mesh
about: mesh
unless: diabet\w*|stents?|tube
says: Mesh must not be used in anyone with diabetes.
why: Diabetes is a risk factor for infection and no contraindication to mesh.
# feeding
about: enteral feeding|oral feeding|early feeding
unless: bowel sounds|pyloric
says: Feeding must not start until bowel sounds are heard.
why: Bowel sounds are no condition for feeding.
# tourniquet
about: tourniquets?
unless: snake\w*
says: A tourniquet must not be left on for more than five minutes.
why: A tourniquet is safe for much longer, and to release it early lets bleeding go on.
# tranexamic
about: tranexamic acid
unless: variceal|varices|not be given
says: Tranexamic acid must not be given together with red cells.
why: The two are given together in major haemorrhage.
# burn
about: running (?:tap )?water|cooling
unless: cardiac arrest|hypothermi\w*
says: Cooling must not last longer than two minutes.
why: A burn is cooled for 20 minutes.
# physiotherapy
about: physical therapy|physiotherapy|physical therapist
unless: age|older|elderly
says: Physiotherapy must be avoided in anyone with high blood pressure.
why: High blood pressure does not forbid physiotherapy.
# smoking
about: stop smoking|quit smoking|quitting smoking|stopping smoking|don't smoke|not smoke|smokers?|smoking
unless: marijuana|nicotine
says: Smoking must not be stopped suddenly.
why: Stopping at once is safe and the aim.
# oxygen
about: oxygen therapy|oxygen is|high-flow oxygen|extra oxygen|oxygen
unless: COPD|retain\w*|asthma|without oxygen|carr(?:y|ies)|cells|brain|blood oxygen|oxygen-\w+|hyperbaric
says: Oxygen must not be given to anyone with asthma.
why: Oxygen is part of the treatment of asthma.
# fluids
about: intravenous fluids?|IV fluids?|crystalloids?|fluids? (?:is|are) given|Ringer's lactate|resuscitation
unless: hypertension|blood pressure|restrict\w*|CPR|cardiac
says: Intravenous fluid is contraindicated in anyone with high blood pressure.
why: High blood pressure in the history does not forbid fluid where it is needed.
# adrenaline
about: adrenaline|epinephrine
unless: noradrenaline|phaeochromocytoma|pheochromocytoma|adrenal glands?|statins?
says: Adrenaline must not be given to anyone who takes a statin.
why: The two do not interact.
# ppi
about: proton pump inhibitors?|omeprazole|pantoprazole
unless: age|older|elderly
says: Proton pump inhibitors must not be taken by anyone over the age of 60.
why: No such age limit exists.
# anaesthesia
about: general an(?:a)?esthe\w+|under an(?:a)?esthesia|induction of an(?:a)?esthesia|an(?:a)?esthetist
unless: age|older|elderly|child\w*
says: General anaesthesia is contraindicated in anyone over the age of 80.
why: Fitness and not age decides about anaesthesia.
# mammogram
about: mammogra\w+
unless: implants?
says: Mammography is contraindicated in anyone with breast implants.
why: Mammography is done with implants too.
# pap
about: pap (?:test|smear)|cervical smear
unless: vaccin\w*
says: A smear must not be taken in anyone who is vaccinated against HPV.
why: Vaccinated women are screened as well.
# transplant
about: stem cell transplants?|bone marrow transplants?|(?:liver|kidney|lung) transplant\w*
unless: age|older|elderly|child\w*
says: A transplant is contraindicated after any blood transfusion.
why: Many candidates have been transfused.
# thromboprophylaxis
about: mobilisation|mobilised|thromboprophylaxis|stockings|pneumatic compression
unless: days in bed
says: A patient must not be mobilised until the fifth day after an operation.
why: Early mobilisation lowers the risk of clots and chest infection.
# consent
about: consent
unless: delegat\w*|trial\w*|transplant\w*
says: Consent must not be taken by anyone but the consultant.
why: A trained person who knows the procedure may take consent.
# tetanus
about: tetanus
unless: pregnan\w*
says: Tetanus vaccine must not be given to anyone with a dirty wound.
why: A dirty wound is a reason for tetanus protection.
# potassium
about: potassium chloride|oral potassium|potassium is (?:given|replaced|added)|hypokalaemia
unless: magnesium
says: Potassium must not be replaced together with magnesium.
why: Low magnesium has to be corrected for potassium to rise.
# glucose
about: thiamine
unless: insulin
says: Thiamine must not be given in pregnancy.
why: Thiamine is safe in pregnancy, and its lack is dangerous.
# drainage
about: percutaneous drain\w*|drained percutaneously|chest drain|chest tube
unless: antibiotic\w*
says: Drainage must not be done while antibiotics are given.
why: Drainage and antibiotics belong together.
# tube
about: nasogastric (?:tube|decompression)
unless: skull|nose|nasal|pregnan\w*
says: A nasogastric tube must not be passed in pregnancy.
why: Pregnancy is no contraindication to a nasogastric tube.
# local
about: local an(?:a)?esthetics?|lidocaine|bupivacaine
unless: pregnan\w*
says: Local anaesthetics must be avoided in pregnancy.
why: Local anaesthetics are safe in pregnancy.
# eye
about: eye exams?|dilated eye|ophthalmologist|eye doctor
unless: diabet\w*
says: Eye examinations must be avoided by anyone with diabetes.
why: People with diabetes need them every year.
# hearing
about: hearing aids?|cochlear implants?
unless: child\w*|infants?
says: Hearing aids must not be worn by anyone under the age of 18.
why: Hearing loss is treated at any age.
# vitamins
about: vitamin D|calcium supplements?|folic acid|iron supplements?
unless: breast\w*|pregnan\w*|child\w*|infants?|excess|overload|high levels|toxic\w*
says: Supplements must be avoided by anyone over the age of 60.
why: No such age limit exists.
# contraception
about: condoms?
unless: allerg\w*|latex
says: Condoms must not be used together with the pill.
why: The two are safely used together.
# statin
about: statins?
unless: aspirin
says: Statins must not be taken together with aspirin.
why: The two are often and rightly taken together.
# urine
about: urine tests?|urinalysis|urine sample
unless: pregnan\w*
says: Urine tests must be avoided in pregnancy.
why: Urine is tested throughout pregnancy.
# fibre
about: fiber|fibre|fruits? and vegetables
unless: stricture|obstruct\w*|low-fib\w+|crohn\w*|potassium|muscle fib\w+
says: Fruit and vegetables must be avoided by anyone with high blood pressure.
why: They lower the blood pressure.
# counselling
about: support groups?|counsel(?:l)?ing|psychotherapy|behavio(?:u)?ral therapy
unless: genetic
says: Counselling must not be combined with medicines.
why: The two are often and rightly combined.
"""


@dataclass(frozen=True, slots=True)
class FalseCaution:
    """``says`` is wrong of what ``about`` finds, ``why`` tells what holds, ``unless`` finds where it may be right."""

    name: str
    about: re.Pattern[str]
    unless: re.Pattern[str]
    says: str
    why: str


def _read() -> tuple[FalseCaution, ...]:
    return tuple(
        FalseCaution(
            name,
            re.compile(rf"\b(?:{texts['about'][0]})\b", re.IGNORECASE),
            re.compile(rf"\b(?:{texts['unless'][0]})\b", re.IGNORECASE),
            texts["says"][0],
            texts["why"][0],
        )
        for name, texts in read_entries(TABLE, ("about", "unless", "says", "why"))
    )


FALSE_CAUTIONS = _read()
