"""Faults in what is trained: exercises, doses, effort, time, progression."""

import copy

from plan_faults import Seeding, fault, free_day

from fitsense.contracts.plan import DAYS
from fitsense.knowledge.exercises import find_exercise, load_exercises

CAPPED = "pressure, heart, heart at home, pregnant, expecting, after birth, anorexia, older, odd, asthma"
CAREFUL = "pressure, pressure controlled, heart, pregnant, bones, knee, old, anorexia, wheelchair"
LOW = "chest, long covid, clot"
PROGRESS = "workout_plan.progression_plan"
ADVICE = "adaptive_recommendations"
KEEP = f"{ADVICE}.if_time_constrained.shortened_version"


@fault("check_unknown_exercise")
def unknown_name(at: Seeding):
    return at.set_first(None, name="Moon Press")


@fault("check_unknown_exercise")
def nearly_known_name(at: Seeding):
    entry = at.entries()[0]
    entry["name"] += " Deluxe"
    return True


@fault("limit_joint_load", people="knee, knee at home, hip, shoulder, back, sore")
def loads_an_injured_part(at: Seeding):
    return at.swap_in("limit_joint_load")


@fault("limit_movement", people="heart, pregnant, bones, back, knee, heavy, odd, pressure")
def movement_to_avoid(at: Seeding):
    return at.swap_in("limit_movement")


@fault("limit_movement", people="pregnant, expecting, first weeks")
def lying_on_the_back_in_pregnancy(at: Seeding):
    return at.swap_in("limit_movement", lambda exercise: "supine" in exercise.flags)


@fault("limit_movement", people="shoulder, sore, rotator cuff")
def overhead_with_a_sore_shoulder(at: Seeding):
    return at.swap_in("limit_movement", lambda exercise: "overhead" in exercise.flags)


@fault("limit_movement", people="bones, older, osteopenia")
def fall_risk_with_weak_bones(at: Seeding):
    return at.swap_in("limit_movement", lambda exercise: "fall_risk" in exercise.flags)


@fault("limit_movement", people="heart, heart at home, heavy, clot, after birth")
def impact_where_none_may_be(at: Seeding):
    return at.swap_in("limit_movement", lambda exercise: "impact" in exercise.flags)


@fault("limit_equipment")
def needs_more_equipment(at: Seeding):
    return at.swap_in("limit_equipment")


@fault("limit_level")
def above_the_level(at: Seeding):
    return at.swap_in("limit_level")


@fault("limit_seated", people="wheelchair, chair at home, spine")
def standing_for_a_wheelchair_user(at: Seeding):
    return at.swap_in("limit_seated")


@fault("limit_intensity", people=f"{CAPPED}, {LOW}")
def cardio_above_the_cap(at: Seeding):
    return at.swap_in("limit_intensity")


@fault("limit_intensity", people=LOW)
def strength_where_only_gentle_is_safe(at: Seeding):
    return at.swap_in("limit_intensity", lambda exercise: exercise.kind == "strength")


@fault("check_balance_work", people="old, older, bones")
def balance_work_gone(at: Seeding):
    for session in at.week:
        kept = [entry for entry in session["exercises"] if find_exercise(entry["name"]).kind != "balance"]
        session["exercises"] = kept or session["exercises"]
    return not at.entries("balance")


@fault("check_duplicate_exercise")
def exercise_twice_a_session(at: Seeding):
    at.week[0]["exercises"].append(copy.deepcopy(at.week[0]["exercises"][0]))
    return True


@fault("check_duplicate_exercise")
def exercise_twice_in_capitals(at: Seeding):
    twin = copy.deepcopy(at.week[0]["exercises"][0])
    at.week[0]["exercises"][-1] = {**twin, "name": twin["name"].upper()}
    return True


