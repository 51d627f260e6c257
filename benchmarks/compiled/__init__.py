"""The smallest compiled training step that we found: an experiment, no part of the package."""
