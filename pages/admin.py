"""Running the system."""

from portal.i18n import gettext as _
from portal.session import enter_admin
from portal.ui import (
    admin_models,
    admin_notices,
    admin_parts,
    admin_people,
    admin_record,
    admin_spend,
    admin_work,
    layout,
)

here = enter_admin()
layout.heading(_("Administration"))
layout.sections(
    {
        _("Parts"): (admin_parts.health, admin_parts.storage),
        _("People"): (admin_people.users,),
        _("Knowledge bases"): (admin_people.rags,),
        _("Work"): (admin_work.work,),
        _("Models"): (admin_models.roles, admin_models.profiles, admin_spend.limits, admin_spend.spend),
        _("Feedback"): (admin_record.feedback,),
        _("Record"): (admin_record.record,),
        _("Notices"): (admin_notices.forms,),
    },
    here,
)
