"""What the learner gains: accuracy on failures that it has not seen, after 0, 50 and 200 lessons."""

from __future__ import annotations

import random
from collections.abc import Sequence

from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.lesson import Experience, Teacher
from autonomous_cicd.plugins import parser
from autonomous_cicd.rules.book import Book
from autonomous_cicd.rules.load import marks
from autonomous_cicd.services.diagnose import Diagnoser
from autonomous_cicd.services.learn import lesson_of, with_experience
from benchmarks.diagnosis import diagnoser, own_logs

__all__ = ["main"]

LESSONS = (0, 50, 200)
SEEDS = 5


def main(quick: bool) -> None:
    """Print a table: with all rules, and without any."""
    logs = own_logs(passing=False)
    if len(logs) < 100:
        print("not measured: too few labelled logs")
        return
    shelf = parser.all()
    bare = Diagnoser(Book(marks(), [cue for one in shelf for cue in one.cues]), shelf, lambda text: text)
    print(f"| | {' | '.join(f'after {count} lessons' for count in LESSONS)} |")
    print(f"| --- | {' | '.join('---:' for _ in LESSONS)} |")
    for name, one in (("with the rules", diagnoser()), ("without any rule", bare)):
        known = [
            (found[0], log.category, log.accepted)
            for log in logs
            if (found := one.diagnose([log.path.read_bytes()], failed=True).failures)
        ]
        shares = [_accuracy(known, count, 1 if quick else SEEDS) for count in LESSONS]
        print(f"| {name} ({len(known)} failures) | {' | '.join(f'{share:.1%}' for share in shares)} |")


def _accuracy(known: Sequence[tuple[Failure, str, frozenset[str]]], count: int, seeds: int) -> float:
    right = total = 0
    for seed in range(seeds):
        shuffled = random.Random(seed).sample(known, len(known))
        taught, held = shuffled[:count], shuffled[max(LESSONS) :] or shuffled[-40:]
        lessons = [lesson_of(one, Category(category), Teacher.HEALING, 0.0) for one, category, _ in taught]
        experience = Experience.of(lesson for lesson in lessons if lesson)
        for failure, _, accepted in held:
            (told,) = with_experience([failure], experience)
            right += told.category.value in accepted
            total += 1
    return right / max(1, total)
