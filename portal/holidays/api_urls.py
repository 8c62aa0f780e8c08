from portal.holidays.api import CalendarDayViewSet, CountingViewSet


def register(router) -> None:
    router.register("calendar-days", CalendarDayViewSet, basename="api-calendar-day")
    router.register("counting-rules", CountingViewSet, basename="api-counting")
