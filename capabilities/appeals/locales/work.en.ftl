# Handling: clock, working together, workbench.

## The thread
step-reminded = Reminder
step-reminded-stage = Due soon: { $stage }
step-transferred = Handed on
step-extended = More time approved
step-extended-paused = Clock stopped, with approval
step-resumed = Clock running again
step-resumed-paused = Clock running again
step-until = answer now due { $until }
step-merged = Handled together with another matter
step-split = Handled separately again
step-other = number { $number }
pause-awaiting_reporter = waiting for the reporter to send something
pause-court_or_review = before a court, an arbitrator or a review body
pause-expert_report = waiting for a test or an expert report
pause-weather = the weather does not allow the work

## Refusals
appeal-merged = This matter is handled together with another one. Act there, or separate the two first.
appeal-not-merged = This matter is not handled together with another one.
appeal-merge-itself = A matter cannot be joined to itself.
appeal-transfer-spent = It cannot be handed on again (at most { $cap ->
    [one] once
   *[other] { $cap } times
}, and never after a final ruling).
appeal-transfer-down = A department’s matter cannot be handed down to a street or community. Ask them for help, or send it back to the dispatcher.
appeal-merge-lead = The other matter cannot lead: it must be open and handled by itself, and nothing may be joined to this one.
appeal-transfer-same = That office already has it.
appeal-extension-spent = This round has had all its extensions and pauses ({ $cap } at most).
appeal-extension-late = The answer is already overdue, so there is no more time to ask for. Please answer as soon as you can.
appeal-extension-long = Too long, or not filled in: { $longest } at most.
appeal-pause-unnamed = The rulebook does not allow the clock to stop for that reason.
appeal-paused = The clock is stopped now. Start it again first.
appeal-not-paused = The clock is running.
calendar-year-missing = The working calendar does not hold the year { $year }, so this deadline cannot be counted. An administrator adds that year’s days off and worked weekends under Rules and catalogues › Rulebook and adopts the new version.

## Refusals of what runs beside a case
task-not-found = There is no such request, or it does not concern your office.
task-not-allowed = The rulebook in force does not offer this.
task-wrong-state = The request is now “{ $state ->
    [open] open
    [reported] reported
    [rated] scored
    [approved] approved
    [refused] refused
    [lifted] lifted
    [cancelled] cancelled
    [excluded] not counted
   *[other] something else
}”, so this cannot be done.
task-case-over = This cannot be asked where the matter stands now.
task-not-itself = An office cannot ask itself. Please choose another one.
task-already-open = The same has been asked already and is not finished.
task-not-street = Only street offices and communities can call departments.
task-no-reviewer = The rulebook does not say which office reviews ratings. An administrator can add it.
task-changed-meanwhile = The request changed after you opened the page. Please look at it again first.
error-person = Please choose a colleague.
error-score = Please give 1 to 5 points.
error-exclusion = Please choose why it is not counted.
error-invited = Please invite at least one office.
error-days = Please give the number of days.

## Working together
work-beside = Working together and notes
work-merged-into = Handled and answered together with:
work-merged-here = Handled together with this one: { $count }
work-asked = Written down. The offices concerned can see it.
work-task-done = Written down.
work-noted = Written down, for those who handle the matter only.
work-draft-kept = Draft kept. Colleagues who handle the matter can go on with it.
work-draft-keep = Keep as draft
work-texts = Standard texts to begin with
work-tab-mine = Mine
work-tab-supervised = Supervised
work-tab-whistle = Called
work-tab-asked = Asked of us
work-pick-one = Choose: { $title }
work-several = What came of it
work-several-hint = Tick several and act on them together:
work-several-accept = Accept those chosen
work-several-take = I take those chosen
work-several-done = Done

