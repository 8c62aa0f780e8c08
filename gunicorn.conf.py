"""The one way the portal is served: by the demo, the benchmark and the container. Read by gunicorn itself."""

import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT') or 8000}"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "gthread"
threads = 4
preload_app = True  # imported once, shared by the workers
timeout = 60
graceful_timeout = 5
# A worker leaves after so many requests and takes any leak with it; not all of them at once.
max_requests, max_requests_jitter = 20_000, 2_000
control_socket_disable = True
accesslog = None
