# 诉求 / Appeals: what people read on the pages of this capability.

## 词 / Words

appeals-nav-home = Home
appeals-nav-report = Report something
appeals-nav-list = Everyone’s matters
appeals-nav-track = Track
appeals-nav-work = Workbench

kind-inquiry = Question
kind-help = Request for help
kind-complaint = Complaint
kind-report = Report of wrongdoing
kind-suggestion = Suggestion
kind-inquiry-hint = You want to know something
kind-help-hint = Something is broken or missing, or you need a hand
kind-complaint-hint = Somebody did it badly, or not at all
kind-report-hint = Somebody breaks the law; your identity is protected
kind-suggestion-hint = It could be better here

channel-web = Website
channel-mini_program = Mini-program
channel-phone = Telephone
channel-walk_in = Counter
channel-grid = Grid worker
channel-email = E-mail
channel-open311 = Open311
channel-api = Data interface
channel-import = Earlier records

urgency-danger = Danger
urgency-utility = Water, power, gas, heat
urgency-ordinary = Ordinary
urgency-complex = Complex

visibility-public = Public
visibility-reporter_anonymous = Public, without the exact place
visibility-confidential = Not public
visibility-public-hint = Everyone sees what you wrote and the exact place; nobody sees who you are
visibility-reporter_anonymous-hint = Everyone sees what you wrote, but of the place only the community; leave house numbers out of your text
visibility-confidential-hint = Seen only by you, the hotline centre and the office that handles it; that office does not learn who reported it

state-submitted = To be assigned
state-dispatched = To be accepted
state-returned = Being reassigned
state-accepted = In progress
state-contacted = In progress
state-answered = Answered
state-appraised = Rated
state-closed = Closed
state-withdrawn = Withdrawn

state-submitted-say = Received. We are finding out whose job it is
state-dispatched-say = Sent to { $organ }, which has yet to accept it
state-returned-say = { $organ } says this is not its job; it is being reassigned
state-accepted-say = { $organ } has accepted it and is working on it
state-contacted-say = { $organ } has spoken with the reporter and is working on it
state-answered-say = { $organ } has answered; the reporter can now rate the answer
state-appraised-say = The reporter has rated the answer and may still ask for a second look
state-closed-say = This matter is closed
state-withdrawn-say = The reporter took this back
state-closed-appraised-say = Closed after the reporter’s rating
state-closed-lapsed-say = Closed by itself: nobody rated the answer in time
state-closed-at_source-say = Closed in the system it came from
state-organ-unknown = The office in charge

phase-open = In progress
phase-answered = Answered
phase-closed = Closed

stage-dispatch = Assign
stage-accept = Accept
stage-contact = Get in touch
stage-answer = Answer

way-phone = By telephone
way-visit = In person
way-message = In writing

satisfied-5 = Very satisfied
satisfied-4 = Satisfied
satisfied-3 = Neither
satisfied-2 = Dissatisfied
satisfied-1 = Very dissatisfied

appeals-no-category = No category yet
appeals-untitled = Untitled
appeals-city-wide = Whole city

clock-left = { $span } left
clock-over = { $span } overdue
clock-kept = in time
clock-missed = { $span } late
clock-took = took { $span }
clock-paused = clock stopped

## 首页 / Home

home-hero-title = Something on your mind?
home-hero-lead = A street lamp out, noise at night, a run-around at the office: write it down, somebody takes it on, and you can watch every step.
home-text-label = What happened?
home-text-placeholder = For example: the lamp outside 12 Wenchang Road has been out for three days and it is hard to see after dark.
home-go = Report it
home-hint = No account needed. You may stay anonymous. It takes about three minutes.
home-emergency = If a life is in danger or a crime is happening now, call 110, 119 or 120.
home-figures-title = The city today
home-figures-received = Received today
home-figures-answered = Answered today
home-figures-open = In progress
home-figures-typical = Typical time to an answer
home-figures-typical-base = Half of the { $n } matters answered in the last 30 days took no longer
home-figures-typical-none = No answers in the last 30 days
home-figures-live = Live
home-figures-unit = matters
home-recent-title = Just answered
home-recent-more = More answers
home-recent-none = Nothing has been answered yet. Yours may be the first.
home-kept-title = Promised and kept
home-kept-lead = Every matter has a deadline. The clock starts when it is first assigned, and passing it around does not restart it.
home-kept-share = { $share }%
home-kept-base = { $kept } of { $all } matters answered in the last 30 days were answered in time
home-kept-none = No promises fell due in the last 30 days.
home-kept-late-link = See what is overdue

# Indicators, and cases left out of them
exclusion-too-early = A case can be left out only after it has been answered.
exclusion-already = Leaving this case out has been asked for before.
exclusion-not-waiting = Nothing waits for a decision on this case.
exclusion-own = Somebody else decides: you asked for this one yourself.

