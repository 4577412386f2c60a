"""Does a model work? Tried by an administrator, whoever it is served by: small calls, made now."""

from dataclasses import dataclass

from kg.llm.outcomes import Outcome
from kg.llm.trial import trial
from portal import access, audit, language_models, model_profiles
from portal.access import Actor
from portal.errors import NotFound
from portal.model_profiles import ROLES, Profile
from portal.models import StoredProfile
from portal.wiring import Parts


@dataclass(frozen=True, slots=True)
class Tried:
    outcomes: tuple[Outcome, ...]
    context_window: int  # tokens, as the profile says


def test(parts: Parts, actor: Actor, profile_id: int) -> Tried:
    access.check_admin(actor)
    with parts.session() as db:
        row = db.get(StoredProfile, profile_id)
        if row is None:
            raise NotFound("model-profile", str(profile_id))
        chosen = model_profiles.of_row(parts.settings, row)
    return _tried(parts, actor, chosen)


def test_of_settings(parts: Parts, actor: Actor, role: str) -> Tried:
    """What the settings name for a role. NotFound if they name nothing."""
    access.check_admin(actor)
    chosen = model_profiles.of_settings(parts.settings, role) if role in ROLES else None
    if chosen is None:
        raise NotFound("model", role)
    return _tried(parts, actor, chosen)


def _tried(parts: Parts, actor: Actor, chosen: Profile) -> Tried:
    outcomes = trial(language_models.as_model(chosen, "chat"))
    works = {o.check.value: o.works for o in outcomes}
    with parts.session() as db:
        audit.record(db, actor, "model.test", subject=chosen.name, model=chosen.model, works=works)
        db.commit()
    return Tried(outcomes, chosen.context_window)
