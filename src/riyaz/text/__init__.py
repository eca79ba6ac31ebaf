"""Events as text: tokens, their grammar, the split, and the windows that a network reads."""
