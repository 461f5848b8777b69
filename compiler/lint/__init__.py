"""Advice on programs that are no errors: rules, each with its source, and what they find."""
