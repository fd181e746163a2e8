"""The table of medicines by what they do, which :mod:`residency.domain.surgery.medicines` reads.

Reviewed 2026-11 against current British and American formularies; not for clinical use. A line holds a role (a
medicine's class, as a noun phrase), what such a medicine does, and its members, parted by "|". Names of one medicine
are parted by "=": the first is put into a text, all are recognised. Members of one role may often stand for one
another and are never exchanged; so are roles that ``ALIKE`` names. Roles stand in groups (``#``), and only roles of one
group are exchanged. Antibacterials stand in :mod:`residency.domain.surgery.antibiotics`.
"""

from __future__ import annotations

TABLE = """
# clotting
an anticoagulant | slows the forming of clots | heparin=unfractionated heparin=intravenous heparin, enoxaparin=clexane=lovenox, dalteparin=fragmin, tinzaparin, low-molecular-weight heparin=low molecular weight heparin=LMWH, fondaparinux, warfarin=coumadin, apixaban=eliquis, rivaroxaban=xarelto, edoxaban, dabigatran=pradaxa, argatroban, bivalirudin
an antiplatelet drug | blocks platelets for their lifetime | aspirin=acetylsalicylic acid
a P2Y12 inhibitor | keeps platelets from clumping | clopidogrel=plavix, ticagrelor, prasugrel
an antifibrinolytic drug | keeps clots from dissolving | tranexamic acid=TXA
a thrombolytic drug | dissolves clots | alteplase=tissue plasminogen activator=tPA
# reversal
vitamin K | restores the clotting factors that warfarin lowers | vitamin K=vitamin K1=phytomenadione=phytonadione
prothrombin complex concentrate | replaces the factors that warfarin lowers | prothrombin complex concentrate=prothrombin complex=four-factor prothrombin complex concentrate
protamine | neutralises heparin | protamine=protamine sulfate=protamine sulphate
idarucizumab | binds dabigatran and nothing else | idarucizumab=praxbind
desmopressin | helps platelets that do not work | desmopressin=DDAVP
tranexamic acid | keeps clots from dissolving and reverses no anticoagulant | tranexamic acid
# antidotes
naloxone | reverses opioids | naloxone=narcan
flumazenil | reverses benzodiazepines | flumazenil
acetylcysteine | treats paracetamol poisoning | acetylcysteine=N-acetylcysteine
hydroxocobalamin | binds cyanide | hydroxocobalamin
methylene blue | treats methaemoglobinaemia | methylene blue=methylthioninium chloride
dantrolene | treats malignant hyperthermia | dantrolene
lipid emulsion | treats poisoning with local anaesthetics | lipid emulsion=intralipid
atropine | blocks the vagus | atropine
# salts and fluids
calcium | steadies the heart in hyperkalaemia and replaces calcium | calcium gluconate, calcium chloride
magnesium sulfate | replaces magnesium | magnesium sulfate=magnesium sulphate
potassium chloride | replaces potassium, and stops the heart when given fast | potassium chloride=KCl
sodium bicarbonate | replaces bicarbonate | sodium bicarbonate
mannitol | draws water out of tissue | mannitol
furosemide | makes the kidneys pass salt and water | furosemide=frusemide=lasix
# vitamins
thiamine | is vitamin B1, which prevents Wernicke encephalopathy | thiamine=vitamin B1
hydroxycobalamin | is absorbed in the last loop of ileum and makes up for the lack of intrinsic factor | vitamin B12
folic acid | is the vitamin that guards against neural tube defects | folic acid=folate
vitamin C | is ascorbic acid | vitamin C=ascorbic acid
vitamin D | raises the uptake of calcium | vitamin D
vitamin A | serves sight | vitamin A
vitamin E | is an antioxidant | vitamin E
pyridoxine | is vitamin B6 | pyridoxine=vitamin B6
biotin | serves the carboxylases | biotin
# fluids by name
a balanced crystalloid | resembles plasma and stays in the circulation for a while | Hartmann's solution=Hartmann's=Ringer's lactate=lactated Ringer's
5% glucose | is water as far as the circulation goes, and does not restore it | 5% glucose=glucose 5%=5% dextrose
20% mannitol | draws water out of tissue and makes urine flow | 20% mannitol
hydroxyethyl starch | raises kidney failure and death | hydroxyethyl starch
# circulation
adrenaline | raises blood pressure and opens the airways, and is the drug of anaphylaxis and cardiac arrest | adrenaline=epinephrine=epipen
noradrenaline | narrows vessels, and is the first vasopressor of septic shock | noradrenaline=norepinephrine=levophed
phenylephrine | narrows vessels by alpha receptors alone | phenylephrine
atropine | speeds the heart by blocking the vagus | atropine
a beta-blocker | slows the heart and lowers blood pressure | labetalol, esmolol, propranolol, atenolol, metoprolol, bisoprolol, nadolol, carvedilol
glyceryl trinitrate | widens veins and relaxes smooth muscle | glyceryl trinitrate=GTN=nitroglycerin
nitroprusside | widens vessels and lets the heart race | nitroprusside
adenosine | stops conduction for seconds | adenosine
amiodarone | treats arrhythmias | amiodarone
digoxin | slows conduction and strengthens the heartbeat | digoxin
dopamine | acts on dopamine and beta receptors | dopamine
dobutamine | makes the heart beat more strongly | dobutamine
an alpha-blocker | widens vessels and must come before a beta-blocker in phaeochromocytoma | phenoxybenzamine, doxazosin, prazosin
furosemide | makes the kidneys pass salt and water | furosemide=frusemide=lasix
salbutamol | opens the airways | salbutamol=albuterol
# glucose
insulin | lowers blood glucose | insulin=soluble insulin=insulin glargine
glucagon | raises blood glucose | glucagon
metformin | lowers the glucose that the liver makes | metformin
a corticosteroid | raises blood glucose and damps inflammation | hydrocortisone, prednisolone=prednisone, dexamethasone, cortisol
# thyroid and pituitary
thyroid hormone | replaces the hormone of the thyroid | levothyroxine=thyroxine=l-thyroxine=synthroid, liothyronine
an antithyroid drug | keeps the thyroid from making hormone | carbimazole, methimazole=thiamazole, propylthiouracil
a corticosteroid | replaces cortisol or damps inflammation | hydrocortisone, prednisolone=prednisone, dexamethasone, methylprednisolone=solu-medrol, cortisone
a mineralocorticoid | makes the kidneys keep salt | fludrocortisone
a somatostatin analogue | holds back hormones and secretions | octreotide, lanreotide
desmopressin | makes the kidneys keep water | desmopressin=DDAVP
oxytocin | makes the womb contract | oxytocin
cabergoline | lowers prolactin | cabergoline, bromocriptine
growth hormone | makes children grow | growth hormone=somatropin
radioactive iodine | destroys thyroid tissue | radioactive iodine=radioiodine
# calcium and bone
a bisphosphonate | keeps bone from being broken down | pamidronate=pamidronic acid, zoledronate=zoledronic acid, alendronate=alendronic acid=fosamax
calcitonin | lowers calcium for a day or two | calcitonin
cinacalcet | makes the parathyroids release less hormone | cinacalcet
vitamin D | raises the uptake of calcium | vitamin D
calcium | replaces calcium | calcium carbonate
a thiazide | keeps calcium in the body | bendroflumethiazide, hydrochlorothiazide
# adrenal
a corticosteroid | replaces cortisol | hydrocortisone, dexamethasone
a mineralocorticoid | replaces aldosterone | fludrocortisone
an aldosterone blocker | blocks aldosterone | spironolactone, eplerenone
an alpha-blocker | widens vessels and must come before a beta-blocker in phaeochromocytoma | phenoxybenzamine, doxazosin, prazosin
a beta-blocker | slows the heart, and given first in phaeochromocytoma can bring on a crisis | propranolol, atenolol
metyrapone | stops the making of cortisol | metyrapone, ketoconazole
# gut
a proton pump inhibitor | blocks the making of acid | omeprazole=prilosec, lansoprazole=prevacid, pantoprazole=protonix, esomeprazole=nexium, rabeprazole
an antiemetic | is given against vomiting | ondansetron=zofran, cyclizine
metoclopramide | speeds the stomach and blocks dopamine | metoclopramide, domperidone
an antimotility drug | slows the bowel | loperamide=imodium, codeine phosphate
a laxative | loosens the stool | lactulose, senna, bisacodyl, macrogol=polyethylene glycol
an antispasmodic | relaxes cramps | hyoscine butylbromide=buscopan, dicyclomine
octreotide | holds back secretions | octreotide
pancreatic enzymes | digest food in place of the pancreas | pancreatic enzymes=pancreatin=creon
ursodeoxycholic acid | thins bile | ursodeoxycholic acid=ursodiol
# bleeding varices
terlipressin | narrows the vessels of the gut | terlipressin
octreotide | holds back secretions and the flow to the gut | octreotide
propranolol | lowers portal pressure over weeks | propranolol, nadolol, carvedilol
tranexamic acid | keeps clots from dissolving | tranexamic acid
a proton pump inhibitor | blocks the making of acid | omeprazole
# colitis
mesalazine | damps inflammation of the colon and is weak in severe attacks | mesalazine=mesalamine, sulfasalazine
a corticosteroid | damps inflammation | hydrocortisone, prednisolone=prednisone, budesonide
infliximab | blocks tumour necrosis factor | infliximab=remicade, adalimumab=humira
an antimotility drug | slows the bowel and can bring on a toxic megacolon | loperamide=imodium
azathioprine | takes months to act | azathioprine, mercaptopurine
# urine
an alpha-blocker | relaxes the neck of the bladder within days | tamsulosin=flomax, alfuzosin, doxazosin
a 5-alpha-reductase inhibitor | shrinks the prostate over months and halves the PSA | finasteride, dutasteride
an antimuscarinic | calms the bladder and can bring on retention | oxybutynin, tolterodine, solifenacin
desmopressin | makes the kidneys keep water | desmopressin=DDAVP
allopurinol | lowers uric acid | allopurinol
a thiazide | lowers calcium in the urine | hydrochlorothiazide, bendroflumethiazide, chlorthalidone
# penis
phenylephrine | narrows the vessels of the penis and ends an erection | phenylephrine
sildenafil | widens the vessels of the penis and brings on an erection | sildenafil=viagra, tadalafil, alprostadil
# pain and sleep
paracetamol | relieves pain and fever and spares the stomach and platelets | paracetamol=acetaminophen=tylenol
an NSAID | relieves pain by blocking prostaglandins, at a cost to stomach and kidneys | ibuprofen=advil=motrin, diclofenac, naproxen=aleve, ketorolac, indometacin=indomethacin, celecoxib
an opioid | relieves pain and can stop the breathing | morphine, fentanyl, codeine, tramadol, oxycodone, diamorphine, pethidine=meperidine, hydromorphone
ketamine | is an anaesthetic | ketamine
a benzodiazepine | sedates and stops fits | diazepam=valium, midazolam, lorazepam
propofol | is an anaesthetic | propofol
a local anaesthetic | blocks nerves where it is injected | lidocaine=lignocaine, bupivacaine, ropivacaine, prilocaine
a gabapentinoid | eases pain from nerves | gabapentin=neurontin, pregabalin
naloxone | reverses opioids | naloxone=narcan
# theatre
a muscle relaxant | paralyses muscles | suxamethonium=succinylcholine, rocuronium, atracurium
an induction agent | puts a patient to sleep | propofol, thiopental=thiopentone, etomidate, ketamine
neostigmine | reverses muscle relaxants | neostigmine
sugammadex | binds rocuronium | sugammadex
atropine | speeds the heart by blocking the vagus | atropine, glycopyrronium
# growths
an oestrogen receptor modulator | blocks oestrogen in the breast | tamoxifen
an aromatase inhibitor | stops the making of oestrogen after the menopause | letrozole, anastrozole, exemestane
an antibody against HER2 | acts on cancers with much HER2 | trastuzumab=herceptin
a kinase inhibitor | blocks the KIT and BCR-ABL kinases | imatinib=gleevec
an alkylating drug | damages DNA | cyclophosphamide, chlorambucil, ifosfamide
a platinum drug | links DNA | cisplatin, carboplatin, oxaliplatin
a fluoropyrimidine | stops the making of DNA | fluorouracil=5-fluorouracil=5-FU, capecitabine
a vinca alkaloid | stops cells from dividing and is fatal in the spinal canal | vincristine, vinblastine
rituximab | acts on B cells | rituximab
a drug against androgens | withdraws male hormone | goserelin, leuprolide=leuprorelin, bicalutamide
mitotane | acts on the adrenal cortex | mitotane
interferon | stirs up immune defence | interferon
BCG | stirs up the immune defence in the bladder | BCG=bacillus Calmette-Guerin
mitomycin | is a chemotherapy drug put into the bladder | mitomycin=mitomycin C
# brain and nerves
levodopa | replaces dopamine | levodopa
lithium | steadies mood | lithium
an antiepileptic | prevents fits | phenytoin, carbamazepine, levetiracetam=keppra, valproate=valproic acid
an antidepressant | lifts mood | amitriptyline, fluoxetine, sertraline
an antipsychotic | blocks dopamine | haloperidol, olanzapine, risperidone
pyridostigmine | strengthens muscles in myasthenia | pyridostigmine
riluzole | slows motor neurone disease | riluzole
a benzodiazepine | sedates and stops fits | diazepam=valium, lorazepam
baclofen | relaxes spastic muscles | baclofen=lioresal, tizanidine
propranolol | slows the heart and calms tremor | propranolol
# joints and immunity
an immunosuppressant | holds back immune defence | azathioprine, methotrexate, mycophenolate, ciclosporin=cyclosporine, tacrolimus, cyclophosphamide
colchicine | damps attacks of gout and of familial Mediterranean fever | colchicine
allopurinol | lowers uric acid | allopurinol
penicillamine | binds copper | penicillamine=d-penicillamine
hydroxychloroquine | calms lupus and arthritis | hydroxychloroquine=plaquenil
a statin | lowers cholesterol | simvastatin, atorvastatin
# early pregnancy
methotrexate | stops the growth of an ectopic pregnancy | methotrexate
misoprostol | makes the womb contract | misoprostol
mifepristone | blocks progesterone and ends a pregnancy | mifepristone
oxytocin | makes the womb contract at birth | oxytocin
anti-D | prevents a mother's antibodies against RhD | anti-D
progesterone | keeps the lining of the womb | progesterone
# blood
iron | replaces iron | ferrous sulfate=ferrous sulphate, iron sucrose
folic acid | is the vitamin that guards against neural tube defects | folic acid=folate
hydroxycobalamin | makes up for the lack of intrinsic factor | vitamin B12
hydroxyurea | prevents sickling | hydroxyurea=hydroxycarbamide
deferoxamine | binds iron | deferoxamine=desferrioxamine
erythropoietin | makes the marrow produce red cells | erythropoietin=epoetin
# urgent drugs
tranexamic acid | keeps clots from dissolving and serves in bleeding | tranexamic acid=TXA
oxytocin | makes the womb contract | oxytocin
terlipressin | narrows the vessels of the gut | terlipressin
desmopressin | frees clotting factors and keeps water | desmopressin=DDAVP
a corticosteroid | damps inflammation | hydrocortisone, dexamethasone
magnesium sulfate | steadies cells that fire too readily | magnesium sulfate=magnesium sulphate
aminophylline | opens the airways | aminophylline
furosemide | makes the kidneys pass salt and water | furosemide=frusemide
mannitol | draws water out of the brain | mannitol
# germs other than bacteria
a drug against herpes viruses | acts on no other kind of germ | aciclovir=acyclovir, valaciclovir=valacyclovir, ganciclovir
a drug against fungi | acts on no other kind of germ | fluconazole=diflucan, itraconazole, amphotericin B=amphotericin, caspofungin
a drug against worms | acts on no other kind of germ | albendazole, mebendazole, praziquantel, ivermectin
a drug against malaria | acts on no other kind of germ | chloroquine, quinine, mefloquine, artesunate
a drug against influenza | acts on no other kind of germ | oseltamivir=tamiflu, zanamivir
a drug against HIV | acts on no other kind of germ | zidovudine, tenofovir
"""

WHERE: dict[str, str] = {
    "early pregnancy": r"ectopic|pregnan|birth|womb|rhd",
    "bleeding varices": r"varic|portal|haematemesis",
    "colitis": r"colitis|crohn",
    "adrenal": r"adrenal|ph(?:a)?eochrom|aldost|addison",
    "reversal": r"warfarin|\binr\b|revers|dabigatran",
    "penis": r"priap|erecti|penis|intracavern",
    "urine": r"urin|prostat|bladder|catheter|stone",
    "glucose": r"glucose|sugar|diabet|potassium|phosphate|insulin",
    "brain and nerves": r"parkinson|tremor|seiz|epilep|spas|depress|neur|dyston|motor|mood",
    "theatre": r"an(?:a)?esth|intubat|induc|relax|block",
}
"""Groups that only count where a text in lower case has a pattern, and then before the others."""
# ruff: noqa: E501
