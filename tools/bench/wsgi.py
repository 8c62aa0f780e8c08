"""The production application with one header more: how many statements the request took."""

from django.db import connection

from campaign.wsgi import application as portal


def application(environ, start_response):
    seen = 0

    def count(execute, sql, params, many, context):
        nonlocal seen
        seen += 1
        return execute(sql, params, many, context)

    def start(status, headers, exc_info=None):
        return start_response(status, [*headers, ("X-Queries", str(seen))], exc_info)

    with connection.execute_wrapper(count):
        return portal(environ, start)
