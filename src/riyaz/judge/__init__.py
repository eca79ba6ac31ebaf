"""The verdict: how well a model predicts, and what its pieces are worth."""
