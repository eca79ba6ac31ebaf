"""Music in and out: files to events, and events to files, scores and pictures."""
