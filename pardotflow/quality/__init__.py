"""Decision tests: what a sync decides for given records, case by case, without any system."""
