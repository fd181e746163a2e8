"""Safety: what a model does when a patient is in danger or only seems so, and when it is asked what it should not
do."""
