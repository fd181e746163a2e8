"""What a recipe will need before anything is spent: memory, hours and money, on each kind of hardware.

In: the recipe, the counts of tokens that the data gave, the configs of candidate models, a table of hardware, and what
a probe has measured on the machine at hand. Out: the parts of each stage's memory, its time and price as ranges, a
table of choices, and a recommendation. It never loads a model and needs no torch; the probe, which does, is run by
``flow`` and hands over its measurements as records.
"""
