"""How a proposal is called on pages."""

from django import template

from enterprises.actions.proposals import labels_of
from enterprises.models import FactProposal
from portal.ui.templatetags.portal_ui import badge

register = template.Library()

State = FactProposal.State
TONES = {State.OPEN: "orange", State.CONFIRMED: "green", State.RETURNED: "red", State.WITHDRAWN: "secondary"}


@register.simple_tag
def proposal_badge(proposal):
    return badge(TONES[proposal.state], proposal.get_state_display())


@register.filter
def proposed_labels(proposal) -> list[str]:
    return labels_of(proposal)
