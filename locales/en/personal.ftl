account-profile = Profile
account-email = E-mail
email-title = E-mail address
email-now = You sign in and get mails as
email-pending = To be your new address
email-pending-hint = waits until you open the link that was sent to it
email-verify = Send me a link to confirm it
email-withdraw = Keep my address
email-change = Change the address
email-change-lead = A link goes to the new address. Your account keeps the old one until you open it here.
email-new = New e-mail address
email-change-submit = Send the link
email-notice-sent = A link is on its way to your address. Open it in this browser within { $minutes ->
    [one] one minute
   *[other] { $minutes } minutes
 }.
email-notice-asked = A link is on its way to the new address, if it may be used. Open it in this browser within { $minutes ->
    [one] one minute
   *[other] { $minutes } minutes
 }.
email-notice-withdrawn = Your address stays. The link that was sent does not work any more.
email-notice-verified = Your address is confirmed.
email-notice-changed = Your account has the new address. Use it to sign in from now on.
email-problem-same = This is your address already.
email-problem-break-glass = This is the account for emergencies: the operator alone changes its address.
email-problem-outside = Use an address of your organisation.
email-confirm-title = Confirm this address
email-confirm-submit = It is mine
email-elsewhere = Sign in first.
email-elsewhere-advice = This link works only in a browser in which you are signed in to the account that it is for. Sign in, then open the link in the mail again. If you know of no such account, ignore the mail.
account-sessions = Devices
profile-lead = This is how you are called and shown here and in the applications that may see your profile.
profile-saved = Your profile is saved.
profile-name = Full name
profile-given-name = Given name
profile-family-name = Family name
profile-nickname = Nickname
profile-picture = Address of a picture of you
profile-picture-hint = A web address, such as https://people.example/ada.jpg. Applications load the picture from there.
profile-website = Your web page
profile-zoneinfo = Time zone
profile-zoneinfo-hint = As a region and a city, such as Europe/Berlin.
profile-locale = Language
profile-locale-none = As my browser asks
profile-locale-hint = The language of these pages and of the mails that you get.
profile-label-problem = Use 1 to 200 characters on one line, without invisible ones.
profile-link-problem = Enter a web address, such as https://people.example/ada.
profile-locale-problem = Choose one of these languages.
profile-zoneinfo-problem = Enter a region and a city, such as Europe/Berlin.
profile-save = Save
device-unknown = Unknown device
sessions-lead = Here you are signed in. If you do not know one of these devices, sign it out and change your password.
sessions-device = Device
sessions-since = Signed in
sessions-seen = Last seen
sessions-here = This device
sessions-no-address = address not known
sessions-end = Sign out
sessions-end-others = Sign out everywhere else
sessions-hint = A device that you sign out here loses the access of its applications too. The address is the one from which the device was seen last.
sessions-ended = The device is signed out.
sessions-others-ended = All other devices are signed out.
own-password-title = New password
own-password-lead = All other devices are signed out when you change your password.
own-password-label = New password
own-password-save = Save the new password
own-password-changed = Your password is changed. All other devices are signed out.
own-password-no-use = not accepted
own-password-refused = Your organisation does not sign people in by password. Use another way.
account-applications = Applications
account-tokens = Access tokens
account-history = History
applications-lead = These applications may act in your name.
applications-none = No application may act in your name.
applications-allowed = You allowed this
applications-own = An application of your organisation: nobody is asked
applications-used = last asked for access
applications-withdraw = Take access away
applications-withdrawn = The application has no access any more.
applications-hint = When you take access away, the application is cut off within minutes. If it comes again, you are asked again, unless it is one of your organisation.
account-organisations = Organisations
organisations-lead = Where you are a guest with this account.
organisations-none = You are no guest anywhere. Whoever invites you sends a link; open it while you are signed in here.
organisations-since = guest since
organisations-go = Go there
organisations-leave = Leave
organisations-hint = When you leave, your sessions there end at once. You come back by another invitation.
organisations-left = You are no guest there any more.
tokens-lead = With an access token a program acts in your name, without your password. Give each program one of its own.
tokens-none = You have no access tokens.
tokens-for = For { $api }
tokens-made = Made
tokens-ends = ends
tokens-used = last used
tokens-never = never used
tokens-revoke = Revoke
tokens-revoked = The token is revoked. It opens nothing any more.
tokens-add = Make a token
tokens-back = All access tokens
token-new-title = Make an access token
token-new-lead = Whoever has the token can do what you choose here, until it ends or you revoke it.
token-name = Name
token-name-hint = What it is for, such as “backup of the notes”.
token-name-problem = Enter a name of 1 to 200 characters on one line, without secrets.
token-choices = It may
token-choice-problem = Choose at least one.
token-too-many = You have as many tokens as one may have. Revoke one that you no longer use.
token-life = Ends after
token-days = { $days ->
    [one] one day
   *[other] { $days } days
 }
