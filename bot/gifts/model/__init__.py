"""Values, states and rules: pure functions and frozen classes, which import nothing but each other."""
