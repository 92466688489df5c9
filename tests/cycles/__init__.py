"""The laws over many cycles: hundreds of people, random rules, edits on both sides, through the real connectors."""
