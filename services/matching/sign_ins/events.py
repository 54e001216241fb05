"""The event of a code that was asked for."""

from services.matching.volunteers.recipients import PREFIX as VOLUNTEER
from shared import clock
from shared.events.matching_guardians import SignInRequested
from shared.identity.sign_ins import SignIn


def requested(sign_in: SignIn) -> SignInRequested:
    """Return the event of a sign-in, known or not."""
    of_volunteer = (sign_in.person or "").startswith(VOLUNTEER)
    return SignInRequested(
        region=sign_in.region,
        sign_in_id=sign_in.id,
        known=sign_in.sends,
        use=sign_in.use,
        expires_at=clock.iso(sign_in.expires_at),
        of="volunteer" if of_volunteer else "guardian",
    )
