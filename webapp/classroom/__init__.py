"""A class: a teacher drives, students follow, act and predict. Its state is a fold of its log, like a room's."""
