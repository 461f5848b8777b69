"""What all tests share."""

from hypothesis import HealthCheck, settings

# How fast examples are made says how busy the machine is, and nothing of the code.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")
