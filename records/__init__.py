"""Records: every recipe trained from several seeds, measured and written down, and the models to ship."""
