"""Parse, call one function, hand the value to a view, map to an exit code. Only this package prints or exits."""