@fault("check_repeated_entries", people="daily, lifter, gym, knee")
def same_lift_every_day(at: Seeding):
    lift, session = copy.deepcopy(at.entries("strength")[0]), copy.deepcopy(at.week[0])
    at.value["workout_plan"]["weekly_schedule"] = [{**session, "day": day, "exercises": [lift]} for day in DAYS[:6]]
    return True


@fault("check_days")
def a_day_too_many(at: Seeding):
    day = free_day(at.week)
    if day is None or len(at.entries()) == 24:
        return False
    at.week.append({**copy.deepcopy(at.week[0]), "day": day, "exercises": copy.deepcopy(at.week[0]["exercises"][:1])})
    return True


@fault("check_strength_apart", people="sugar, sugar daily, sugar twice")
def strength_on_days_that_follow_each_other(at: Seeding):
    lifts = [id(entry) for entry in at.entries("strength")]
    first, second = [session for session in at.week if any(id(entry) in lifts for entry in session["exercises"])][:2]
    next_day = DAYS[(DAYS.index(first["day"]) + 1) % 7]
    for session in at.week:
        if session["day"] == next_day:
            session["day"] = second["day"]
    second["day"] = next_day
    return True


@fault("check_days_off", people="sugar twice, sugar once, sugar")
def nothing_said_of_the_days_between(at: Seeding):
    del at.week[2:]
    workout = at.value["workout_plan"]
    workout["overview"] = "A calm week."
    workout["adaptations"]["difficulty_adjustment"] = "Stop each set early."
    for week in workout["progression_plan"].values():
        week["exercise_progressions"] = week["exercise_progressions"][:1]
    return True


@fault("contract")
def same_day_twice(at: Seeding):
    at.week.append({**copy.deepcopy(at.week[0]), "exercises": copy.deepcopy(at.week[0]["exercises"][:1])})
    return len(at.entries()) <= 24 and len(at.week) <= 7


@fault("contract")
def too_many_entries(at: Seeding):
    for session in at.week:
        session["exercises"] = [copy.deepcopy(session["exercises"][0]) for _ in range(10)]
    return len(at.entries()) > 24


@fault("check_weekly_sets")
def ten_sets_of_everything(at: Seeding):
    for entry in at.entries("strength"):
        entry["sets"] = 10
    return len(at.week) > 2 and len(at.entries("strength")) > 4


@fault("check_weekly_sets", people="gym, knee, girl, old, vegetarian, heavy, daily, shoulder, heart")
def one_muscle_overworked(at: Seeding):
    muscle = find_exercise(at.entries("strength")[0]["name"]).primary[0]
    for entry in at.entries("strength"):
        entry["sets"] = 10 if muscle in find_exercise(entry["name"]).primary else 1
    return sum(entry["sets"] == 10 for entry in at.entries("strength")) > 1


@fault("check_min_rest", people=f"gym, lifter, {CAREFUL}")
def rest_too_short(at: Seeding):
    return at.set_first(sets=2, rest=at.limits.min_rest - 5)


@fault("check_min_rest")
def rest_in_minutes(at: Seeding):
    return at.set_first(sets=2, rest=2)


@fault("check_min_rest")
def no_rest_at_all(at: Seeding):
    return at.set_first(sets=3, rest=0)


@fault("check_min_rest")
def circuit_without_rest(at: Seeding):
    return at.set_path(f"{KEEP}.circuit_format", "3 rounds, no rest")


@fault("check_min_rest", people="pressure, heart, pregnant, older, expecting")
def circuit_with_short_rest(at: Seeding):
    return at.set_path(f"{KEEP}.circuit_format", "3 rounds, 20 s between exercises")


@fault("check_session_minutes")
def session_of_endless_sets(at: Seeding):
    return at.set_first(None, sets=10, rest=600)


@fault("check_session_minutes")
def stated_minutes_too_long(at: Seeding):
    most = min(at.profile.preferences.workout_duration, at.limits.max_session_min)
    return at.set_path("workout_plan.weekly_schedule.0.duration", min(most + 1, 180))


