# The frame of every page
shell-brand = Gongzhi
shell-site = { $city } together
shell-skip = Skip to the content
shell-sample = This is an invented sample city. Its people, cases and addresses are not real.
shell-nav = Main
shell-sign-in = Sign in
shell-theme = Light or dark
shell-theme-auto = As my device
shell-theme-light = Light
shell-theme-dark = Dark
shell-edition-elder = Large print
shell-edition-standard = Standard view
shell-footer = What concerns { $city } is done together.
shell-help = Help
shell-accessibility = Accessibility
shell-privacy = Your personal data
shell-api = Open API

actor-visitor = Visitor
actor-resident = Resident
actor-official = Case officer
actor-organisation-member = Member of an organisation
actor-operator = Hotline operator
actor-auditor = Auditor
actor-administrator = Administrator
actor-system = System

# Forms
field-optional = optional
field-wrong = Please change:
field-limit = { $n ->
    [one] At most one character
   *[other] At most { $n } characters
 }
field-left = Characters left: { $n }
field-over = Characters too many: { $n }

# Lists
pager-label = Pages
pager-newer = Newer
pager-older = Older

# Time
time-now = just now
time-minutes-ago = { $n ->
    [one] one minute ago
   *[other] { $n } minutes ago
 }
time-in-minutes = { $n ->
    [one] in one minute
   *[other] in { $n } minutes
 }
time-hours-ago = { $n ->
    [one] one hour ago
   *[other] { $n } hours ago
 }
time-in-hours = { $n ->
    [one] in one hour
   *[other] in { $n } hours
 }
time-today = today at { $clock }
time-yesterday = yesterday at { $clock }
time-tomorrow = tomorrow at { $clock }
time-days-ago = { $n ->
    [one] one day ago
   *[other] { $n } days ago
 }
time-in-days = { $n ->
    [one] in one day
   *[other] in { $n } days
 }
time-date = { $day } { $month }
time-date-year = { $day } { $month } { $year }
time-date-clock = { $date }, { $clock }
time-month-1 = January
time-month-2 = February
time-month-3 = March
time-month-4 = April
time-month-5 = May
time-month-6 = June
time-month-7 = July
time-month-8 = August
time-month-9 = September
time-month-10 = October
time-month-11 = November
time-month-12 = December
time-minutes = { $n ->
    [one] 1 minute
   *[other] { $n } minutes
 }
time-hours = { $n ->
    [one] 1 hour
   *[other] { $n } hours
 }
time-days = { $n ->
    [one] 1 day
   *[other] { $n } days
 }
time-two-units = { $large } { $small }
time-left = { $length } left
time-overdue = { $length } overdue

# Sign-in and account
sign-in-title = Sign in
sign-in-lead = You need no account to report a matter. Sign in to see what you have reported, or to work on cases.
sign-in-login = Sign-in name
sign-in-password = Password
sign-in-button = Sign in
sign-in-login-missing = Enter your sign-in name.
sign-in-password-missing = Enter your password.
sign-in-done = You are signed in, { $name }.
sign-in-needed = Please sign in to see this page.
sign-in-demo = Sign-ins of the sample city
sign-in-demo-lead = All of these people are invented. Choose one to look around as they would.
sign-out-button = Sign out
sign-out-done = You are signed out.
account-title = My account
account-name = Name
account-acting = Acting as
account-sessions = Where you are signed in
account-sessions-lead = These devices are signed in to your account now. End any that you do not know, then change your password.
account-session-this = The one you are using
account-session-since = Signed in
account-session-seen = Last used
account-session-until = Ends at the latest
account-session-end = End
account-session-end-of = End the session begun { $date }
account-session-ended = That session has ended.
account-memberships = Act in another capacity
account-memberships-lead = You hold posts in several bodies. Choose the one you act for.
account-self = Yourself, as a resident
account-switch = Change to: { $name }
account-switched = You now act in the other capacity.

