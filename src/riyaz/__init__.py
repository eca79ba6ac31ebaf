"""Riyaz: from a folder of music to an honest verdict on what a recurrent network learned from it."""
