"""Floor 4: what we go and look at. Checklists and visits; an inspection raises hazards on the floor below."""
