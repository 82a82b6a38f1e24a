"""Run one checked SELECT for a person: gate, then a killable worker on the scope's own database."""
