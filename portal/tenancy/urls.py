from django.urls import path

from portal.tenancy import views

urlpatterns = [
    path("login/", views.log_in, name="login"),
    path("logout/", views.log_out, name="logout"),
    path("account/password/", views.password, name="password"),
    path("account/totp/", views.totp, name="totp"),
    path("account/posting/", views.switch_posting, name="switch_posting"),
    path("livez", views.livez, name="livez"),
]
