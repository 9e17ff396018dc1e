# The ledger
ledger-nav = Ledger
ledger-title = The public ledger
ledger-lead = Every public step on this platform is sealed here. Entries are only ever added: none can be changed, dropped or dated back. You need not take our word for it; check it yourself.
ledger-refused = The ledger has paused: the database does not continue what was signed last. What is sealed can still be checked.
ledger-empty = The ledger is still empty
ledger-empty-hint = The first entries appear once they are signed.
ledger-checkpoint = Last signed
ledger-size = { $size } entries, signed on
ledger-witnessed = { $count ->
    [0] No witness stands behind it yet
    [one] One witness stands behind it
   *[other] { $count } witnesses stand behind it
}
ledger-witnesses = Witnesses
ledger-witness-signed = signed { $size } entries,
ledger-witness-silent = has not signed yet
ledger-witness-hint = Witnesses are other organisations. Each signs only what continues all that it has signed before, so that nobody can be shown a ledger of their own.
ledger-details = For engineers and checking tools
ledger-origin = Name of the ledger
ledger-root = Root hash
ledger-key = Public key of the ledger
ledger-key-previous = Previous public key, which still signs too
ledger-checkpoint-file = Signed checkpoint
ledger-key-file = Public key
ledger-keep = Keep a copy of today’s signed checkpoint: whoever changes anything before today will contradict it.
ledger-entries = Sealed entries
ledger-number = Entry { $number }
ledger-receipt-of = Receipt for { $number }
ledger-receipt = Download the receipt
ledger-waiting = signed in a moment
ledger-back = Back to the ledger
ledger-back-case = Back to this matter
ledger-entry-title = Entry { $number } of the ledger
ledger-sealed-at = Sealed on
ledger-all-of-case = Everything sealed about this matter
ledger-leaf = What was sealed
ledger-leaf-hint = No personal data stands here. Of answers and other texts only a salted fingerprint is kept (salted_sha256): once a text is erased the receipt still holds, and nobody can guess the text from it.
ledger-keepsake = Keep the proof
ledger-qr = QR code that leads to the sealed record of this matter
ledger-next-time = Coming back later?
ledger-next-time-link = Bookmark this address: it will show what has been added since now
ledger-since = { $count ->
    [0] Nothing has been added since you had seen { $seen } entries.
    [one] One entry has been added since you had seen { $seen }.
   *[other] { $count } entries have been added since you had seen { $seen }.
}
ledger-since-all = Show all
ledger-subject-title = What is sealed about this matter
ledger-subject-lead = Each step below is sealed in the public ledger; nobody can quietly change or drop it. Download a receipt and check it yourself whenever you like.
ledger-seal = Sealed as entry { $number } of the ledger
ledger-seal-check = { $witnesses ->
    [0] Check it yourself
    [one] One witness; check it yourself
   *[other] { $witnesses } witnesses; check it yourself
}
ledger-verify-go = Check a receipt
ledger-verify-title = Check a receipt
ledger-verify-lead = Choose a receipt that you have downloaded. It is checked in your browser; nothing is sent to the server.
ledger-verify-noscript = Checking on this page needs JavaScript. The command below does the same.
ledger-verify-file = Receipt (.tlog-proof)
ledger-verify-paste = Or paste the receipt here
ledger-verify-key-hint = Best is a key that you wrote down earlier or got from somebody else.
ledger-verify-witnesses = Keys of witnesses that you trust, one in each line (optional)
ledger-verify-witnesses-hint = You then also see which of them stand behind the receipt, and since when.
ledger-verify-no-witness = One of these is no key of a witness: check that all of it was copied.
ledger-verify-false-witness = The signature of a witness is false: something was changed, or somebody else signed it.
ledger-verify-witnessed = signed on
ledger-verify-unwitnessed = has not signed this receipt
ledger-verify-do = Check
ledger-verify-good = The receipt holds: this entry stands in the signed ledger.
ledger-verify-bad = The receipt does not hold
ledger-verify-no-receipt = This is no receipt, or part of it is missing.
ledger-verify-no-key = This is no public key: check that all of it was copied.
ledger-verify-unsigned = The receipt was not signed by the ledger with this key.
ledger-verify-false = The signature is false: something was changed, or somebody else signed it.
ledger-verify-elsewhere = The entry does not stand in the signed ledger: the entry, its place or its path was changed.
ledger-verify-text = A text in the receipt is not the one that was sealed: it was changed.
ledger-verify-unable = This browser cannot check Ed25519 signatures. Use a newer one, or the command below.
ledger-verify-entry = Place in the ledger
ledger-verify-said = Sealed text
ledger-verify-offline = It can be checked without a network too:
ledger-kind-submitted = Matter reported
ledger-kind-dispatched = Dispatched
ledger-kind-accepted = Accepted
ledger-kind-contacted = First contact
ledger-kind-returned = Sent back
ledger-kind-answered = Answered
ledger-kind-appraised = Appraised
ledger-kind-reopened = Reopened
ledger-kind-withdrawn = Withdrawn
ledger-kind-closed = Closed
ledger-kind-overdue = Overdue
ledger-kind-reporter-read = Reporter’s identity read
ledger-kind-reminded = Deadline near
ledger-kind-transferred = Handed on
ledger-kind-extended = More time granted
ledger-kind-resumed = Clock running again
ledger-kind-merged = Joined with another case
ledger-kind-split = Handled by itself again
ledger-kind-exclusion-asked = Asked not to be counted
ledger-kind-exclusion-reviewed = Decided whether it counts
ledger-kind-task-opened = Another office asked
ledger-kind-task-reported = Other office reported
ledger-kind-task-rated = Other office rated
ledger-kind-task-approved = Request approved
ledger-kind-task-refused = Request refused
ledger-kind-task-lifted = Supervision ended
ledger-kind-task-pressed = Supervised once more
ledger-kind-task-escalated = Supervision one level up
ledger-kind-task-cancelled = Request withdrawn
ledger-kind-task-tried = Call not answered
ledger-kind-task-excluded = Call-back not counted
ledger-kind-note = Internal note
ledger-kind-file-attached = Photo or file added
ledger-kind-file-shown = Photo or file made public
ledger-kind-file-hidden = Photo or file no longer public
ledger-kind-opened = Ledger opened
ledger-kind-key-changed = Ledger key changed
ledger-kind-key-ended = Old ledger key retired
ledger-kind-organ = Office established
ledger-kind-organ-changed = Office changed
ledger-kind-area = Area added
ledger-kind-area-changed = Area corrected
ledger-kind-area-ended = Area ended
ledger-kind-category = Category added
ledger-kind-category-changed = Category changed
ledger-kind-rulebook = Rulebook adopted
ledger-kind-catalogue = Dispatch catalogue adopted
