"""The base of every Celery task: a task names its tenant and runs behind the wall, or says that it has none."""

from celery import Task

from portal.tenancy.scope import NoScope, tenant_scope


class ScopedTask(Task):
    """Opens the tenant's scope around the run. `no_tenant = True` marks the few that only hand out work."""

    abstract = True
    no_tenant = False

    def __call__(self, *args, **kwargs):
        if self.no_tenant or self.name.startswith("celery."):
            return super().__call__(*args, **kwargs)
        tenant_id = kwargs.get("tenant_id")
        if not isinstance(tenant_id, int):
            raise NoScope(f"{self.name} was sent without tenant_id")
        with tenant_scope(tenant_id):
            return super().__call__(*args, **kwargs)