token-make = Make the token
token-made-title = Your new access token
token-made-lead = This is the token { $name }. It is shown this once: keep it where your program finds it and nobody else does.
token-kept = I have kept the token
history-lead = What happened to your account. If you do not know something of it, change your password and sign out everywhere else.
history-none = Nothing is recorded.
history-when = When
history-what = What happened
history-where = From where
history-nobody = Somebody who was not signed in
history-others = Your organisation or the system
history-hint = This is taken from the record of your organisation, which decides how long it is kept. Times are in UTC.
history-older = Earlier
history-latest = Latest
history-sign-in = Signed in
history-sign-in-refused = Sign-in refused
history-factor-proved = First step of a sign-in
history-sign-out = Signed out
history-session-ended = A device was signed out
history-locked = Account locked after too many tries
history-consent = Access given to an application
history-consent-refused = Access refused to an application
history-consent-withdrawn = Access taken away from an application
history-token-made = Access token made
history-token-revoked = Access token revoked
history-password = Password changed
history-factor-added = Way to sign in added
history-factor-removed = Way to sign in removed
history-codes = Recovery codes made
history-email-changed = The e-mail address was changed
history-email-verified = The e-mail address was confirmed
history-profile = Profile or rights changed
history-account = Account changed
passkeys-needed = Your organisation asks for a second way to sign in, and without this passkey you would have none. Set up another one first.
passkey-added-twice = The form was sent twice. If you have not seen your recovery codes, make new ones.
history-exported = Data of the account exported
mail-account-deleted-title = Your account at { $tenant } is deleted
mail-account-deleted-lead = Your account at { $tenant } is deleted, and all its devices and tokens are signed out. { $count ->
    [one] For one day
   *[other] For { $count } days
 } an administrator can bring it back.
mail-account-deleted-advice = If that was not you, tell your administrator now.
account-data = Your data
data-take = Take your data along
data-take-lead = You get a file with your profile, your ways to sign in, devices, applications, tokens and history. It holds no passwords, keys or codes.
data-download = Download my data
data-delete = Delete your account
data-delete-lead = You are signed out everywhere, and nothing of the account works any more. { $days ->
    [one] For one day
   *[other] For { $days } days
 } an administrator of your organisation can bring it back.
data-break-glass = This is the account for emergencies of your organisation: it stays until the operator takes that from it.
data-guest = You are a guest here. Leave on the page “Organisations” of your account at home.
data-last-owner = You are the only owner of your organisation: your account stays until somebody else is an owner too.
data-confirm = To confirm, type the e-mail address of this account
data-confirm-problem = This is not the e-mail address of this account.
data-delete-account = Delete my account
data-deleted = Your account is deleted
data-deleted-lead = { $days ->
    [one] For one day
   *[other] For { $days } days
 } an administrator of your organisation can bring it back.
sessions-devices-title = Remembered devices
sessions-devices = { $count ->
    [one] One device is asked for no second factor when you sign in there.
   *[other] { $count } devices are asked for no second factor when you sign in there.
 }
sessions-devices-forget = Forget all devices
sessions-devices-forgotten = Every device is forgotten. The next sign-in asks for your second factor again.
history-device-remembered = Device remembered
history-devices-forgotten = Devices forgotten
