"""Pages to practise with: a player that lights what sounds, and all pieces of a corpus in one page."""
