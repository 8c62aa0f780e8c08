"""`make bench`: seed a million hazards, run the production server, time it beside the bare SQL of the same answers."""