# Figures, promises kept
appeals-nav-watch = Figures
watch-title = Figures
watch-of = { $scope }, { $month }
watch-month = { $month } { $year }
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
watch-colon = :{" "}
watch-sentence = { $received } cases came in in { $month }{ $change }; { $answered } of them have been answered.
watch-as-many = {" "}(as many as the month before)
watch-more = {" "}({ $share }% more than the month before)
watch-fewer = {" "}({ $share }% fewer than the month before)
watch-table-of = { $title }: table
watch-so-far = {" "}so far
exclusion-no-such-case = There is no case with this number.
watch-scope = Show
watch-scope-areas = Districts and streets
watch-scope-organs = Offices
watch-go = Show
watch-earlier = Month before
watch-later = Next month
watch-figures = Seven figures
watch-rulebook = Weights are those of rulebook { $version }.
watch-report = Monthly report
watch-report-of = Monthly report: { $of }
watch-report-made = Made on { $at }. The numbers still change with later answers and call-backs.
watch-report-print = Print this page from the browser, or save it as PDF.
watch-screen = Big screen
watch-xlsx = Download for Excel
watch-csv = Download CSV
watch-exclusions = Cases left out
watch-unchanged = As the month before
watch-change = { $by } points on the month before
watch-no-change = Nothing to compare in the month before
watch-points = { $by }
watch-no-base = —
watch-no-base-long = No cases to count yet
watch-rate-of = { $rate } ({ $kept } of { $all })
watch-left-out-none = No case was left out.
watch-left-out = { $all } left out after the call-back: { $unreasonable } unreasonable, { $scope } out of scope, { $unreachable } unreachable.
watch-nothing = No cases in this month yet.
watch-trend = The last twelve months
watch-trend-sentence = Most cases came in in { $month }: { $received }.
watch-categories = What it is about
watch-category-risen = { $category }: { $share }% more than the month before, { $now } after { $before }.
watch-category-most = Most are about { $category }: { $now }.
watch-times = How long answers take
watch-times-sentence = Half of the { $all } answered cases were answered { $time }.
watch-times-none = No case of this month has been answered yet.
watch-within-hours = within { $n } hours
watch-within-days = within { $n } days
watch-longer = later than that
watch-organs = Offices
watch-streets = Streets
watch-streets-sentence = Most came from { $street }: { $received }.
watch-no-street = No street named
watch-league-sentence = The city’s solved rate is { $city }. { $above } offices are clearly above it, { $below } clearly below; the other differences may be chance.
watch-league-none = Nobody has been called back this month yet.
watch-above = above the city
watch-below = below the city
watch-similar = like the city
watch-col-month = Month
watch-col-received = Came in
watch-col-before = Month before
watch-col-category = Category
watch-col-time = Time
watch-col-answered = Answered
watch-col-share = Share
watch-col-so-far = So far
watch-col-name = Office
watch-col-street = Street
watch-col-likely = Likely range
watch-col-against = Against the city
watch-col-change = Change (points)
watch-col-figure = Figure
watch-col-numerator = Numerator
watch-col-denominator = Denominator
watch-col-rate = Rate
watch-as-table = Show as a table
indicator-response = Response rate
indicator-solution = Solved rate
indicator-satisfaction = Satisfaction
indicator-acceptance = Accepted in time
indicator-on_time = Answered on time
indicator-return = Return rate
indicator-repeat = Second handling
indicator-response-base = { $kept } of { $all } called back were contacted in time
indicator-solution-base = { $kept } of { $all } say it is solved
indicator-satisfaction-base = { $kept } of { $all } by weight
indicator-acceptance-base = { $kept } of { $all } due were in time
indicator-on_time-base = { $kept } of { $all } due were in time
indicator-return-base = { $kept } of { $all } dispatches came back
indicator-repeat-base = { $kept } of { $all } answered were taken up again
indicator-response-meaning = At the call-back: did the office contact the reporter within the promised time? Where the reporter does not say, the office’s record counts.
indicator-solution-meaning = At the call-back: is it solved? Of two appraisals the later one counts.
indicator-satisfaction-meaning = At the call-back, five levels; each counts by its weight in the rulebook.
indicator-acceptance-meaning = Was it accepted within the deadline? A later acceptance does not mend it, and a second round must be in time too.
indicator-on_time-meaning = Was it answered by the deadline? Cases that are past it without an answer count too; sending a case back does not move the deadline.
indicator-return-meaning = How many dispatches came back. One case may be dispatched several times.
indicator-repeat-meaning = How many answered cases were taken up again because the reporter was dissatisfied.
watch-cases = The cases behind a number
watch-which = Which cases
watch-which-counted = Counted
watch-which-missed = Missed
watch-which-clear = Without one
watch-which-excluded = Left out
watch-cases-none = No such case
watch-cases-none-hint = Try another month or another part of the city.
watch-cases-cut = None among those looked at so far; there are older ones.
watch-cases-more = Older cases
watch-case-hidden = Not shown to you
watch-weights = Weights (rulebook { $version }): very dissatisfied { $one }%, dissatisfied { $two }%, neutral { $three }%, satisfied { $four }%, very satisfied { $five }%.
watch-adds-not-yet = Not yet at this step
watch-adds-unknown = The source does not say
watch-adds-weight = Counts { $percent }%
watch-adds-returns = { $n } of { $all } dispatches came back
watch-adds-response-yes = Contacted in time
watch-adds-response-no = Not contacted in time
watch-adds-solution-yes = Solved
watch-adds-solution-no = Not solved
watch-adds-acceptance-yes = Accepted in time
watch-adds-acceptance-no = Not accepted in time
watch-adds-on_time-yes = Answered in time
watch-adds-on_time-no = Not answered in time
watch-adds-repeat-yes = Taken up again
watch-adds-repeat-no = Not taken up again
watch-exclusions-lead = Some cases should not count in the three figures of the call-back. One operator asks, another decides; both steps are recorded, and the kind of reason is public.
watch-exclusions-waiting = Waiting for a decision
watch-exclusions-none = Nothing is waiting.
exclusion-unreasonable = Unreasonable
exclusion-out_of_scope = Out of scope
exclusion-unreachable = Unreachable
exclusion-ask = Ask to leave a case out
exclusion-reason = Reason
exclusion-why = In your words
exclusion-send = Send
exclusion-grant = Leave it out
exclusion-refuse = Keep it in
exclusion-number = Enter the sixteen digits of the number.
exclusion-asked = Sent. Somebody else will decide.
exclusion-reviewed = The decision is recorded.
promises-title = Promises kept
promises-lead = What this city promised, and how much of it was kept. There is nothing personal here.
promises-fair = How to read this
promises-fair-text = Offices deal with different matters, and with more or fewer of them, so nobody is ranked here. With few cases a rate swings widely and its likely range is wide; only where the whole range lies above or below the city’s rate do we say so.
promises-counted = Each case counts once, in the month in which it came in. The numbers of a month still change until all of its cases are answered and called back.

