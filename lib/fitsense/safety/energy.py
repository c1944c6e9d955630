"""Energy: resting need by Mifflin-St Jeor, daily need by activity factor, and the bounds a calorie number must keep.

Knows nothing of foods or macros. Formula: Mifflin 1990; floors: AHA/ACC/TOS 2013; factors and the 25 % cap: heuristic.
"""

from fitsense.contracts.profile import Profile
from fitsense.safety.screening import Limits

SEX_TERM: dict[str, float] = {"male": 5.0, "female": -161.0, "other": -78.0}
ACTIVITY_FACTOR: dict[str, float] = {"sedentary": 1.2, "lightly_active": 1.375, "moderately_active": 1.55,
                                     "very_active": 1.725}
FLOOR_KCAL: dict[str, int] = {"male": 1500, "female": 1200, "other": 1350}
MAX_DEFICIT_KCAL, MAX_DEFICIT_SHARE, MAX_SURPLUS_KCAL = 750, 0.25, 500
LOWEST_TARGET, HIGHEST_TARGET = 1000, 6000


def resting_energy(profile: Profile) -> float:
    """Resting energy need in kcal/day (Mifflin-St Jeor; `other` takes the mean of the two sexes)."""
    info = profile.personal_info
    return 10 * info.weight_kg + 6.25 * info.height_cm - 5 * info.age + SEX_TERM[info.gender]


def activity_factor(profile: Profile) -> float:
    """Activity factor: what the person said, else by days of training a week (heuristic)."""
    said = profile.personal_info.activity_level
    if said is not None:
        return ACTIVITY_FACTOR[said]
    days = profile.preferences.days_per_week
    return ACTIVITY_FACTOR["lightly_active" if days <= 3 else "moderately_active"]


def energy_need(profile: Profile) -> int:
    """Daily energy need in kcal, rounded to 50, at least LOWEST_TARGET."""
    return max(LOWEST_TARGET, round_50(resting_energy(profile) * activity_factor(profile)))


def calorie_bounds(profile: Profile, limits: Limits) -> tuple[int, int] | None:
    """Lowest and highest calorie target allowed, kcal/day, multiples of 50; None where no number may be given.

    Low end: max(floor by sex, need - min(750, 25 %)), never above the need; the need itself where a deficit would harm.
    High end: need + 500. Both stay within the 1000-6000 of the contract.
    """
    if not limits.allow_calorie_number:
        return None
    need = energy_need(profile)
    low = need
    if limits.allow_deficit:
        floor = FLOOR_KCAL[profile.personal_info.gender]
        low = min(need, max(floor, need - min(MAX_DEFICIT_KCAL, int(MAX_DEFICIT_SHARE * need))))
    low = -(-low // 50) * 50
    if not limits.allow_deficit:
        low = max(low, FLOOR_KCAL[profile.personal_info.gender])
    return min(low, HIGHEST_TARGET), min(max(need + MAX_SURPLUS_KCAL, low), HIGHEST_TARGET)


def round_50(kcal: float) -> int:
    """Round to the nearest 50 kcal, halves up."""
    return int((kcal + 25) // 50) * 50