task-assist = Help from another office
task-whistle = Call to a department
task-extension = Request for time
task-supervision = Supervision
task-consultation = Joint consultation
task-senior = Senior in charge
task-assignment = Who works on it
task-call_back = Call back
task-review = Appeal against a rating
task-state-open = Open
task-state-reported = Reported
task-state-rated = Scored
task-state-approved = Approved
task-state-refused = Refused
task-state-lifted = Lifted
task-state-cancelled = Cancelled
task-state-excluded = Not counted
task-from-to = { $from } → { $to }
task-comma = {", "}
task-person = Named: { $name }
task-invited = Invited: { $organs }
task-terms-time = Asks for { $period } more for the answer
task-terms-pause = Asks to stop the clock for { $period } at most: { $ground }
task-escalated = Not answered in time; gone up { $count ->
    [one] one level
   *[other] { $count } levels
}
task-scored = Scored { $score } of 5
task-in-time = in time
task-late = late
task-reply = Reply:
task-words = In words
task-words-optional = optional
task-score = Score
task-senior-who = Which senior takes charge
task-act-reported = Report
task-act-reported-whistle = Report for duty
task-act-reported-consultation = Write the minutes
task-act-reported-senior = Name a senior
task-act-rated = Score the department
task-act-approved = Approve
task-act-approved-extension = Approve and move the deadline
task-act-approved-review = Uphold: do not count the rating
task-act-refused = Refuse
task-act-lifted = Lift the supervision
task-act-pressed = Not enough: press again
task-act-cancelled = Cancel
task-act-tried = Nobody answered
task-act-excluded = Do not count

ask-assignment = Give it to a colleague
ask-assignment-hint = Who works on this matter. A new choice replaces the one before.
ask-assist = Ask another office for help
ask-assist-hint = Your office stays in charge. The other one reports back in the set time and can read the whole matter.
ask-whistle = Call a department
ask-whistle-hint = It must report in the set time; both sides are scored.
ask-consultation = Call a joint consultation
ask-consultation-hint = Several offices meet; your office writes the minutes.
ask-extension = Ask for more time
ask-extension-hint = Give the reason and the days. The deadline moves only after the level above has approved.
ask-pause = Ask to stop the clock
ask-pause-hint = Only for reasons that the rulebook names, and only after the level above has approved.
ask-transfer = Hand it on
ask-transfer-hint = Another office takes the matter. The deadline stays, hand-overs are limited, and the reason is recorded.
ask-supervision = Supervise
ask-supervision-hint = The office in charge must answer in the set time; otherwise it goes up a level.
ask-merge = Handle together with another
ask-merge-hint = It is the same matter: handled once, and everybody who reported it is answered.
ask-split = Handle separately
ask-split-hint = It is handled by itself again, by the deadlines that were promised.
ask-review = Appeal against the rating
ask-review-hint = The rating is not about your work: a third party reviews it.
ask-resume = Start the clock again
ask-resume-hint = The reason is gone; the time runs on from now.
ask-organ = Office
ask-person = Colleague
ask-ground = Reason
ask-days = Days
ask-number = Number of the leading matter

note-write = Write a note
note-call = Write down a call
note-call-how = Did somebody answer?
note-call-yes = Yes
note-call-no = No
note-text = Text
note-hint = Only the offices that handle the matter see it; it is never public, and the reporter does not see it.
note-keep = Keep
note-all = Notes and calls
note-by = { $name }, { $organ }
note-call-reached = { $name }, { $organ }, spoke with the reporter
note-call-missed = { $name }, { $organ }, called and reached nobody

calls-title = Calls to make
calls-lead = Matters that are answered and not yet rated, the earliest answer first. Reached? Write down the rating. Nobody there? Note the attempt. What should not count is taken out, with the reason.
calls-none = Nobody to call now
calls-none-hint = New answers will appear here.
calls-answered = answered
calls-tried = { $count ->
    [one] one call
   *[other] { $count } calls
} without an answer
calls-write = Reached: write the rating
calls-missed = Nobody answered
calls-exclude = Do not count it
calls-why = Why
calls-kept = Written down.
