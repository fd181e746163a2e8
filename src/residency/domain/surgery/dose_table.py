"""The table of plausible doses that :mod:`residency.domain.surgery.doses` reads.

Reviewed 2026-11 against current British and American product information and formularies; not for clinical
use. The ranges are wide on purpose: about a third of the usual lowest dose to one and a half times the highest
accepted one, with children's, loading and high-dose regimens inside. A dose outside them is a slip of the pen
and no matter of opinion; a dose inside them may still be wrong for the patient.

A line holds the drug's names (brands and American names among them), a colon, and its ranges; an indented line
goes on. A range is lowest to highest single dose, and in brackets the most in a day. ``/kg`` is a dose for each
kilogram of body weight, ``/h`` and ``/min`` a rate. Routes before a range limit it to them; without them it
holds for every route but those in ``LOCAL``, which need a range of their own.
"""

TABLE = """
# Analgesics
paracetamol, acetaminophen, tylenol, panadol, calpol, ofirmev, perfalgan: 30-2000 mg (6000 a day); 4-45 mg/kg (140 a
  day)
ibuprofen, brufen, nurofen, advil, motrin: 15-1600 mg (4800 a day); 1.5-15 mg/kg (60 a day)
diclofenac, voltarol, voltaren: 6-150 mg (300 a day); 0.2-3 mg/kg (5 a day)
naproxen, naprosyn, aleve: 60-1500 mg (2250 a day); 1.5-20 mg/kg (40 a day)
indometacin, indomethacin, indocin: 8-150 mg (300 a day); 0.03-4 mg/kg (6 a day)
ketorolac, toradol: 4-90 mg (180 a day); 0.1-1.5 mg/kg (4 a day)
celecoxib, celebrex: 30-600 mg (1200 a day)
parecoxib: 6-80 mg (120 a day)
etoricoxib: 10-180 mg (180 a day)
meloxicam: 2-30 mg (30 a day)
ketoprofen: 8-300 mg (400 a day)
codeine: 2.5-120 mg (360 a day); 0.15-1.5 mg/kg (6 a day)
dihydrocodeine: 4-180 mg (360 a day)
tramadol, ultram, zydol: 12-300 mg (600 a day); 0.3-4 mg/kg (12 a day)
tapentadol: 15-375 mg (750 a day)
morphine: iv/im/sc 0.3-30 mg (400 a day); oral 0.5-300 mg (1000 a day); rectal 2-60 mg; epidural 0.3-15 mg;
  intrathecal 0.02-1.5 mg; 0.02-0.7 mg/kg; 0.1-30 mg/h; 0.003-0.2 mg/kg/h
diamorphine: iv/im/sc 0.3-60 mg (500 a day); intrathecal 0.03-1.5 mg; epidural 0.5-10 mg; nasal 0.03-0.3 mg/kg;
  0.01-0.3 mg/kg
oxycodone, oxycontin, oxynorm: 0.3-120 mg (600 a day); 0.02-0.5 mg/kg
hydromorphone, dilaudid: 0.05-36 mg (200 a day)
fentanyl, sublimaze: iv/im/sc 5-750 micrograms; epidural 8-300 micrograms; intrathecal 3-100 micrograms; nasal 10-600
  micrograms; buccal 30-2400 micrograms; patch 4-450 micrograms/h; iv/im/sc 5-800 micrograms/h; nasal 0.3-5
  micrograms/kg; 0.2-100 micrograms/kg; 0.1-15 micrograms/kg/h
alfentanil: 50-7500 micrograms; 1-200 micrograms/kg; 0.1-6 micrograms/kg/min
remifentanil: 0.1-6 micrograms/kg; 0.008-3 micrograms/kg/min
pethidine, meperidine, demerol: 5-225 mg (1200 a day); 0.2-3 mg/kg
methadone: 0.5-180 mg (300 a day)
buprenorphine: iv/im 0.1-1 mg; oral 0.05-48 mg (48 a day); buccal 0.05-48 mg (48 a day); patch 1.5-150 micrograms/h
naloxone, narcan: nasal 0.5-15 mg; 0.01-15 mg; 0.3-200 micrograms/kg
gabapentin, neurontin: 40-1800 mg (5400 a day); 1.5-60 mg/kg
pregabalin, lyrica: 8-450 mg (900 a day)
amitriptyline: 1.5-225 mg (300 a day)
# Local anaesthetics
lidocaine, lignocaine, xylocaine: 2-750 mg (3600 a day); tumescent 1-70 mg/kg; 0.2-10 mg/kg; 0.2-4 mg/kg/h; 15-450
  mg/h
bupivacaine, levobupivacaine, marcain, marcaine, chirocaine: 0.8-400 mg (700 a day); intrathecal 0.8-30 mg; epidural
  1-250 mg; 0.1-4 mg/kg; 0.03-1 mg/kg/h
ropivacaine, naropin: 2-450 mg (1200 a day); intrathecal 2-40 mg; epidural 2-300 mg; 0.1-5 mg/kg; 0.03-1 mg/kg/h
prilocaine, citanest: 5-900 mg; 0.3-12 mg/kg
mepivacaine, carbocaine: 5-750 mg; 0.3-10 mg/kg
chloroprocaine: 10-1500 mg; 0.5-20 mg/kg
lipid emulsion, intralipid: 0.3-20 ml/kg; 20-1500 ml; 0.05-1.5 ml/kg/min
# Antimicrobials
amoxicillin, amoxycillin, amoxil: 55-4500 mg (18000 a day); 3-120 mg/kg (400 a day)
co-amoxiclav, amoxicillin-clavulanate, amoxicillin-clavulanic acid, amoxicillin and clavulanate, amoxicillin with
  clavulanic acid, augmentin: 70-3600 mg (9000 a day); 3-120 mg/kg (250 a day)
ampicillin: 40-4500 mg (20000 a day); 8-150 mg/kg (600 a day)
ampicillin-sulbactam, unasyn: 200-4500 mg (18000 a day); 8-150 mg/kg (600 a day)
flucloxacillin, cloxacillin, dicloxacillin, oxacillin, nafcillin: 40-3000 mg (18000 a day); 4-100 mg/kg (400 a day)
benzylpenicillin, penicillin g, crystalline penicillin: 40-4800 mg (22000 a day); 8-120 mg/kg (450 a day);
  50000-9000000 units (45000000 a day); 8000-200000 units/kg (900000 a day)
phenoxymethylpenicillin, penicillin v: 30-1500 mg (6000 a day); 2-40 mg/kg
piperacillin-tazobactam, tazocin, zosyn, pip-tazo: 480-7000 mg (27000 a day); 20-180 mg/kg (700 a day)
cefazolin, cephazolin, ancef, kefzol: 80-4500 mg (18000 a day); 5-75 mg/kg (250 a day)
cefuroxime, zinacef, zinnat: 40-3000 mg (9000 a day); 4-120 mg/kg (400 a day)
cefalexin, cephalexin, keflex: 40-2250 mg (9000 a day); 3-75 mg/kg (225 a day)
ceftriaxone, rocephin: 80-6000 mg (6000 a day); 7-150 mg/kg (150 a day)
cefotaxime, ceftazidime, cefepime, cefoxitin, cefotetan: 80-6000 mg (18000 a day); 8-120 mg/kg (450 a day)
gentamicin, garamycin: 5-900 mg (900 a day); 0.3-12 mg/kg (12 a day)
tobramycin: 5-900 mg (900 a day); inhaled 80-700 mg; 0.3-18 mg/kg (18 a day)
amikacin: 20-2500 mg (2500 a day); 2-45 mg/kg (45 a day)
metronidazole, flagyl: 30-3000 mg (6000 a day); 2-60 mg/kg (90 a day)
vancomycin, vancocin: oral 40-750 mg (3000 a day); iv 50-4500 mg (7500 a day); 3-55 mg/kg (120 a day)
teicoplanin, targocid: 45-1800 mg (3600 a day); 1.5-18 mg/kg
clindamycin, cleocin, dalacin: 30-1800 mg (7200 a day); 1-25 mg/kg (75 a day)
meropenem: 80-3000 mg (9000 a day); 3-60 mg/kg (200 a day)
imipenem, imipenem-cilastatin: 80-1500 mg (6000 a day); 4-60 mg/kg (150 a day)
ertapenem: 140-1500 mg (2000 a day); 5-30 mg/kg
aztreonam: 80-4500 mg (12000 a day); 8-100 mg/kg
ciprofloxacin, cipro: 40-1500 mg (2400 a day); 1.5-45 mg/kg (60 a day)
levofloxacin, levaquin: 80-1500 mg (1500 a day); 2.5-30 mg/kg
moxifloxacin: 100-800 mg (800 a day)
doxycycline: 15-450 mg (450 a day); 0.7-7 mg/kg
tigecycline: 15-300 mg (300 a day)
erythromycin: 30-2250 mg (6000 a day); 0.8-40 mg/kg (90 a day)
clarithromycin: 20-1500 mg (3000 a day); 2-25 mg/kg
azithromycin: 30-3000 mg (3000 a day); 1.5-50 mg/kg
trimethoprim: 22-600 mg (900 a day); 0.6-15 mg/kg (30 a day)
co-trimoxazole, trimethoprim-sulfamethoxazole, tmp-smx, bactrim, septrin, septra: 20-4000 mg (15000 a day); 1-60 mg/kg
  (180 a day)
nitrofurantoin, macrobid: 8-300 mg (600 a day); 0.3-3 mg/kg (11 a day)
fosfomycin: 600-12000 mg (36000 a day)
linezolid: 80-900 mg (1800 a day); 3-20 mg/kg
daptomycin: 60-1800 mg (1800 a day); 1.3-18 mg/kg
rifampicin, rifampin: 40-1800 mg (1800 a day); 2-45 mg/kg
rifaximin: 60-1200 mg (2400 a day)
neomycin: 150-4000 mg (18000 a day)
fluconazole, diflucan: 15-1200 mg (1200 a day); 1-36 mg/kg
caspofungin, anidulafungin, micafungin: 8-300 mg (300 a day)
amphotericin b, amphotericin: 0.05-15 mg/kg
aciclovir, acyclovir, zovirax: 60-1600 mg (6000 a day); 1.5-30 mg/kg (90 a day)
albendazole: 60-1200 mg (1800 a day); 2-23 mg/kg
# Blood and clotting
enoxaparin, clexane, lovenox: 10-250 mg (300 a day); 1000-25000 units (30000 a day); 0.2-2.5 mg/kg (3.5 a day); 20-250
  units/kg (350 a day)
dalteparin, fragmin: 800-27000 units (30000 a day); 15-320 units/kg (350 a day)
tinzaparin, innohep: 800-32000 units (32000 a day); 15-270 units/kg (270 a day)
low molecular weight heparin, lmwh: 10-250 mg (300 a day); 800-32000 units (32000 a day); 0.2-2.5 mg/kg (3.5 a day)
fondaparinux, arixtra: 0.5-15 mg (15 a day)
heparin, unfractionated heparin, ufh: sc 1200-30000 units (60000 a day); 5-45000 units (75000 a day); 5-600 units/kg;
  200-5000 units/h; 2-45 units/kg/h
warfarin, coumadin: 0.3-20 mg (20 a day)
vitamin k, vitamin k1, phytomenadione, phytonadione, konakion: 0.3-25 mg (60 a day); 0.01-1 mg/kg
prothrombin complex concentrate, prothrombin complex, pcc, beriplex, octaplex, kcentra: 6-100 units/kg; 160-8000 units
protamine, protamine sulfate, protamine sulphate: 3-450 mg; 0.2-7 mg/kg
idarucizumab, praxbind: 800-7500 mg
aspirin, acetylsalicylic acid: 20-1500 mg (8000 a day); 0.7-50 mg/kg (150 a day)
clopidogrel, plavix: 24-900 mg (900 a day)
prasugrel: 1.5-90 mg (90 a day)
ticagrelor, brilinta, brilique: 20-270 mg (400 a day)
dabigatran, pradaxa: 25-330 mg (450 a day)
rivaroxaban, xarelto: 0.8-30 mg (45 a day)
apixaban, eliquis: 0.8-15 mg (30 a day)
edoxaban: 8-90 mg (90 a day)
argatroban: 0.1-15 micrograms/kg/min
tranexamic acid, txa, cyklokapron: 100-4500 mg (9000 a day); 2-130 mg/kg (150 a day); 0.3-25 mg/kg/h; 30-1500 mg/h
aminocaproic acid: 300-15000 mg (45000 a day); 15-250 mg/kg; 300-2000 mg/h
desmopressin, ddavp: 0.1-1800 micrograms (2400 a day); nasal 2-450 micrograms; 0.08-0.6 micrograms/kg
alteplase, tissue plasminogen activator: 0.3-150 mg; 0.01-1.5 mg/kg; 0.1-60 mg/h
tenecteplase: 8-75 mg; 0.1-0.8 mg/kg
fibrinogen concentrate: 420-15000 mg; 15-150 mg/kg
factor viia, eptacog alfa, novoseven: 10-300 micrograms/kg
ferric carboxymaltose: 80-1500 mg; 5-30 mg/kg
ferrous sulfate, ferrous sulphate: 20-700 mg (1400 a day)
# Stomach, bowel and vomiting
omeprazole, losec, prilosec, esomeprazole, nexium, pantoprazole, protonix, proton pump inhibitor: 2-160 mg (300 a
  day); 0.15-4 mg/kg (6 a day); 1-20 mg/h
lansoprazole, zoton, prevacid, rabeprazole: 4-120 mg (300 a day)
famotidine: 3-160 mg (960 a day)
ranitidine, zantac: 10-450 mg (6000 a day); 0.3-8 mg/kg
octreotide, sandostatin: depot 3.3-90 mg; 12-1000 micrograms (3000 a day); 8-150 micrograms/h; 0.3-15 micrograms/kg;
  0.3-8 micrograms/kg/h
lanreotide: 20-180 mg
terlipressin: 0.25-3 mg (18 a day); 4-60 micrograms/kg
somatostatin: 80-6000 micrograms; 80-900 micrograms/h; 1-12 micrograms/kg/h
hyoscine butylbromide, buscopan: 2.5-60 mg (300 a day)
loperamide, imodium: 0.5-32 mg (120 a day)
bisacodyl, dulcolax: 1.5-45 mg (60 a day)
lactulose: 1.6-500 ml (500 a day)
gastrografin: 12-500 ml
metoclopramide, maxolon, reglan: 0.3-40 mg (120 a day); 0.03-3 mg/kg
domperidone: 0.8-60 mg (120 a day)
ondansetron, zofran: 0.3-32 mg (48 a day); 0.03-0.5 mg/kg
granisetron: 0.1-9 mg (14 a day); 3-60 micrograms/kg
cyclizine: 6-100 mg (300 a day); 0.15-2 mg/kg
prochlorperazine, stemetil: 0.6-40 mg (150 a day)
droperidol: 0.15-15 mg (60 a day)
haloperidol: 0.08-20 mg (60 a day)
mesalazine, mesalamine: 80-7200 mg (7200 a day)
azathioprine: 8-350 mg (350 a day); 0.3-5 mg/kg (5 a day)
infliximab: 1.5-15 mg/kg; 50-1500 mg
pancreatin, pancrelipase, creon: 300-150000 units
activated charcoal: 2000-150000 mg; 0.15-3 g/kg
# Hormones and metabolism
hydrocortisone, solu-cortef: 0.6-750 mg (1800 a day); 0.2-15 mg/kg (30 a day); 1-30 mg/h
prednisolone, prednisone: 0.3-150 mg (200 a day); 0.03-4 mg/kg (6 a day)
methylprednisolone, solu-medrol: 1-3000 mg (6000 a day); 0.2-45 mg/kg; 0.5-8 mg/kg/h
dexamethasone, decadron: 0.1-60 mg (80 a day); 0.01-1.2 mg/kg
fludrocortisone: 12-600 micrograms (800 a day)
insulin, actrapid, humulin, novorapid, insulin glargine, lantus: 0.3-160 units (400 a day); 0.01-3 units/kg (4 a day);
  0.05-40 units/h; 0.01-0.4 units/kg/h
glucagon: 0.02-15 mg; 8-225 micrograms/kg; 0.3-15 mg/h
levothyroxine, l-thyroxine, thyroxine, synthroid: 4-750 micrograms (750 a day); 0.4-25 micrograms/kg (25 a day)
liothyronine: 1-150 micrograms (200 a day)
carbimazole: 1-90 mg (120 a day)
methimazole, thiamazole: 1-90 mg (180 a day); 0.05-1.5 mg/kg
propylthiouracil: 8-1500 mg (2000 a day)
potassium iodide: 5-1000 mg (2500 a day)
radioiodine, radioactive iodine, iodine-131, i-131: 5-20000 MBq
cinacalcet: 10-180 mg (540 a day)
pamidronate, pamidronic acid, aredia: 4-135 mg; 0.15-2.5 mg/kg
zoledronate, zoledronic acid, zometa: 0.8-8 mg; 0.004-0.12 mg/kg
alendronate, alendronic acid, fosamax: 1.6-105 mg
denosumab: 20-180 mg
calcitonin: 8-800 units; 0.5-16 units/kg
phenoxybenzamine: 2-120 mg (360 a day); 0.06-3 mg/kg
tamsulosin: 100-1200 micrograms (1200 a day)
alfuzosin: 0.8-15 mg (15 a day)
finasteride: 0.3-8 mg (10 a day)
tamoxifen: 3-80 mg (160 a day)
letrozole: 0.6-8 mg (8 a day)
anastrozole: 0.2-15 mg (15 a day)
metformin: 80-3000 mg (4500 a day)
# Fluids and electrolytes
potassium, potassium chloride, kcl: 0-150 mmol (450 a day); 0-45 mmol/h; 0-6 mmol/kg (9 a day); 0-0.9 mmol/kg/h
magnesium sulfate, magnesium sulphate: 80-15000 mg (60000 a day); 0.5-60 mmol (250 a day); 8-150 mg/kg; 0.2-5 g/h;
  0.03-0.6 mmol/kg
magnesium: 0-90 mmol (250 a day)
phosphate: 0-90 mmol (250 a day); 0-30 mmol/h; 0-1.5 mmol/kg (4 a day)
calcium gluconate: 150-5000 mg (20000 a day); 1-150 ml; 8-250 mg/kg; 0.1-3 ml/kg
calcium chloride: 150-4500 mg; 1-60 ml; 4-60 mg/kg; 0.03-0.6 ml/kg
sodium bicarbonate: 3-450 mmol; 0.2-6 mmol/kg
glucose, dextrose: 0-250 g (1000 a day); 0-3 g/kg (30 a day)
mannitol: 3000-300000 mg; 0.08-3 g/kg; 10-1500 ml; 0.3-15 ml/kg
crystalloid, hartmann's solution, hartmann's, ringer's lactate, plasma-lyte: 0-8000 ml (40000 a day); 0-100 ml/kg (400
  a day)
red cells, packed red cells, packed red blood cells: 2-80 ml/kg
thiamine, vitamin b1: 0.2-750 mg (2500 a day)
furosemide, frusemide, lasix: 0.5-750 mg (3000 a day); 0.08-9 mg/kg (20 a day); 0.3-360 mg/h; 0.01-3 mg/kg/h
spironolactone, aldactone: 2-600 mg (600 a day); 0.3-10 mg/kg
# Circulation
adrenaline, epinephrine, epipen: im 0.06-1.5 mg; inhaled 0.3-8 mg; topical 0.005-5 mg; 0.002-1.5 mg; 0.3-150
  micrograms/kg; 0.003-3 micrograms/kg/min; 0.3-100 micrograms/min
noradrenaline, norepinephrine, levophed: 0.003-5 micrograms/kg/min; 0.3-150 micrograms/min; 1-50 micrograms
vasopressin: 0.0003-1.5 units/min; 0.3-60 units
phenylephrine: iv 12-800 micrograms; im/sc/oral 600-20000 micrograms; 3-500 micrograms/min; 0.03-15 micrograms/kg/min;
  0.3-30 micrograms/kg
metaraminol: 0.08-15 mg; 0.15-30 mg/h
ephedrine: 0.8-60 mg; 0.03-1 mg/kg
dopamine, dobutamine: 0.6-60 micrograms/kg/min
milrinone: 8-120 micrograms/kg; 0.06-1.5 micrograms/kg/min
atropine: 0.02-5 mg; 3-150 micrograms/kg
glycopyrronium, glycopyrrolate, glycopyrronium bromide: 0.03-4 mg; 1-150 micrograms/kg
adenosine: 0.3-30 mg; 25-500 micrograms/kg; 20-300 micrograms/kg/min
amiodarone: 10-2400 mg (2700 a day); 0.8-25 mg/kg; 3-150 mg/h
digoxin: 10-2250 micrograms (2250 a day); 0.8-60 micrograms/kg
labetalol: iv 1.5-300 mg; 1.5-1200 mg (4000 a day); 0.08-3 mg/kg; 1-400 mg/h
metoprolol, lopressor: iv 0.6-20 mg; oral 4-400 mg (600 a day); 0.6-400 mg (600 a day)
atenolol: 0.8-200 mg (300 a day)
bisoprolol: 0.4-30 mg (30 a day)
propranolol, inderal: 0.15-320 mg (960 a day); 0.003-4 mg/kg (20 a day)
esmolol: 8-500 micrograms/kg/min; 0.05-2 mg/kg
glyceryl trinitrate, gtn, nitroglycerin, nitroglycerine: 0.8-900 micrograms/min; topical 0.1-60 mg
salbutamol, albuterol: 0.03-30 mg (180 a day); inhaled 0.03-30 mg (180 a day)
# Anaesthesia and sedation
propofol, diprivan: 3-500 mg; 0.1-8 mg/kg; 0.1-20 mg/kg/h
thiopental, thiopentone: 10-1200 mg; 0.3-15 mg/kg; 0.3-15 mg/kg/h
etomidate: 2-60 mg; 0.05-0.9 mg/kg
ketamine, ketalar: 2-1000 mg; 0.03-18 mg/kg; 0.02-8 mg/kg/h; 0.5-80 mg/h
midazolam, versed, hypnovel: 0.15-30 mg; buccal 0.8-30 mg; nasal 0.5-20 mg; 0.008-1.2 mg/kg; 0.2-60 mg/h; 0.005-3
  mg/kg/h
lorazepam, ativan: 0.15-15 mg (20 a day); 0.01-0.25 mg/kg
diazepam, valium: 0.3-60 mg (200 a day); 0.02-1.2 mg/kg
dexmedetomidine: 0.08-4 micrograms/kg/h; 0.1-6 micrograms/kg
clonidine: 8-900 micrograms (3600 a day); epidural 8-450 micrograms; 0.3-15 micrograms/kg
flumazenil: 0.03-5 mg; 3-75 micrograms/kg
suxamethonium, succinylcholine: 4-400 mg; 0.2-8 mg/kg
rocuronium: 2-250 mg; 0.1-2.5 mg/kg; 0.1-1.5 mg/kg/h
vecuronium: 0.5-45 mg; 0.01-0.6 mg/kg
atracurium: 2-150 mg; 0.08-1.5 mg/kg
cisatracurium: 0.6-60 mg; 0.02-0.8 mg/kg
neostigmine: 0.3-20 mg; 0.008-0.15 mg/kg
sugammadex, bridion: 20-3000 mg; 0.6-25 mg/kg
dantrolene: 6-1000 mg; 0.3-15 mg/kg
# Others met on a surgical ward
tetanus immunoglobulin, tetanus immune globulin, htig: 80-10000 units
anti-d, anti-d immunoglobulin: 80-4500 units; 15-1500 micrograms
acetylcysteine, n-acetylcysteine: 17-300 mg/kg; 60-30000 mg
oxytocin, syntocinon: 0.3-80 units
misoprostol: 8-1500 micrograms (2400 a day)
ergometrine: 0.05-1.5 mg
methylene blue, methylthioninium chloride: 0.2-9 mg/kg
chlorphenamine, chlorpheniramine: 0.3-30 mg (60 a day)
phenytoin: 8-2500 mg (2500 a day); 0.8-30 mg/kg
levetiracetam, keppra: 40-6800 mg (6800 a day); 1.6-90 mg/kg
allopurinol: 32-1350 mg (1350 a day)
colchicine: 0.1-3 mg (9 a day)
iohexol, iodinated contrast, intravenous contrast, contrast medium: 0.3-600 ml; 0.2-8 ml/kg
"""
