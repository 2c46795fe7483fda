"""Pages for a person with symptoms: the check, the answer, the doctor's step, booking. No account needed."""
