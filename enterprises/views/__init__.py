"""HTTP in and out, one file a subject."""
