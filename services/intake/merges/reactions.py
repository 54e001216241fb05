"""What intake does by itself about merged records: it forgets them with their family."""

from services.intake.families.repository import Families
from services.intake.merges.use_cases import erase_joined

DEADLINES = {Families.prefix: erase_joined}
