"""Makes the data of the example project: a company called Northwind Robotics that does not exist.

Everything is drawn from one seeded generator, in one order, so that every run writes the same bytes.
"""
