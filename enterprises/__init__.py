"""Floor 2: who is being rectified. The ledger, what each plant holds and does, its grade, and whether it is key."""
