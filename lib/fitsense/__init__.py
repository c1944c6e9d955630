"""FitSense: an AI fitness coach by teacher-student distillation, measured honestly on a laptop CPU.

Rooms, in the order in which they may import each other: contracts, knowledge, safety, planning, synthesis, teacher,
models, distillation, validation, training, evaluation, coach, app. A test (tests/test_arrows.py) checks the arrows.
"""

__version__ = "0.1.0"