# Open data
open-data-title = Open data
open-data-lead = All public cases, to download, count and map. No texts, no addresses, nothing personal.
open-data-feed = Feed (Atom)
open-data-from = From
open-data-to = To
open-data-get = Download CSV
open-data-span = At most 366 days at a time; without dates, the last 31. JSON and GeoJSON take the same from and to.
open-data-kept = What is left out
open-data-kept-text = Confidential cases are not in it. Places go no further than the street; coordinates are given only where the reporter agreed to everything being public, and then as the middle of a cell of about a kilometre. Titles, texts and answers may speak of people and are left out.
open-data-feeds = Feeds
open-data-feeds-text = Follow the whole city, a street, a category or a single case in a feed reader. Every filter of the public list can follow the address.
open-data-fields = Fields
open-data-field = Field
open-data-meaning = Meaning
open-data-number = Number of sixteen digits
open-data-kind = What is asked for: inquiry, help, complaint or suggestion
open-data-channel = How it came in
open-data-urgency = How soon it must be answered
open-data-state = Where it stands
open-data-category-code = Code of the category
open-data-category = Category, in Chinese
open-data-category-en = Category, in English
open-data-district = District
open-data-street = Street
open-data-organ-code = Code of the office
open-data-organ = The office that has it, or had it last, in Chinese
open-data-organ-en = The same in English
open-data-lat = Latitude of the middle of the cell (WGS 84)
open-data-lon = Longitude of the middle of the cell (WGS 84)
open-data-submitted-at = When it came in (UTC, as all times)
open-data-dispatched-at = When it was first dispatched
open-data-accepted-at = When the office accepted it
open-data-contacted-at = When the reporter was first contacted
open-data-answered-at = When it was last answered
open-data-reopened-at = When it was taken up again
open-data-closed-at = When it was closed
open-data-accept-due = By when it had to be accepted
open-data-contact-due = By when the reporter had to be contacted
open-data-answer-due = By when it had to be answered
open-data-returns = How often it was sent back
open-data-solved = Whether the reporter says it is solved
open-data-satisfied = Satisfaction, 1 to 5

door-report = Report something
door-report-hint = Write it down and somebody takes it on
door-track = Track progress
door-track-hint = With your number and code, see how far it is
door-ask = Ask a question
door-ask-hint = See how the same question was answered before

## 列表 / The public list

list-title = Everyone’s matters
list-lead = Public matters and their answers. Who reported them is never shown.
list-ask-title = Ask a question
list-ask-lead = Somebody may have asked it before.
list-search-label = Search
list-search-placeholder = For example: street lamp, service charge, residence permit
list-search-go = Search
list-filters = Filters
list-filter-state = Progress
list-filter-kind = Type
list-filter-category = Category
list-filter-area = Area
list-filter-all = All
list-filter-all-area = Whole city
list-filter-apply = Apply
list-filter-clear = Clear filters
list-filter-late = Overdue only
list-results = Matters
list-results-for = Results for “{ $q }”
list-empty-title = Nothing found
list-empty = Try another word or fewer filters, or report it yourself.
list-empty-first = There are no public matters here yet.
list-empty-action = Report something
list-answer-of = { $organ } answered

## 说一件事 / Report