# Signing in with two steps
sign-in-code-title = Second step: the code
sign-in-code-lead = Your password is right. Now open the authenticator app on your phone and type the six digits that it shows.
sign-in-code-label = Code
sign-in-code-hint = Six digits that change every 30 seconds, or one of your recovery codes.
sign-in-code-button = Sign in
sign-in-code-lost = Without your phone, use one of the recovery codes that you kept. If you have none left, ask the administrator of your organisation.
set-up-title = Set up your authenticator
set-up-demanded = Your role lets you see other people’s details, so signing in takes one step more.
set-up-lead = From now on you sign in with your password and a number from your phone. Somebody who learns your password still cannot get in.
set-up-app = Open an authenticator app on your phone. If you have none, install one first; any that supports standard one-time codes will do.
set-up-scan = Choose to add an account in the app, and scan this code.
set-up-qr = QR code for the authenticator
set-up-by-hand = If you cannot scan it, choose to type the key in the app and enter this:
set-up-secret = Key for the authenticator
set-up-code = The six digits in the app
set-up-code-hint = Type them once to finish.
set-up-button = Finish
recovery-title = Keep your recovery codes
recovery-lead = If your phone is lost or broken, sign in with one of these. Each works once. Write them down, print them or put them in a password manager, apart from your password.
recovery-copy = Copy all
recovery-copied = Copied
recovery-print = Print
recovery-once = They are not shown again after you leave this page; you can have new ones at any time.
recovery-go-on = I have kept them
prove-title = Please show that it is you
prove-lead = What you are about to do concerns the safety of your account. Confirm once more; you will not be asked again for ten minutes.
prove-button = Confirm
prove-back = Back
prove-done = Thank you. You can go on now.
security-title = Sign-in and security
security-authenticator = Two-step sign-in
security-on = On
security-off = Off
security-why = With it, signing in takes your password and a number from your phone. Somebody who only knows the password cannot get in.
security-set-up = Turn on two-step sign-in
security-codes-left = { $n ->
    [one] One recovery code is
   *[other] { $n } recovery codes are
} left.
security-new-codes = Get new recovery codes
security-change = Change the authenticator
security-remove = Turn off two-step sign-in
security-removed = Two-step sign-in is off.
security-begin-again = This took too long. Please try again.
security-password = Change your password
security-present = Present password
security-new = New password
security-new-hint = At least 8 characters. A few unrelated words in a row are easy to remember and hard to guess; no signs needed.
security-password-button = Change password
security-password-set = Your password has changed, and you are signed out everywhere else.

# Home
welcome-title = Home
welcome-heading = Tell us what needs doing
welcome-lead = Residents, government and social organisations of { $city } look after their city together here.
welcome-elder-lead = What would you like to do? Choose one of the large buttons.
welcome-elder-way = Larger letters, larger buttons, one step at a time: the large-print view

# Help
help-title = Help
help-lead = In three sentences.
help-report-title = Report a matter
help-report = Write on the home page what happened and where. You get a number and a tracking code; keep them.
help-follow-title = Follow it
help-follow = With the number and the code you see at any time who is working on it, how far it is, and when you will be answered.
help-appraise-title = Say how it went
help-appraise = After the answer, tell us whether it is solved and whether you are satisfied. If it is not, you may ask for it to be taken up once more.
help-danger = In danger, call 110, 119, 120 or 122 first.

accessibility-title = Accessibility
accessibility-lead = This site is meant for everyone, whatever their age, eyesight or device.
accessibility-1 = Every page works without a mouse and without scripts; the Tab key leads to every control in turn.
accessibility-2 = Letters can be enlarged to 30 pixels without losing anything; the large-print view has larger letters and buttons and does one thing per page.
accessibility-3 = A state is always shown by icon, word and colour, never by colour alone.
accessibility-4 = Every map and chart also has words.
accessibility-way = If something does not work for you, report it like any other matter.

