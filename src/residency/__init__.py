"""Residency: a surgical question bank goes in; a published, evaluated, two-mode model comes out.

The command line is ``residency``; the same can be called from Python::

    from pathlib import Path
    from residency import load_recipe, run_recipe

    run_recipe(load_recipe(Path("recipe.toml")), until="mix")

``residency.flow.stages`` is the one table that lists what happens, in order.
"""

from residency.flow.recipe import LoadedRecipe, Recipe, load_recipe
from residency.flow.runner import StageResult, run_recipe

__version__ = "0.1.0"
__all__ = ["LoadedRecipe", "Recipe", "StageResult", "__version__", "load_recipe", "run_recipe"]
