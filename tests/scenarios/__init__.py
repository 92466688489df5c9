"""The product from outside: real commands in real processes, judged by what the two systems were asked."""
