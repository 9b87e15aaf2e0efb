"""Settings that all tests share."""

from hypothesis import settings
from threadpoolctl import threadpool_limits

settings.register_profile("seeded", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("seeded")
threadpool_limits(1)  # the workers share the cores: BLAS threads would wait for each other
