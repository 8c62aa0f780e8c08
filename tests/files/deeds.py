"""What a decoder may do in its child. Knows nothing of Django, so that the child can take it in."""

import json
import os
import resource
import signal

from portal.files import apart


def greet(connection, *_):
    connection.send_bytes(b'="here"')


def spin(connection, *_):
    apart.confine()
    while True:
        pass


def die(connection, *_):
    os.kill(os.getpid(), signal.SIGSEGV)


def eat(connection, *_):
    apart.confine()
    connection.send_bytes(b"=" + bytes(apart.MEMORY))


def babble(connection, *_):
    connection.send_bytes(b"=" * (apart.MAX_ANSWER + 1))


def limits(connection, what, *arguments):
    class Deaf:
        send_bytes = staticmethod(lambda said: None)

    apart.answer(Deaf, what, *arguments)
    held = [resource.getrlimit(one) for one in (resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_FSIZE)]
    connection.send_bytes(b"=" + json.dumps(held).encode())