privacy-title = Your personal data
privacy-lead = We ask only for what the matter needs, show it only to those who work on it, and record every look at it.
privacy-1 = The name and phone number of who reports are never public. The body in charge sees them only to contact you, and each look records who, when and what for.
privacy-2 = Who reports wrongdoing is seen by the named desk alone.
privacy-3 = You may see, copy, correct and delete your data. Suggestions made by machines are only suggestions: people decide.
privacy-4 = This site sets only the cookies it needs, for sign-in, language, light or dark, and view. No tracking, no advertising.

# Open API
api-title = Open API
api-lead = What people can do on the pages, programs can do too. The description follows OpenAPI 3.1; errors are application/problem+json.
api-document = The description as a file
api-auth-title = Saying who you are
api-auth = Public data needs no sign-in. To act for a person, get a token with POST /api/v1/sessions and send it in the header:
api-parameters = Parameters
api-parameter = Name
api-where = Where
api-meaning = Meaning
api-required = required
api-body = Body
api-answers = Answers
api-status = Status
api-schemas = Types
api-fields = Fields
api-type = Type
problem-title = Error: { $code }
problem-lead = With this code the API says why a request did not succeed:

# When something goes wrong
error-request = Request number
error-way-home = To the home page
error-way-back = Back to the last page
error-way-retry = Try again
error-400-title = We cannot read this request
error-403-title = This is not open to you
error-401-title = Please sign in first
error-404-title = Not found
error-405-title = This address cannot be used like that
error-409-title = Things have changed meanwhile
error-413-title = Too large
error-415-title = The wrong kind of content
error-422-title = Some things need changing
error-429-title = Please wait a moment
error-431-title = The request is too long
error-500-title = Something went wrong on our side
error-503-title = Very busy just now
error-507-title = No room to save it just now

error-no-such-page = There is nothing at this address. Check it for a typing error, or start from the home page.
error-method = This address does not take such a request. Use the buttons and links on the pages.
error-sign-in-first = You need to sign in for this.
error-not-for-you = You cannot do this in your present capacity. If you have another one, change to it under My account.
error-other-origin = This request did not come from a page of this site, so nothing was done. Go back to the page and do it again.
error-form-token = The form was open for too long, or your browser refuses cookies. Nothing was sent. Go back, reload the page and send it again.
error-summary-line = { $field }: { $said }
error-fields = Some things need changing. Change them and send it again.
error-field-missing = This is missing.
error-field-unreadable = This cannot be read ({ $said }).
error-form-kind = A form must be sent as application/x-www-form-urlencoded.
error-form-unreadable = The form cannot be read. Go back and fill it in again.
error-json-kind = The header Content-Type must be application/json.
error-json-unreadable = This is not valid JSON: reading stopped at line { $line }, column { $column }.
error-json-shape = The JSON has the wrong shape: { $said }.
error-body-broken = The request was cut short. Please send it again.
error-too-large = This is larger than allowed. Shorten it or send fewer files.
error-idempotency-key = Idempotency-Key must be 1 to 200 visible ASCII characters, given once.
error-token-stale = This token is no longer good. Sign in again to get a new one.
error-fault = This is not your fault. We have noted it; please try again later. If you write to us about it, name the request number below.
error-too-many-sign-ins = Several sign-ins from here did not match. Please try again in { $seconds } { $seconds ->
    [one] second
   *[other] seconds
}.
error-too-many-writes = Too much was sent from here in a short time, and this was not carried out. Please try again in { $seconds } { $seconds ->
    [one] second
   *[other] seconds
}.
error-busy = Many people are here at the same time, and your request was not carried out. Please try again in a few seconds.
error-full = There is no room left, and what you sent was not saved. Please send it again after we have made room.

