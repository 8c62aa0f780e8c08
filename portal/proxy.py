"""Behind a proxy every request comes from the proxy: limits would count a whole city as one, and the trail would name nobody."""

from ipaddress import ip_address


class AskedThroughProxy:
    """Takes the address that the proxy before the portal wrote last; what stands before it in the header is anybody's word."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        told = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        try:
            request.META["REMOTE_ADDR"] = str(ip_address(told))
        except ValueError:
            pass  # a request of the proxy's own, or of whoever asks us directly
        return self.get_response(request)
