"""What all tests share: how patient they are."""

from hypothesis import HealthCheck, settings

# A busy machine is no failure of what is tested.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