report-title = Report something
report-title-phone = Take a call
report-lead = Five steps, about three minutes. Nothing is kept until you send it.
report-lead-phone = Write while you listen. You are the one who writes it down; the reporter is whoever called or came.
report-steps = Steps
report-step-what = What
report-step-where = Where
report-step-about = About
report-step-you = You
report-step-check = Check
report-next = Next
report-back = Back
report-to-check = Check your answers
report-text = What happened?
report-text-hint = When, what, and what should be done. Please leave out other people’s phone and ID numbers.
report-title-field = Title in one line
report-title-hint = Leave it empty and your first sentence will serve
report-kind = What is it?
report-area = Which area?
report-area-hint = The community is best. If you are not sure, pick the subdistrict or leave it open.
report-district = District and subdistrict
report-community = Community
report-area-none = Not sure, or the whole city
report-area-show = List communities
report-community-any = The whole subdistrict, or not sure
report-community-first = Pick a subdistrict first, then list its communities
report-address = Exact place
report-address-hint = Street and number, estate and building, or a crossing
report-position = Use my position
report-position-kept = Your position is attached (only the office that handles it sees it)
report-position-drop = Remove position
report-category = What is it about?
report-category-hint = If it is the wrong one, our staff will correct it.
report-category-unsure = Not sure: please sort it for me
report-category-search = Find a category
report-similar = Somebody may have said so already
report-similar-lead = If an answer helps, or one of these is your matter too, there is no need to send yours.
report-contact-hint = All optional. With a phone number, the office can ask questions and tell you the result.
report-contact-who = Only the people who handle this matter can see it, each look is recorded, and it is never public.
report-contact-who-report = Only one desk at the hotline centre can see who reported wrongdoing; the office that handles it cannot. Each look is recorded.
report-name = What should we call you?
report-phone = Telephone
report-email = E-mail
report-visibility = May others see this matter?
report-visibility-report = Reports of wrongdoing are never public, and the reporter is protected.
report-channel = Came by
report-urgency = Urgency
report-urgency-by-category = As usual for the category
report-check-title = Check your answers
report-check-lead = Once sent it cannot be changed, but you can take it back.
report-check-what = What
report-check-where = Where
report-check-about = Category
report-check-you = Contact
report-check-visibility = Who may see it
report-check-anonymous = No contact given. Keep the number and the code: they are how you follow it.
report-check-point = Position attached
report-change = Change
report-change-of = Change { $what }
report-send = Send
report-error-kind = Choose what it is
report-error-area = There is no such area; choose again
report-error-category = There is no such category; choose again
report-error-visibility = Choose who may see it
report-error-point = The position is not right; take it again or remove it
report-error-key = This page was open for too long. Please send it once more; your text is still here
report-error-channel = There is no such channel; choose again
report-error-urgency = There is no such urgency; choose again

## 这也是我的事 / Follow

follow-title = This is my matter, too
follow-lead = If it is the same matter, there is no need to report it again. Follow it, and with a code of your own you can see how it goes.
follow-count = { $n ->
    [one] 1 person follows this
   *[other] { $n } people follow this
}
follow-begin = This is my matter, too
follow-begin-hint = No account, and nothing to fill in again.
follow-go = Follow this matter
follow-back = It is a different matter
follow-different = Another place or another problem?
follow-report = Report it separately
follow-following = You follow this
follow-end = Stop following
follow-ended = You no longer follow this matter.
follow-closed = This matter is finished. If the problem is still there, please report it anew.
follow-own = You reported this matter yourself; there is no need to follow it.
follow-not-found = You are not following this matter.
followed-title = You follow it
followed-lead = Keep the number and the code; with them, “Track” shows you how it goes. The code is shown only this once.

## 附件 / Files

report-files = Photos or files
files-title = Photos and files
files-hint = Photos (JPEG, PNG, WebP), PDF or Office files, up to { $count } at once and { $most } MB each. Where and when a photo was taken is removed from it.
files-note-reporter = Only you and the people handling this see them. A photo becomes public once staff have checked that it shows no face or number plate. Please take personal details out of documents yourself.
files-note-staff = Before you make one public, check that it shows no face, number plate or house number.
files-note-confidential = This matter is not public: only those who handle it and the reporter see its photos and files.
files-add = Add photos or files
files-add-go = Upload
files-added = Uploaded.
report-file-drop = Leave this out
file-photo = Photo
file-photo-of = Photo added by { $by }, { $time }
file-by-reporter = The reporter
file-shown = Public
file-not-shown = Not public
file-show = Make public
file-hide = Take back
file-now-shown = Everyone can see it now.
file-now-hidden = Taken back. It is no longer public.
file-case-closed = This matter is finished; nothing more can be added to it.
file-confidential = This matter is not public, and neither can its files be.
file-not-found = There is no such file, or it is not yours to see.
files-busy = Too many uploads at the moment. Try again in a few minutes, or send your report without photos and add them later.
error-files-count = One matter takes up to { $most } photos and files; it has { $there }
error-files-at-once = Up to { $most } at once; add the others afterwards
error-files-none = Choose a photo or a file first
error-file-gone = The files you chose earlier have expired; please choose them again
error-file-empty = “{ $name }” is empty; choose another
error-file-unknown = “{ $name }” is no photo or document that can be read here; use JPEG, PNG, WebP, PDF or an Office file
error-file-kind = Files like “{ $name }” are not taken here; send a photo or a PDF
error-file-large = “{ $name }” is too large; keep it within { $most } MB
error-file-pixels = “{ $name }” has too many pixels; keep it within { $most } million
error-file-broken = “{ $name }” is damaged or incomplete; choose it again
error-file-macros = “{ $name }” contains macros; remove them or save it as PDF
error-file-bomb = “{ $name }” unpacks to far too much; choose another file

