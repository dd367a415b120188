"""From a submitted request to its decision: submit, decide, escalate, delegate, and a preview for the form."""
