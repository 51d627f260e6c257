"""The laboratory: classic experiments as things to run, with seeds, spread, figures and verdicts."""