## 回执 / Receipt

receipt-title = We have it
receipt-lead = Keep the number and the code. The code is shown only once, and we cannot look it up for you.
receipt-number = Number
receipt-code = Code
receipt-copy-both = Copy number and code
receipt-copied = Copied
receipt-copy-text = Number { $number }, code { $code }, { $address }
receipt-qr = Scan to open the tracking page
receipt-next = What happens next
receipt-next-dispatched = Sent to { $organ }
receipt-next-waiting = The hotline centre decides whose job it is
receipt-next-accept = { $organ } accepts it
receipt-next-contact = They get in touch with you
receipt-next-answer = You get an answer
receipt-next-appraise = You say whether it is solved and how satisfied you are. If not, you can ask for a second look once
receipt-print = Print receipt
receipt-track = See progress
receipt-another = Report another matter
receipt-leave = On a shared computer? Choose “Leave” when you are done
receipt-gone = The receipt has been put away. Use your number and code to follow it.

## 一件事 / Case

case-what = What was reported
case-answer-of = Answer from { $organ }
case-answer-round = Second answer
case-timeline = What happened so far
case-facts = In brief
case-number = Number
case-kind = Type
case-area = Area
case-address = Place
case-channel = Came by
case-urgency = Urgency
case-visibility = Who may see it
case-organ = Office in charge
case-submitted = Reported
case-promise = Next promise
case-promise-late = Past its promise
case-promise-done = Promise kept
case-promise-allowed = { $promise } was promised
case-promise-base = The clock starts when it is first assigned. Sending it back or on does not stop it.
case-appraisal = The reporter’s rating
case-appraisal-solved = Solved
case-appraisal-unsolved = Not solved
case-seal-receipt = Download the receipt
case-seal-qr = QR code that leads to the sealed record of this matter
case-print = Print
case-back = Back to the list
case-yours = Did you report this?
case-yours-track = Track and rate it with your code
case-coordinates = { $lat } north, { $lon } east
case-source = From { $name }, number { $key } there
case-second-round = Second handling

step-submitted = Reported
step-dispatched = Assigned
step-accepted = Accepted
step-contacted = Spoke with the reporter
step-returned = Sent back for reassignment
step-answered = Answered
step-appraised = Rated
step-reopened = Second look requested
step-withdrawn = Taken back
step-closed = Closed
step-overdue = Overdue
step-by-reporter = The reporter
step-to = To { $organ }
step-to-final = Final ruling: { $organ } handles it
step-overdue-stage = Not done in the promised time: { $stage }
step-in-time = in time
step-late = late
step-took = took { $span }
step-round = The second handling starts here

## 查进度 / Track

track-title = Track progress
track-lead = Enter the number and the code from your receipt.
track-number = Number
track-number-hint = 16 digits; spaces do not matter
track-code = Code
track-code-hint = 10 letters and digits; upper or lower case
track-go = Look up
track-none = The number or the code is not right. Compare them with your receipt; zero and O, one and I count as the same.
track-lost = Lost your code?
track-lost-hint = Public matters can be read by their number alone. For others, bring your ID to the hotline centre’s counter or call 12345.
track-signed-in = What you have reported
track-mine-none = Matters you report while signed in are listed here.
track-case-title = Your matter
track-leave = Leave
track-leave-hint = On a shared computer, choose Leave when you are done
track-left = You have left. Enter number and code to come back.
track-appraise-title = How was the answer?
track-appraise-lead = You can rate it until { $time }; then it closes by itself.
track-appraise-solved = Is it solved?
track-appraise-yes = Yes, solved
track-appraise-no = No, not solved
track-appraise-satisfied = How satisfied are you?
track-appraise-comment = Anything to add
track-appraise-comment-hint = Optional. If it is not solved, say what is missing.
track-appraise-contacted = Did the office get in touch with you?
track-appraise-contacted-yes = Yes
track-appraise-contacted-no = No
track-appraise-contacted-unsure = Not sure
track-appraise-go = Send rating
track-appraise-reopen-note = If it is not solved, or you are dissatisfied, you can ask for a second look once.
track-appraised = Thank you. Your rating is recorded.
track-reopen-title = Ask for a second look
track-reopen-lead = Until { $time } you can ask { $organ } to handle it again, with new deadlines.
track-reopen-reason = What is still missing?
track-reopen-go = Ask for a second look
track-reopened = A second look is under way; the answer is due by { $date }.
track-withdraw-title = No longer needed?
track-withdraw-lead = This cannot be undone, and nobody will work on it any more.
track-withdraw-reason = Why do you take it back?
track-withdraw-go = Take it back
track-withdrawn = It has been taken back.
track-error-solved = Say whether it is solved
track-error-satisfied = Choose how satisfied you are

## 工作台 / Workbench

