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
        Refusal("internal", "A fault of the server's own; it is in the server's log."),
    )
}

ALL_REFUSALS: dict[str, Refusal] = REFUSALS | SERVER_REFUSALS

__all__ = ["ALL_REFUSALS", "SERVER_REFUSALS", "Refused"]
