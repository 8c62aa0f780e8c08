"""`make stop`: end a demo of this clone, wherever it runs, and its embedded servers."""

import os
import signal
import time

from tools import VAR
from tools.console import say
from tools.demo import running_demo
from tools.servers import stop


def main() -> None:
    if demo := running_demo():
        os.kill(demo, signal.SIGTERM)
        while running_demo() == demo:
            time.sleep(0.2)
        say("Stopped the demo.")
    for name in stop():
        say(f"Stopped {name}; its data stays in {VAR}.")


if __name__ == "__main__":
    main()
