"""The version, kept here alone; the packaging reads it from this file."""

VERSION = "0.1.0"
