"""Records and their life: what may be stored, what follows from it, and how they go and come back."""
