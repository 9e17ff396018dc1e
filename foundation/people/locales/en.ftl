# Persons, organs, areas, sign-in: what a refusal says.

people-sign-in-first = Please sign in first.
people-not-allowed = You cannot do this in your present role. If you hold another one, switch to it and try again.
people-sign-in-wrong = That name and password do not match. Please try again; if you forgot the password, an administrator can set a new one.
people-sign-in-locked = Several attempts did not match. Please try again in { $minutes } { $minutes ->
        [one] minute
       *[other] minutes
    }.
people-sign-in-busy = Many people are signing in right now. Please try again in a few seconds.
people-suspended = This account is suspended. If you have questions, please contact the administrator.

people-person-not-found = There is no such person.
people-organ-not-found = There is no such organ.
people-area-not-found = There is no such area.
people-membership-not-found = There is no such role.
people-session-not-found = There is no such session; it may be over already.

people-name-missing = Please enter a name.
people-name-too-long = A name has at most { $max } characters.
people-name-unreadable = The name holds characters that cannot be shown. Please type it again.
people-login-unusable = A sign-in name has 2 to 64 letters, digits or the signs . _ - @ +.
people-login-taken = Somebody already uses this sign-in name. Please choose another.
people-phone-unusable = A telephone number has 5 to 20 digits and may begin with +.
people-no-login = This person has no sign-in name, so no password can be set.
people-password-too-short = A password has at least { $min } characters.
people-password-too-long = A password has at most { $max } characters.
people-password-too-easy = This password is easy to guess. Try a few unrelated words in a row.
people-password-wrong = This is not your present password.

people-code-missing = Please enter a code.
people-code-unusable = A code has at most { $max } letters, digits or the signs . _ - :.
people-code-taken = This code is in use already. Please choose another.
people-organ-within-itself = An organ cannot stand below itself.
people-organ-dissolved = This organ has been dissolved; nobody can be appointed to it.
people-role-not-here = An organ of this kind has no such role.

people-area-level-unknown = The code does not tell the level of this area. Please give the level.
people-area-level-changed = The level of this code has changed. Please end the earlier area first.
people-area-twice = This code stands in the file more than once; only the first row is used.
people-area-parent-missing = The area that it lies in was not found.
people-area-parent-not-wider = The area that it lies in must be of a wider level.
people-area-ended = This area has ended.
people-area-ends-before-it-begins = The area would end before it begins. Please change the date.
people-area-not-empty = Other areas still lie in this one. Please deal with them first.
people-area-successor-unknown = An area that is to take over was not found.

people-step-over = This sign-in took too long, or the code was wrong too often. Please begin again.
people-code-wrong = This code is wrong or was used before. Please wait for the next one and type it in.
people-code-missing-here = This account signs in with two steps. Please give the six digits of the authenticator app, or a recovery code.
people-second-factor-first = Your role asks for a second step at sign-in. Please sign in once on the web page and set up an authenticator there.
people-prove-first = Before you do this, please show that it is you.
people-no-second-factor = This account has no authenticator yet.
people-second-factor-demanded = Your role asks for a second step at sign-in: the authenticator can be changed, not removed.
people-erase-roles = You still hold a role. Ask the administrator to take it back first; then the account can be erased.