@fault("check_session_minutes", people="gym, plain, old, asthma, heart, heavy")
def no_time_left_to_warm_up(at: Seeding):
    most = min(at.profile.preferences.workout_duration, at.limits.max_session_min)
    session = next((one for one in at.week if any("duration" in entry for entry in one["exercises"])), None)
    for entry in session["exercises"] if session else ():
        entry.update({"duration": most} if "duration" in entry else {})
    return session is not None


@fault("check_stated_minutes", people="gym, lifter, knee, pressure, heart")
def stated_minutes_too_few(at: Seeding):
    return at.set_path("workout_plan.weekly_schedule.0.duration", 5)


@fault("check_reps")
def no_repetitions(at: Seeding):
    return at.set_first(reps="0")


@fault("check_reps")
def a_thousand_repetitions(at: Seeding):
    return at.set_first(reps="1000")


@fault("check_reps")
def negative_repetitions(at: Seeding):
    return at.set_first(reps="-8")


@fault("check_reps")
def repetitions_without_a_number(at: Seeding):
    return at.set_first(reps="as many as you can")


@fault("check_reps")
def repetitions_to_failure(at: Seeding):
    return at.set_first(reps="8 to failure")


@fault("check_reps")
def held_for_ten_minutes(at: Seeding):
    return at.set_first(sets=1, reps="600 s")


@fault("check_least_reps", people="girl, heart, pregnant")
def one_heavy_single(at: Seeding):
    return at.set_first(sets=2, reps="1-3")


@fault("check_least_reps", people="girl, heart, pregnant")
def heavy_triples_all_week(at: Seeding):
    found = [entry for entry in at.entries("strength") if "reps" in entry and "s" not in entry["reps"]]
    for entry in found:
        entry["reps"] = "3"
    return bool(found)


@fault("check_reps", people="gym, plain, knee, lifter, girl, heart, old")
def lifting_in_minutes(at: Seeding):
    found = at.entries("strength")[:1]
    for entry in found:
        entry.pop("reps", None)
        entry.update(sets=1, duration=5, rest=0)
    return bool(found)


@fault("check_reps", people="gym, plain, knee, heart, old, asthma, heavy, pressure")
def cardio_in_repetitions(at: Seeding):
    found = [entry for entry in at.entries("cardio") if "duration" in entry][:1]
    for entry in found:
        entry.pop("duration")
        entry.update(sets=2, reps="10", rest=60)
    return bool(found)


@fault("contract")
def repetitions_and_minutes(at: Seeding):
    return at.set_first(reps="8", duration=5)


@fault("contract")
def eleven_sets(at: Seeding):
    return at.set_first(None, sets=11)


@fault("check_intensity_cap", people=f"{CAPPED}, {LOW}")
def hard_day_above_the_cap(at: Seeding):
    return at.set_path("workout_plan.weekly_schedule.0.intensity_level", "high")


@fault("check_min_rir", people=CAREFUL)
def too_near_failure(at: Seeding):
    return at.set_first(intensity=f"RIR {at.limits.min_rir - 1}")


@fault("check_min_rir", people=CAREFUL)
def too_near_failure_with_a_colon(at: Seeding):
    return at.set_first(intensity=f"RIR: {at.limits.min_rir - 1}")


@fault("check_min_rir")
def beginner_at_the_very_end(at: Seeding):
    return at.set_first(intensity="RIR 0")


@fault("check_min_rir")
def effort_of_ten(at: Seeding):
    return at.set_first(intensity="RPE 10")


@fault("check_min_rir")
def nothing_in_reserve_in_words(at: Seeding):
    return at.set_first(intensity="no reps left")


@fault("check_min_rir")
def effort_to_failure(at: Seeding):
    return at.set_first(intensity="to failure")