work-title = Workbench
work-tab-dispatch = To assign
work-tab-accept = To accept
work-tab-work = In work
work-tab-soon = Due soon
work-tab-late = Overdue
work-tab-returned = Sent back
work-tabs = Queues
work-queue = Matters in this queue
work-none = This queue is empty
work-none-hint = Nothing to do here. Try another queue.
work-pick = Pick a matter on the left
work-pick-hint = Sorted by deadline, the most urgent first.
work-more = More
work-case = Matter
work-people = People and deadlines
work-find = Open by number
work-find-go = Open
work-find-wrong = A number has sixteen digits; please check it
work-intake = Take a call
work-actions = Your steps
work-accept = Accept
work-accept-hint = Once accepted, your office sees it through.
work-accepted = Accepted.
work-contact = Record contact
work-contact-way = How did you get in touch?
work-contact-note = What was said
work-contact-note-hint = Optional. The reporter does not see it.
work-contacted = Contact recorded.
work-answer = Answer
work-answer-text = Answer to the reporter
work-answer-hint = What was done, what came of it, and what could not be done. This is public: no names or phone numbers.
work-answer-hint-confidential = What was done and what came of it. Only the reporter sees this.
work-answer-go = Send answer
work-answered = The answer has been sent.
work-return = Send back
work-return-reason = Why is it not your office’s job?
work-return-hint = The dispatcher sees your reason. It can be sent back { $left ->
    [one] once more
   *[other] { $left } more times
 }; the clock keeps running.
work-return-go = Send back to the dispatcher
work-returned = Sent back to the dispatcher.
work-dispatch-organ = To
work-dispatch-suggested = The catalogue suggests { $organ }
work-dispatch-suggested-none = The catalogue names no office here; please choose.
work-dispatch-note = Note for the office
work-dispatch-final-note = Sent back { $count ->
    [one] once
   *[other] { $count } times
 }. This assignment is final and cannot be sent back.
work-dispatch-go = Assign
work-dispatched = Assigned to { $organ }.
work-appraise = Record a call-back
work-appraised = The call-back is recorded.
work-reporter = Reporter
work-reporter-none = No contact details were left
work-reporter-hidden = Contact details are masked
work-reporter-protected = The reporter is protected; your office cannot see who it was
work-reporter-purpose = Why do you need them?
work-reporter-purpose-hint = Recorded with your name and the time; auditors can see it.
work-reporter-purpose-contact = To reach the reporter and ask about the matter
work-reporter-go = Record and show
work-reporter-shown = This look has been recorded. You will be asked again after leaving the page.
work-reporter-name = Name
work-reporter-phone = Phone
work-reporter-email = E-mail
work-conflict = Somebody was faster
work-conflict-lead = This matter changed after you opened it. Your text is still here; look at the change before you decide.
work-keys = Keys: J next, K previous, Enter open
work-returns = Sent back { $n ->
    [one] once
   *[other] { $n } times
 }
work-clock-all = All deadlines
work-error-organ = Choose an office
work-error-way = Choose how you got in touch

## 接口 / API

api-bad-cursor = This is no place in the list; start from the first page
api-bad-filter = There is no such filter value: { $value }

## 补充 / More

case-promise-line = { $stage } by
case-promise-missed = Promise not kept
case-position = Position
step-by-catalogue = Assigned by the dispatch catalogue
step-by-dispatcher = Assigned by a dispatcher
step-by-source = Assigned in the system it came from
report-position-failed = Your position could not be read. You can write the address above.
report-position-kept-drop = Remove the attached position
track-appraise-again = Ask for a second look

## 不能这样办 / Refusals

error-required = Please fill this in
error-too-short = Too short: at least { $min } characters (now { $length })
error-too-long = Too long: at most { $max } characters (now { $length })
error-phone = This does not look like a phone number. Use digits, with the area code if there is one, such as 0572 1234567
error-email = This does not look like an e-mail address. It should look like name@example.cn
error-satisfied = Choose one of the five levels
error-again = If it is solved and you are satisfied, there is no need for a second look
error-place = Say where it is, or choose an area

appeal-not-found = There is no such number, or it is not public. Whoever reported it can look with number and code.
appeal-already-there = This number is taken.
appeal-wrong-state = It is now “{ $state ->
    [submitted] to be assigned
    [dispatched] to be accepted
    [returned] being reassigned
    [accepted] in progress
    [contacted] in progress
    [answered] answered
    [appraised] rated
    [closed] closed
   *[withdrawn] withdrawn
 }”, so you can no longer { $command ->
    [dispatch] assign
    [accept] accept
    [contact] record contact for
    [return] send back
    [answer] answer
    [appraise] rate
    [reopen] reopen
   *[withdraw] withdraw
 } it. Reload the page to see what happened.
appeal-return-spent = The ruling is final: it cannot be sent back again (at most { $cap ->
    [one] once
   *[other] { $cap } times
 }).
appeal-return-late = The time for sending it back has passed ({ $within } after assignment).
appeal-reopen-spent = It has already had its second look (at most { $times ->
    [one] one
   *[other] { $times }
 }).
appeal-reopen-late = The time for asking for a second look has passed. You can report it again and name this number.
appeal-reopen-unowned = It is not known which office answered, so it cannot be looked at again. Please report it again and name this number.

