"""Images: from any picture to the writing in it, cleaned, upright, and framed as MNIST's digits are."""
