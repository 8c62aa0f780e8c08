"""What pages need read, as few statements as can be. One file a subject."""
