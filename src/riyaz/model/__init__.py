"""The models: the recurrent network, its memory of the piece, the n-grams it has to beat, and how they are trained."""
