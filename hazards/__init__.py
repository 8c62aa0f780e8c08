"""Floor 3: what was found and how it is fixed. Hazards, notices, rectification, evidence, reminders."""
