"""What an operator asks before anything happens, or afterwards; changes nothing."""
