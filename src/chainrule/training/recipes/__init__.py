"""Recipes: frozen ways from data to a model, each by a name and with a promise."""

from chainrule.training.recipes.judgement import JUDGED_ON, judge, require_part
from chainrule.training.recipes.recipe import Recipe, is_recipe_run, kept_notes, member_folder
from chainrule.training.recipes.room import require_disk
from chainrule.training.recipes.table import RECIPES, recipe_named

__all__ = [
    "JUDGED_ON",
    "RECIPES",
    "Recipe",
    "is_recipe_run",
    "judge",
    "kept_notes",
    "member_folder",
    "recipe_named",
    "require_disk",
    "require_part",
]