# Audit
audit-title = Audit trail
audit-lead = Who signed in, who was given which role, who read whose details, who changed how the city works. Nobody can change it.
audit-search = Search
audit-section = Kind
audit-section-any = All
audit-section-sign-in = Sign-ins
audit-section-account = Accounts
audit-section-permission = Permissions
audit-section-reading = Readings and exports
audit-section-administration = Administration
audit-login = Sign-in name
audit-from = From
audit-to = To
audit-day-unreadable = Write the date like 2026-03-02.
audit-login-unknown = Nobody signs in with this name.
audit-entries-title = Entries
audit-none = Nothing fits what you are looking for.
audit-export = Export as CSV
audit-kept = Entries are kept as long as the journal, which only grows and is never deleted; gongzhi check verifies it. A search for one person and every export are entries themselves.
audit-failures = { $n ->
    [one] first in a row
   *[other] { $n } in a row
}
audit-appeal = appeal { $number }
audit-entries = { $n ->
    [one] one entry
   *[other] { $n } entries
}
audit-kind-session-started = Signed in
audit-kind-session-switched = Changed capacity
audit-kind-session-ended = Session ended
audit-kind-sign-in-refused = Sign-in failed
audit-kind-sign-in-cleared = Failures forgotten
audit-kind-person-registered = Account registered
audit-kind-person-changed = Account changed
audit-kind-person-password-set = Password set
audit-kind-person-suspended = Account suspended
audit-kind-person-restored = Account restored
audit-kind-person-second-factor-set = Authenticator set up
audit-kind-person-second-factor-removed = Authenticator removed
audit-kind-person-recovery-codes-made = New recovery codes
audit-kind-person-recovery-code-used = Recovery code used
audit-kind-membership-granted = Role given
audit-kind-membership-revoked = Role taken back
audit-kind-api-client-registered = Interface client registered
audit-kind-api-client-revoked = Interface client revoked
audit-kind-appeal-reporter-read = Reporter’s details read
audit-kind-audit-searched = Somebody’s entries searched
audit-kind-audit-exported = Entries exported
audit-kind-organ-established = Organ established
audit-kind-organ-changed = Organ changed
audit-kind-area-added = Area added
audit-kind-area-changed = Area changed
audit-kind-area-ended = Area ended
audit-kind-category-established = Category established
audit-kind-category-changed = Category changed
audit-kind-appeal-rulebook-adopted = Rulebook adopted
audit-kind-appeal-catalogue-adopted = Dispatch catalogue adopted
audit-reason-signed-out = signed out
audit-reason-revoked = ended from the list
audit-reason-replaced = signed in again in the same browser
audit-reason-password-set = new password
audit-reason-second-factor-set = authenticator changed
audit-reason-suspended = account suspended
audit-reason-membership-revoked = role taken back
audit-reason-expired = expired
audit-role-handler = handler
audit-role-head = head
audit-role-operator = operator
audit-role-auditor = auditor
audit-role-member = member
audit-role-administrator = administrator

# My data
my-data-title = My data
my-data-lead = This is everything personal that your account holds. You can see it, copy it, correct it, or have the account erased.
my-data-none = Not given
my-data-phone = Telephone
my-data-since = Registered
my-data-copy = Download a copy (JSON)
my-data-appeals = What you have reported, and who has looked at how to reach you, is shown with each of your appeals.
my-data-correct = Correct it
my-data-correct-button = Save
my-data-corrected = Your data is corrected.
my-data-erase = Erase the account
my-data-erase-lead = Your name, sign-in name, telephone and ways of signing in are deleted for good, and you are signed out everywhere. What you have reported is still worked on, and tracking codes stay valid. Copies in backups go when the backups expire.
my-data-sure = I understand that this cannot be undone
my-data-not-sure = Tick the box first, to say that you understand that this cannot be undone.
my-data-erase-button = Erase my account
my-data-erased = Your account is erased.
audit-kind-person-data-copied = Own data copied
audit-kind-person-erased = Account erased
audit-reason-erased = account erased
