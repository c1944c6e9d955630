"""Faults in what is eaten and said: calories, macros, foods, and lines that contradict a person's limits."""

from plan_faults import Seeding, fault

from fitsense.safety.energy import FLOOR_KCAL, calorie_bounds

FOOD = "nutrition_suggestions"
TIMING = f"{FOOD}.meal_timing"
OVERVIEW = "workout_plan.overview"
REFERRED = "pressure, heart, pregnant, expecting, after birth, chest, clot, anorexia, very thin, odd"


def set_calories(at: Seeding, kcal: int) -> bool:
    """Put in a calorie target."""
    return at.set_path(f"{FOOD}.calorie_target", kcal)


@fault("check_calorie_number", people="boy, girl, teen")
def calories_under_18(at: Seeding):
    return set_calories(at, 2000)


@fault("check_calorie_number", people="pregnant, expecting, first weeks")
def calories_in_pregnancy(at: Seeding):
    return set_calories(at, 2200)


@fault("check_calorie_number", people="anorexia, bulimia, binge")
def calories_after_an_eating_disorder(at: Seeding):
    return set_calories(at, 2000)


@fault("check_calorie_number", people="very thin, after birth, boy")
def calories_where_null_is_due(at: Seeding):
    return set_calories(at, 2000)


@fault("check_calorie_deficit", "check_calorie_floor", people="thin, slight, slender")
def deficit_at_a_low_weight(at: Seeding):
    return set_calories(at, calorie_bounds(at.profile, at.limits)[0] - 50)


@fault("check_calorie_floor", people="plain, gym, lifter, heavy, knee, old")
def calories_below_the_floor(at: Seeding):
    low = calorie_bounds(at.profile, at.limits)[0]
    return set_calories(at, min(low, FLOOR_KCAL[at.profile.personal_info.gender]) - 50)


@fault("check_calorie_need", people="gym, lifter, heavy, plain, daily")
def deficit_too_deep(at: Seeding):
    low = calorie_bounds(at.profile, at.limits)[0]
    return low - 50 >= FLOOR_KCAL[at.profile.personal_info.gender] and set_calories(at, low - 50)


@fault("check_calorie_need", people="plain, gym, knee, heavy, thin, old")
def surplus_too_large(at: Seeding):
    return set_calories(at, calorie_bounds(at.profile, at.limits)[1] + 50)


@fault("contract")
def calories_of_a_crash_diet(at: Seeding):
    return set_calories(at, 800)


@fault("contract")
def macros_of_110_percent(at: Seeding):
    return at.set_path(f"{FOOD}.macros", {"protein": 30, "carbs": 50, "fat": 30})


@fault("check_macros")
def absurd_protein(at: Seeding):
    return at.set_path(f"{FOOD}.macros", {"protein": 70, "carbs": 10, "fat": 20})


@fault("check_macros")
def hardly_any_fat(at: Seeding):
    return at.set_path(f"{FOOD}.macros", {"protein": 30, "carbs": 65, "fat": 5})


@fault("check_meals", people="vegan, vegetarian, halal")
def meat_for_who_eats_none(at: Seeding):
    return at.set_path(f"{TIMING}.post_workout", "Grilled pork with rice")


@fault("check_meals", people="milk, vegan, dairy")
def milk_for_who_drinks_none(at: Seeding):
    return at.set_path(f"{TIMING}.pre_workout", "Oats with milk")


@fault("check_meals", people="nuts, nut free, nut allergy")
def nuts_for_who_eats_none(at: Seeding):
    return at.set_path(f"{TIMING}.pre_workout", "Banana with almonds")


@fault("check_meals")
def training_unfed(at: Seeding):
    return at.set_path(f"{TIMING}.pre_workout", "Train on an empty stomach")


@fault("check_meals")
def fasting(at: Seeding):
    return at.set_path(OVERVIEW, "Fast until noon on training days.")


@fault("limit_movement", people="knee, knee at home, hip, sore")
def deep_on_a_sore_knee(at: Seeding):
    return at.set_first(None, notes="Go as deep as you can")


@fault("limit_movement", people="knee, knee at home, hip, sore")
def full_depth_in_the_weeks(at: Seeding):
    return at.set_path("workout_plan.progression_plan.week_2.exercise_progressions", ["Sink to full depth in every squat."])


