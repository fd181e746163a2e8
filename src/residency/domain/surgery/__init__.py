"""Surgery and perioperative care: what is said in this specialty, as data. Not for clinical use."""
