"""Acts of different people at the same instant."""

import threading

from django.db import connections


def race(world, *acts):
    """Run each (login, act) on a connection of its own, all let go together; returns what each met, None where it was done."""
    gate, met = threading.Barrier(len(acts)), [None] * len(acts)

    def run(position, login, act):
        try:
            with world.as_(login):
                gate.wait(10)
                act()
        except Exception as fault:  # noqa: BLE001 - handed back
            met[position] = fault
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=(n, login, act)) for n, (login, act) in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return met
