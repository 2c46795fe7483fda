"""Use cases: gather facts, ask a core, write in one transaction."""
