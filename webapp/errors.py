"""Why something asked of the server is refused: a code, the field that is wrong, and the facts of it."""

from engine.outcomes import REFUSALS, Refusal, Refused

# What the server can refuse besides the engine's own reasons.
SERVER_REFUSALS: dict[str, Refusal] = {
    refusal.code: refusal
    for refusal in (
        Refusal("malformed", "The bytes are no packet of the protocol."),
        Refusal("unknown_event", "The server takes no event of that name."),
        Refusal("unknown_room", "There is no room at that address."),
        Refusal("unknown_scenario", "There is no scenario of that name."),
        Refusal("unknown_lesson", "There is no lesson of that name."),
        Refusal("unknown_step", "The lesson has no step of that name."),
        Refusal("not_in_a_room", "The connection must open or join a room first."),
        Refusal("nothing_scheduled", "A single step was asked for, and nothing is under way."),
        Refusal("already_running", "The room's clock is running already."),
        Refusal("already_paused", "The room's clock is paused already."),
        Refusal("log_full", "The room's log has as many commands as one may have."),
        Refusal("other_engine", "The room was made with another version of the engine; this one cannot replay it."),
        Refusal("moved", "The room's log had gone on in another process; the present that it left has been sent."),
        Refusal("not_stored", "The command could not be written to the room's log, so it was not carried out."),
        Refusal("busy", "As many others wait for a calculation as may; it was not begun."),
        Refusal("took_too_long", "A calculation took longer than one may, and was stopped."),
        Refusal("nothing_compared", "There is no second cluster that could go."),
        Refusal("too_long", "The run has more in it than can be worked out again at once."),
        Refusal("bad_log", "What should be a packed log is none, or not one that this server can replay."),
        Refusal("sealed", "The room is a shared run: it can be copied, not entered."),
        Refusal("other_family", "The room belongs to another family than the one that the viewer is in."),
        Refusal("too_many_branches", "The room's family has as many branches as one may have."),
        Refusal("empty_text", "Something is to be written there."),
        Refusal("long_text", "The text is longer than it may be."),
        Refusal("hidden_text", "The text has characters in it that hide, or reach into what stands round them."),
        Refusal("name_signs", "A name has signs in it that are neither letters nor digits."),
        Refusal("name_taken", "Somebody in the class has that name."),
        Refusal("unknown_code", "No class has that code now."),
        Refusal("unknown_class", "There is no class at that address; it may have been deleted."),
        Refusal("unknown_member", "Nobody in the class is that member."),
        Refusal("unknown_choice", "The question has no such choice."),
        Refusal("same_choices", "Two of the choices are the same."),
        Refusal("no_poll", "No question is shown."),
        Refusal("poll_closed", "The question takes no more answers."),
        Refusal("too_many_polls", "The class has asked as many questions as it may."),
        Refusal("nobody_alone", "Nobody plays alone now."),
        Refusal("not_of_the_class", "The room is not one of the class."),
        Refusal("class_locked", "Nobody new may come into the class now."),
        Refusal("class_full", "The class has as many members as it may have."),
        Refusal("class_ended", "The class is over."),
        Refusal("class_frozen", "The teacher has all students take their hands off."),
        Refusal("bad_key", "That is no key that this server has made."),
        Refusal("revoked", "The link was made useless by the class's owner."),
        Refusal("removed", "The teacher has taken this member out of the class."),
        Refusal("not_in_class", "The room belongs to a class, and the asker is not in it."),
        Refusal("not_your_room", "The room is not the one in which the asker belongs now."),
        Refusal("not_your_client", "The client belongs to somebody else in the class."),
        Refusal("clients_only", "Students read and write in this class now, and leave the nodes alone."),
        Refusal("look_only", "Students follow the teacher now."),
        Refusal("teachers_only", "Only teachers of the class may do that."),
        Refusal("owner_only", "Only the owner of the class may do that."),
        Refusal("students_only", "Only students do that."),
        Refusal("viewers_look", "Whoever watches by a viewer's link only looks."),
        Refusal("internal", "A fault of the server's own; it is in the server's log."),
    )
}

ALL_REFUSALS: dict[str, Refusal] = REFUSALS | SERVER_REFUSALS

__all__ = ["ALL_REFUSALS", "SERVER_REFUSALS", "Refused"]