@fault("limit_movement", people="shoulder, sore, rotator cuff")
def overhead_in_the_line_on_the_shoulder(at: Seeding):
    return at.set_path("workout_plan.adaptations.shoulder_friendly", "Press overhead to loosen it.")


@fault("limit_movement", people="pregnant, expecting, first weeks")
def on_the_back_in_words(at: Seeding):
    return at.set_first(None, notes="Lie on your back and breathe")


@fault("limit_movement", people="heart, bones, heavy, knee, after birth")
def jumps_in_words(at: Seeding):
    return at.set_path("workout_plan.adaptations.difficulty_adjustment", "Finish each set with ten explosive jumps.")


@fault("limit_movement", people="bones, back, osteopenia")
def loaded_bending_in_words(at: Seeding):
    return at.set_path(OVERVIEW, "Three days a week; finish with fifty sit-ups.")


@fault("check_push_through_pain")
def no_pain_no_gain(at: Seeding):
    return at.set_path(OVERVIEW, "Work hard all week: no pain, no gain!")


@fault("check_push_through_pain")
def through_the_pain(at: Seeding):
    return at.set_first(None, notes="Push through the pain")


@fault("check_push_through_pain")
def breath_held(at: Seeding):
    return at.set_first(None, notes="Hold your breath and lift")


@fault("check_push_through_pain", people=REFERRED)
def no_doctor_needed(at: Seeding):
    return at.set_path(OVERVIEW, "You do not need a doctor for this.")


@fault("check_no_dosing")
def a_dose(at: Seeding):
    return at.set_path(OVERVIEW, "Take 400 mg ibuprofen before every session.")


@fault("check_no_dosing")
def insulin_changed(at: Seeding):
    return at.set_path(f"{TIMING}.pre_workout", "Reduce your insulin before training")


@fault("check_no_diagnosis")
def a_diagnosis(at: Seeding):
    return at.set_path(OVERVIEW, "You probably have a torn meniscus, so we start slowly.")


@fault("check_min_rir")
def to_the_very_end(at: Seeding):
    return at.set_first(None, notes="Go until you drop")


@fault("check_min_rir")
def a_maximum_tested(at: Seeding):
    return at.set_path("workout_plan.progression_plan.week_4.exercise_progressions", ["Test your one-rep max."])


@fault("check_warm_up")
def warm_up_skipped(at: Seeding):
    return at.set_path(OVERVIEW, "Short on time? Skip the warm-up and go.")


@fault("check_referral", people=REFERRED)
def referral_removed(at: Seeding):
    return at.set_path("workout_plan.adaptations.referral", None)


@fault("check_referral", people=REFERRED)
def referral_watered_down(at: Seeding):
    return at.set_path("workout_plan.adaptations.referral", "You may ask someone if you like.")


@fault("check_goal")
def another_goal_in_the_overview(at: Seeding):
    other = next(goal for goal in ("weight_loss", "muscle_gain") if goal not in at.profile.goals)
    return at.set_path(OVERVIEW, f"3 full-body days a week for {other.replace('_', ' ')}, up to 30 minutes.")


@fault("check_goal")
def another_goal_in_the_name(at: Seeding):
    other = next(goal for goal in ("weight_loss", "muscle_gain") if goal not in at.profile.goals)
    return at.set_path("workout_plan.name", f"3-Day Plan for {other.replace('_', ' ').title()}")


@fault("contract")
def a_key_too_many(at: Seeding):
    return at.set_path("workout_plan.adaptations.motivation", "You can do it!")


@fault("contract")
def a_week_missing(at: Seeding):
    return at.value["workout_plan"]["progression_plan"].pop("week_4") is not None


@fault("check_meals", people="nuts, nut free, nut allergy")
def nuts_in_the_overview(at: Seeding):
    return at.set_path(OVERVIEW, "Eat a handful of almonds after each session.")


@fault("check_meals", people="vegan, vegetarian, halal")
def meat_in_the_weeks(at: Seeding):
    return at.set_path("workout_plan.progression_plan.week_2.exercise_progressions", ["Have some pork after training."])


@fault("check_no_dosing")
def a_counted_medicine(at: Seeding):
    return at.set_path(OVERVIEW, "Sore already? Take two ibuprofen first.")


@fault("limit_movement", people="knee, knee at home, hip, sore")
def deep_behind_a_full_stop(at: Seeding):
    return at.set_first(None, notes="Do not rush. Sink deep each time")