category-unnamed = Category “{ $code }” needs a code and a name.
category-code-taken = The category code “{ $code }” is taken.
category-parent-unknown = The category above “{ $code }” does not exist.
category-below-itself = Category “{ $code }” cannot stand below itself.
category-too-deep = Category “{ $code }” would stand too deep; there are three levels.
category-not-found = There is no such category.
category-moved = A category keeps its place in the tree; add a new one where it is needed.
rulebook-unusable = This rulebook cannot be used: { $what }
catalogue-doubled-line = The catalogue has two lines for category { $category }, area { $area }.
catalogue-unknown-category = Line { $line } of the catalogue names a category that does not exist.
catalogue-unknown-area = Line { $line } of the catalogue names an area that does not exist.
catalogue-unknown-organ = Line { $line } of the catalogue names an office that does not exist or cannot receive matters.

home-figures-days = { $n ->
    [one] 1 day
   *[other] { $n } days
 }
track-none-field = Compare this with your receipt
track-expired = For your safety the look-up has expired. Enter number and code again and repeat the step.
track-readings = Who looked at your contact details
track-readings-none = Nobody so far.
track-readings-purpose = Purpose: { $purpose }
organ-kind-city = City
organ-kind-district = Districts
organ-kind-street = Subdistricts and towns
organ-kind-community = Communities
organ-kind-grid = Grids
organ-kind-department = Departments
organ-kind-hotline_centre = Hotline centre
work-conflict-kept = What you wrote
error-category = There is no such category; choose again
error-area = There is no such area; choose again
error-organ = There is no such office, or it cannot receive matters
appeal-key-used = This idempotency key was used for another matter. Use a new one.
appeal-changed-meanwhile = This matter changed after you opened it and is now “{ $state ->
    [submitted] to be assigned
    [dispatched] to be accepted
    [returned] being reassigned
    [accepted] in progress
    [contacted] in progress
    [answered] answered
    [appraised] rated
    [closed] closed
   *[withdrawn] withdrawn
 }”. Look at the change before you decide.
appeal-no-reporter = The reporter left no contact details.
appeal-track-wrong = The number or the code is not right. Compare them with your receipt.
list-unknown-category = There is no such category; choose again.
list-unknown-area = There is no such area; choose again.
import-says-nothing = This row says nothing.
import-without-time = This row has no submission time.
import-times-out-of-order = The times in this row are out of order.
import-in-the-future = The time in this row lies in the future.
import-too-early = The time in this row is too early.
import-too-many-at-once = Too many records at the same moment.
work-tab-all = All
api-bad-limit = A page has 1 to { $most } items

## 字段 / Fields, as the summary of errors names them

field-name-text = What happened
field-name-kind = Type
field-name-title = Title
field-name-area = Area
field-name-address = Place
field-name-category = Category
field-name-name = Name
field-name-phone = Telephone
field-name-email = E-mail
field-name-visibility = Who may see it
field-name-number = Number
field-name-code = Code
field-name-solved = Solved
field-name-satisfied = Satisfaction
field-name-comment = Anything to add
field-name-reason = Reason
field-name-withdraw_reason = Why you take it back
field-name-reply = Answer
field-name-note = Note
field-name-organ = Office
field-name-way = How you got in touch
field-name-purpose = Purpose
field-name-channel = Came by
field-name-urgency = Urgency

## 规则与目录 / The books of the city