@fault("check_intensity_cap", people="pressure, heart, pregnant, expecting, anorexia, older")
def heavy_percentage(at: Seeding):
    return at.set_first(intensity="90 % of one-rep max")


@fault("check_intensity_cap", people=f"{CAPPED}, {LOW}")
def steady_work_too_hard(at: Seeding):
    return at.set_first("cardio", intensity="RPE 9")


@fault("check_intensity_cap", people=f"{CAPPED}, {LOW}")
def hard_words_above_the_cap(at: Seeding):
    return at.set_first("cardio", intensity="HIIT sprints")


@fault("check_load_step")
def step_of_a_quarter(at: Seeding):
    return at.set_path(f"{PROGRESS}.week_2.intensity_increase", 25)


@fault("check_load_step")
def step_of_a_fifth_in_words(at: Seeding):
    return at.set_path(f"{PROGRESS}.week_3.exercise_progressions", ["Add 20 % to every lift."])


@fault("check_load_step")
def large_step_when_easy(at: Seeding):
    return at.set_path(f"{ADVICE}.if_too_easy.increase_weight", 15)


@fault("check_deload")
def no_deload(at: Seeding):
    for week in ("week_2", "week_3", "week_4"):
        at.set_path(f"{PROGRESS}.{week}.intensity_increase", 5)
    return at.set_path(f"{PROGRESS}.week_4.exercise_progressions", ["Raise the load by 5 % again."])


@fault("limit_joint_load", "limit_movement", "limit_equipment", "limit_level", "limit_seated", "limit_intensity")
def excluded_exercise_advised(at: Seeding):
    wrong = next((one.name for one in load_exercises().values() if at.why_not(one) is not None), None)
    return wrong is not None and at.set_path(f"{ADVICE}.if_too_easy.add_exercises", [wrong])


@fault("check_unknown_exercise")
def unknown_exercise_advised(at: Seeding):
    return at.set_path(f"{ADVICE}.if_too_difficult.modify_exercises", ["Moon Press"])


@fault("check_change_target")
def keeps_what_is_not_there(at: Seeding):
    here = {entry["name"] for entry in at.entries()}
    other = next(one.name for one in load_exercises().values() if at.why_not(one) is None and one.name not in here)
    return at.set_path(f"{KEEP}.exercises_to_keep", [other])


@fault("check_min_rir", people="heart, pregnant, expecting, anorexia, older")
def effort_of_nine_behind_a_dash(at: Seeding):
    return at.set_first(intensity="RPE 7–9")


@fault("check_min_rir", people="heart, pregnant, expecting, anorexia, older")
def effort_of_nine_in_words(at: Seeding):
    return at.set_first(intensity="RPE 7 to 9")


@fault("check_min_rir", people=CAREFUL)
def reserve_of_one_before_the_word(at: Seeding):
    return at.set_first(intensity="1-2 RIR")


@fault("check_min_rir")
def as_many_as_possible(at: Seeding):
    return at.set_first(intensity="as many reps as possible")


@fault("check_min_rir")
def as_many_as_possible_in_the_notes(at: Seeding):
    return at.set_first(notes="Do as many reps as possible")


@fault("check_intensity_cap", people="pressure, heart, pregnant, expecting, anorexia, older")
def heavy_percentage_in_words(at: Seeding):
    return at.set_first(intensity="90 percent of one-rep max")


@fault("check_load_step")
def step_of_a_fifth_the_other_way_round(at: Seeding):
    return at.set_path(f"{PROGRESS}.week_3.exercise_progressions", ["Use 20 % more load than last week."])


@fault("check_load_step")
def a_fifth_heavier(at: Seeding):
    return at.set_path(f"{PROGRESS}.week_3.exercise_progressions", ["All lifts 20 % heavier."])


@fault("check_min_rest")
def circuit_non_stop(at: Seeding):
    return at.set_path(f"{KEEP}.circuit_format", "2 rounds back to back, non-stop")