appeals-nav-books = Rules and catalogues
books-title = Rules and catalogues
books-lead = What everybody’s work goes by. Every version is kept; none is changed behind anybody’s back.
books-rulebook = Rulebook
books-rulebook-line = Periods of each stage, how often matters may be sent back or handled again, lengths of texts. Version { $version } is in force
books-rulebook-lead = Periods, caps and limits stand here and nowhere in the program. A new version holds for what is assigned after it begins.
books-rulebook-body = The rules in full
books-rulebook-body-hint = TOML. Periods are written 30m, 2h, 7d (day and night) or 4wh, 5wd (working hours and days, by the calendar). A mistake is shown with its place, and nothing is saved.
books-categories = Categories
books-categories-line = What people choose from when they report: { $count } in all
books-categories-lead = Three levels at most. A retired category is no longer offered; matters that have it keep it.
books-catalogue = Dispatch catalogue
books-catalogue-line = Which office gets matters of which category in which area: { $count } lines in force
books-catalogue-lead = The most special category decides, then the closest area; where nothing fits, the line of last resort.
books-catalogue-edit = Prepare a new version
books-catalogue-lines = The catalogue
books-catalogue-lines-hint = One rule a line: category code, area code, office code. * stands for any. Paste it from a spreadsheet as it is.
books-catalogue-none-title = No dispatch catalogue yet
books-catalogue-none = As long as there is none, the hotline centre assigns every matter.
books-line-category = Category
books-line-area = Area
books-line-organ = Goes to
books-any-category = Any category (last resort)
books-to-dispatcher = Hotline centre decides
books-try = Try it out first
books-trial = What came of the trial
books-trial-summary = Tried on the { $cases } matters of the last { $days } days: { $same } go where they go now, { $moved } would go elsewhere.
books-trial-stranded = { $count } matters have an office now and would have none. Add lines for these categories and areas before you adopt it.
books-trial-moves = Would go elsewhere
books-trial-from = Goes now to
books-trial-to = Would go to
books-trial-cases = Matters
books-trial-example = Number of the newest
books-trial-more = { $count } further kinds are not listed.
books-versions = All versions
books-version = Version { $version }
books-in-force = In force
books-to-come = Yet to come
books-from = In force from
books-effective = When it takes effect
books-effective-hint = Empty: at once. In the city’s time.
books-effective-wrong = Give a date and a time, such as 2026-12-01 08:00
books-effective-past = It cannot take effect before now: promises that were made cannot be changed backwards
books-adopt = Adopt this version
books-adopted = Version { $n } has been adopted
books-category-code = Code
books-category-code-hint = Unique in the city, such as LIGHT-01
books-category-zh = Chinese name
books-category-en = English name
books-category-urgency = Urgency
books-category-urgency-hint = Sets the deadlines where nobody says otherwise
books-category-state = State
books-category-active = In use
books-category-retired = Retired
books-category-parent = Below which category
books-category-top = At the top
books-category-add = Add a category
books-category-added = “{ $name }” has been added
books-category-change = Change a category
books-category-changed = “{ $name }” has been changed
books-category-offered = Offered when people report
books-category-offered-hint = Without the tick it is retired
books-category-save = Save
catalogue-line-cells = Line { $line }, “{ $what }”, needs exactly three cells: category, area, office
catalogue-line-category = Line { $line }: there is no category with the code “{ $what }”
catalogue-line-area = Line { $line }: there is no area with the code “{ $what }”
catalogue-line-organ = Line { $line }: there is no office with the code “{ $what }” that can receive matters
catalogue-line-doubled = Lines { $first } and { $line } are for the same category and area; keep one
catalogue-no-line = The catalogue has no line
catalogue-too-many-lines = A catalogue has at most { $most } lines
catalogue-strands-cases = Not adopted: { $count } matters would be left without an office. They are listed below
field-name-lines = The catalogue
field-name-effective = When it takes effect
field-name-body = The rules in full

## Open311

appeals-nav-clients = Open311 keys
clients-title = Open311 clients
clients-lead = Other applications report by Open311 GeoReport v2 at { $address }. Each client has its own key and its own limit; reading needs no key.
clients-list = Registered clients
clients-none = There are no clients yet.
clients-name = Name
clients-name-hint = What the application or its owner is called, 2 to 60 characters.
clients-contact = Contact
clients-contact-hint = Whom to ask when something is wrong: a telephone number or an e-mail address.
clients-key = Key ends in
clients-per-minute = Requests a minute
clients-per-minute-hint = 1 to 6000. Beyond that a client has to wait a moment.
clients-since = Registered
clients-state = State
clients-state-revoked = Revoked
clients-revoke = Revoke
clients-revoked = The key of { $name } is revoked; it can report no longer.
clients-new = Register another client
clients-make = Make a key
clients-fresh = The key of { $name }
clients-fresh-once = Copy it now. It is shown this once; only its digest is kept.
open311-per-minute = Enter a whole number from 1 to { $most }.
open311-client-not-found = There is no such client.
open311-client-revoked = Its key has been revoked before.
open311-key = The key is wrong or has been revoked.
open311-key-missing = A report needs an api_key.
open311-too-many = Too many requests. Try again in { $seconds } seconds.
open311-number = { $name } is a whole number from { $least } to { $most }.
open311-date = { $name } “{ $value }” is no time; write it as 2026-01-31T09:00:00+08:00.
open311-dates-order = { $start } must not be later than { $end }.
open311-dates-span = { $start } and { $end } may lie 90 days apart at most.
open311-jurisdiction = There is no jurisdiction “{ $value }” here.
open311-no-such-address = There is nothing at this address.
open311-no-such-service = There is no service “{ $value }”.
open311-no-such-group = There is no group “{ $value }”.
open311-no-such-request = There is no request “{ $value }”, or it is not public.
open311-status = status is open or closed; there is no “{ $value }”.
open311-too-many-ids = Ask for { $most } numbers at most.
open311-service-missing = Name the service by its service_code.
open311-place-missing = Say where: lat and long, or address_string, or address_id.
open311-place-wrong = The place is wrong: lat is between -90 and 90, long between -180 and 180, and both are needed; address_id is the code of an area.
open311-attribute = This service asks no further questions; { $name } cannot be taken.
open311-media = Send it as application/x-www-form-urlencoded, or as multipart/form-data where pictures come with it.
open311-media-url = media_url begins with http:// or https:// and has { $most } characters at most.
open311-withdrawn = Withdrawn by whoever reported it.
open311-contact = Kept by { $city }, see { $url }
open311-key-service = The city’s administrator gives each client its key, see { $url }
open311-notice = Tracking code { $code }: with the number and the code the request can be followed, appraised or withdrawn at { $url }.
open311-notice-due = Tracking code { $code }: with the number and the code the request can be followed, appraised or withdrawn at { $url }. An answer is promised by { $due }.
case-media = Picture that the reporter links to
