### Every word that is shown or mailed in this language. The file is named after its language tag (RFC 5646); that there is a file
### is all it takes.

# What its speakers call it.
language-name = English

## Every page

title-problem = Error:
continue = Continue
cancel = Cancel
client-policy = Privacy policy
client-tos = Terms of service
new-tab = (opens in a new tab)
guest = Guest

## Signing in

login-title = Sign in
login-lead = Use your { $tenant } account.
asked-for-another = You are signed in, but the application asked for another account. Go on with that one, or cancel.
username-label = E-mail address
username-problem = Enter your e-mail address, such as name@company.com.
organisation-label = Organisation
organisation-hint = The short name of your organisation. Your administrator can tell you.
organisation-optional = Leave it empty to go by your e-mail address.
organisation-problem = Enter the short name of your organisation: small letters, digits and hyphens.
password-title = Enter your password
password-label = Password
password-submit = Sign in
password-back = Change
password-back-long = the e-mail address
password-forgotten = Forgot your password?
password-link = Send me a link by e-mail
password-missing = Enter your password.
password-wrong = The e-mail address or the password is wrong. Check both and try again.
password-too-many = Too many tries. Wait { $minutes ->
    [one] one minute
   *[other] { $minutes } minutes
 } and try again.
password-no-second-factor = Your organisation asks for a second factor, and your account has none yet. Ask an administrator for a link to set one up.
factor-title = Prove that it is you
factor-lead = One more step for { $person }. Choose how:
factor-none = There is no other way that your organisation allows. Ask an administrator for help.
factor-password = Password
factor-passkey = Passkey
factor-totp = Code from an authenticator app
factor-recovery-code = Recovery code
factor-magic-link = Link by e-mail
factor-email-code = Code by e-mail
factor-connection = Your organisation's sign-in
factor-home = Your own organisation
accounts-title = Choose an account
accounts-other = Use another account
passkey-submit = Sign in with a passkey
passkey-failed = Your device did not answer, or you cancelled. Try again, or go on without it.
passkey-wrong = The passkey did not work here. Try again, or sign in another way.
passkey-title = Use your passkey
passkey-lead = Confirm with your device that you are { $person }.
passkey-unable = This browser cannot use passkeys here. Choose another way.
factor-other = Another way
passkeys-title = Your passkeys
passkeys-none = You have no passkeys yet. With one you sign in by fingerprint, face or device PIN, without a password.
passkeys-renamed = The passkey has its new name.
passkeys-removed = The passkey is removed. It no longer signs you in.
passkeys-last = This passkey is your only way to sign in. Add another one first, or set a password.
passkeys-back = All passkeys
passkey-name = Name
passkey-name-problem = Enter a name of 1 to 60 characters.
passkey-added-on = Added on { $day }.
passkey-used-on = Last used on { $day }.
passkey-never-used = Never used.
passkey-rename = Save the name
passkey-remove = Remove
passkey-add = Add a passkey
passkey-new-title = Add a passkey
passkey-new-lead = Your device makes a passkey and keeps it. You confirm with your fingerprint, your face or the PIN of the device.
passkey-known = This device has a passkey for your account already.
passkey-not-made = The passkey could not be added. Try again.
passkey-no-way = This browser cannot make passkeys here. Try another browser or device.
passkey-enough = No more passkeys can be added. Remove one that you no longer use.
passkey-added-title = Passkey added
passkey-added-lead = { $name } can sign you in from now on.
passkey-codes = For the day you lose your device: these are your recovery codes. Each works once, and they are shown only now. Print them, or keep them in a safe place.
offer-title = Sign in faster next time
offer-lead = With a passkey you sign in by fingerprint, face or the PIN of this device. Nobody can guess it, and no false page can steal it.
offer-later = Not now
guest-refused = This organisation does not let you in as a guest now: you have no second way to sign in there, or its rules do not allow it. Ask its administrators.
from-home = I am a guest: sign in at my own organisation

## Codes as a second factor

code-missing = Enter the code.
code-other = Sign in another way
totp-code-title = Enter the code from your app
totp-code-lead = Open your authenticator app and type the six digits that it shows.
totp-code-label = Code
totp-code-wrong = The code is wrong, or was used already. Wait for the next one and try again.
recovery-code-title = Enter a recovery code
recovery-code-lead = Use one of the codes that you wrote down. Each works once. Afterwards, set up a new way to sign in.
recovery-code-label = Recovery code
recovery-code-wrong = The code is wrong, or was used already. Check it, or use another one.
email-code-ask = Get a code by e-mail
email-code-title = Enter the code from your e-mail
email-code-lead = A code goes to your e-mail address. You type it in here, in this browser.
email-code-sent = A code is on its way to your e-mail address. It works once, for { $minutes ->
    [one] one minute
   *[other] { $minutes } minutes
 }.
email-code-label = Code
email-code-send = Send the code
email-code-again = Send a new code
email-code-wrong = The code is wrong, too old, or was used already. Only the newest one works: check it, or send a new one.
code-mailed-enough = No more codes can be sent just now. Use the newest one, or try again in a few minutes.
code-remember = Ask for no second factor on this device for { $days ->
    [one] one day
   *[other] { $days } days
 }

## Links by mail

link-ask-title = Sign in by e-mail
link-ask-lead = We send a link to this address. It signs you in without a password, in this browser only.
reset-ask-title = Forgot your password?
reset-ask-lead = We send a link to this address, by which you set a new password.
link-send = Send the link
link-send-again = Send another one
link-back = Use the password
link-sent-title = Look into your mailbox
link-sent = If this address has an account that may sign in this way, a mail with a link is on its way to it. Open it in this browser within { $minutes ->
    [one] one minute
   *[other] { $minutes } minutes
 }.
reset-sent = If this address has an account that may have a password, a mail with a link is on its way to it. Open it within { $minutes ->
    [one] one minute
   *[other] { $minutes } minutes
 }.
link-title = Sign in
link-submit = Sign in
link-elsewhere-title = Open the link elsewhere
link-elsewhere = This link works only in the browser in which it was asked for.
link-elsewhere-advice = Open it there, or copy its address there. If you did not ask for it, somebody else typed your address: nothing happens as long as you do not open it for them.
link-anew = Sign in in this browser
factor-link-title = Set up a second proof
factor-link-lead = Sign in as usual in this browser. Then you set up an authenticator app or a passkey, which you are asked for from then on. If you did not expect this, close the page and tell your administrator.
factor-link-submit = Go on to sign in
reset-title = Set a new password
reset-lead = All sessions of your account end, on every device.
reset-password-label = New password
reset-submit = Set the password
reset-done-title = The password is set
reset-done-lead = Sign in with it now. Where you use a second factor, you are asked for it as before.
reset-done-tokens = These personal access tokens ended with the old password. Make new ones where you still need them:

## Consent

consent-title = Allow access
consent-heading = { $client } asks for access to your account
consent-asks = If you allow it, the application can
consent-use = Use { $api } on your behalf
consent-returns = After your answer you go back to { $host }.
consent-allow = Allow
consent-deny = Deny
scope-openid = Know who you are when you sign in
scope-profile = See your name and your profile
scope-email = See your e-mail address
scope-address = See your postal address
scope-phone = See your phone number
scope-offline-access = Keep this access while you are away
scope-people-read = See the people of your organisation
scope-people-write = Create, change, suspend and delete people of your organisation, and give them roles
scope-invitations-read = See who was invited to your organisation
scope-invitations-write = Invite people to your organisation and withdraw invitations
scope-groups-read = See the groups of your organisation
scope-groups-write = Change the groups of your organisation and who is in them
scope-policy-read = See the sign-in policy of your organisation
scope-policy-write = Change the sign-in policy of your organisation
scope-sessions-read = See where people of your organisation are signed in
scope-sessions-write = Sign people of your organisation out
scope-account-read = See where you are signed in and which access tokens you have
scope-account-write = Sign you out elsewhere and revoke your access tokens

## Signing out

logout-title = Sign out?
logout-lead = You will have to sign in again to use your applications in this browser.
logout-confirm = Sign out
logout-cancel = Stay signed in
logged-out-title = You are signed out
logged-out-lead = You can close this window. On a shared computer, close the browser too.
logged-out-others = Still signed in in this browser

## Errors

error-bad-request = This request cannot be answered
error-bad-request-advice = The application that sent you here made a mistake. Go back and try again. If it happens again, give its support team the details below.
error-expired = This sign-in has ended
error-expired-advice = It took too long, or it was finished already. Go back to the application and start again.
error-forgery = This form is no longer valid
error-forgery-advice = Go back to the application and start again. Cookies must be allowed for this site.
error-dead-link = This link does not work
error-dead-link-advice = It was used already, or it is too old. Ask for a new one.
error-not-found = There is no such page
error-not-found-advice = Check the address, or start from the application that you want to use.
error-forbidden = You do not have access
error-forbidden-advice = Your account may not use this. An administrator of your organisation can change that.
error-too-many = Too many tries
error-too-many-advice = Wait a few minutes, then try again.
error-unavailable = Not available just now
error-unavailable-advice = Wait a moment, then try again.
error-internal = Something went wrong on our side
error-internal-advice = Try again. If it happens again, give your administrator the details below.
error-home = Go to the first page
error-details = Details for support
error-code = Code
error-description = Description
error-request = Request

## Setting a deployment up

setup-title = Create the first owner
setup-lead = This account administers the whole deployment. The link that brought you here works once.
setup-email-problem = Enter an e-mail address, such as name@company.com.
setup-password-hint = At least { $characters } characters. A phrase of several words is easy to remember and hard to guess.
setup-password-short = The password is too short. Use at least { $characters } characters.
setup-password-long = The password is too long. Use a shorter one.
setup-password-weak = This password is easy to guess. Choose another, such as a phrase of several words.
setup-submit = Create account
setup-done-title = The account is ready
setup-done-lead = { $email } is the first owner.
setup-done-next = The link is used up. To sign in, enter “platform” as the organisation.

## Invitations

invitation-title = Join { $tenant }
invitation-lead = { $inviter } invites you. Choose your name and how you want to sign in.
invitation-lead-nobody = Choose your name and how you want to sign in.
invitation-account = Your account:
invitation-roles = Your role:
invitation-name = Your name
invitation-name-problem = Enter your name on one line, 200 characters at most.
invitation-passkey = Use a passkey instead of a password
invitation-done = There is an account for { $email } now. Sign in to go on.
invitation-guest = Join as a guest
invitation-guest-lead = You are signed in to another organisation with this address. As a guest you keep that account, and { $tenant } sees its name and address.
invitation-own = Or make an account of your own here
invitation-guest-hint = Do you have an account with this address in another organisation? Sign in there first, then open the link of the invitation again to join as a guest.
enrol-title = Set up a second way to sign in
enrol-lead = { $tenant } asks for two ways. Your password is set; now add one more.
enrol-totp = An app on your phone shows a new six-digit code every 30 seconds.
enrol-none = None can be set up here. Ask an administrator of your organisation.
enrolled-title = Keep your recovery codes
signup-title = Create an account
signup-lead = People with an address of the organisation can create their own account. We send a link to that address.
signup-organisation-problem = Enter the short name of your organisation, such as acme.
signup-email-problem = Enter an e-mail address, such as name@company.com.
signup-submit = Send the link
signup-sent-title = Look into your mailbox
signup-sent-lead = If { $email } may have an account and has none yet, a link is on its way.
signup-sent-life = The link works for { $minutes } minutes.
signup-sent-nothing = No mail? Look into the folder for unwanted mail, or ask an administrator of your organisation.
signup-offer = Create an account
console-invitations = Invitations
invitations-none = Nobody was invited yet. Whoever accepts has an account with the role that you choose.
invitations-sent = The invitations are on their way.
invitations-resent = The invitation is on its way again. The link before no longer works.
invitations-withdrawn = The invitation is withdrawn. Its link no longer works.
invitation-open = open
invitation-expired = expired
invitation-accepted = accepted
invitation-withdrawn = withdrawn
invitation-until = Until
invitation-resend = Send again
invitation-withdraw = Withdraw
invite-submit = Invite
invite-many = Invite many
invite-many-label = Addresses
invite-many-hint = One address in each line, for members; or CSV with a header of email, roles, groups and locale. All of them are invited, or nobody; at most 500.
invite-many-submit = Invite all
invite-line = Line { $line }:
invite-taken = There is an account with this address already.
invite-closed = The sign-in policy of your organisation lets nobody in who is new.
invite-answered = The invitation is not open any more.
invite-mailed-enough = So many mails went to this address of late that it gets none now. Try again later.
invite-twice = This address stands there twice.
invite-unknown = There is no such role, group or language.
invite-unreadable = This line cannot be read.

## The first page

home-title = Sign-in service
home-lead = This is where people sign in to the applications of their organisation.
home-start = Open the application that you want to use; it brings you here when it needs to know who you are.
home-sign-in = Sign in
home-accounts = Accounts in this browser
home-account = Your account
home-add = Sign in with another account
home-sign-out = Sign out
home-console = Administration

## Between the application and us

form-post-title = One moment
form-post-lead = You are on your way back to { $client }. If nothing happens, press the button.

## The account: what every page of it has

account-area = Your account
account-choose = Choose an account
account-factors = Ways to sign in
factors-way = Way
factors-since = Set up
factors-last = Last used
factors-change = Change
factors-never = never
factors-not-set-up = not set up
factors-set-up = Set up
factors-manage = Manage
factors-back = All ways to sign in
factors-hint = Before a change you are asked to prove again who you are, unless you have just done so.
factors-totp-added = The authenticator app is set up. From now on, its code is asked for when you sign in.
factors-totp-removed = The authenticator app is removed. Its codes no longer work.
factors-recovered = You signed in with a recovery code, which is used up. Set up a new way to sign in, or make new codes.
totp-name = Authenticator app
totp-lead = An app on your phone shows a new six-digit code every 30 seconds. It is asked for when you sign in, after your password.
totp-begin = Show the QR code
totp-again = Start again with a new QR code
totp-scan = Scan this picture with your authenticator app, then type the code that the app shows.
totp-qr = QR code with the key for your authenticator app
totp-type = No camera? Type this key into the app:
totp-once = The key is shown this once. Nobody can look it up later.
totp-waiting = Type the code that the app shows. If you have not scanned the picture, start again.
totp-code = Code from the app
totp-confirm = Confirm
totp-active = Your authenticator app is set up since
totp-remove = Remove the authenticator app
totp-remove-title = Remove the authenticator app?
totp-remove-lead = Its codes will no longer work, and you will sign in without them.
totp-needed = Your organisation asks for a second way to sign in, and this is the only one you have. Set up another one first.
codes-name = Recovery codes
codes-lead = A recovery code lets you in when you have lost your phone or your key. Each code works once.
codes-left = { $count ->
    [one] one code left
   *[other] { $count } codes left
 }
codes-none = no codes
codes-replace = New codes take the place of all earlier ones.
codes-make = Make new codes
codes-fresh = These are your recovery codes. They are shown this once: print them or keep them in a safe place.
codes-keep = Each code works once. Whoever has one of them and your password can sign in as you.
codes-file = Save as a file
codes-done = I have kept the codes
codes-file-title = Recovery codes for { $account }

## The account: its pages

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

## The console

console-area = Administration
console-people = People
people-search = Address begins with
people-status = State
people-any-status = all but deleted
people-role = Role
people-any-role = any
people-find = Search
people-none = There is nobody here yet.
people-none-found = Nobody fits. Search for the beginning of an e-mail address, or leave a field out.
people-person = Person
people-roles = Roles
people-first = Back to the beginning
people-next = Next page
people-back = All people
state-active = active
state-suspended = suspended
state-deleted = deleted
role-owner = Owner
role-admin = Administrator
role-security = Security
role-auditor = Auditor
role-member = Member
role-readonly = Read only
person-email = E-mail address
person-email-verified = confirmed
person-email-unverified = not confirmed
person-groups = Groups
person-created = Account made
person-suspend = Suspend the account
person-resume = Let the account in again
person-unlock = Forget failed sign-ins
person-own-roles = Roles of the account itself
person-save-roles = Save the roles
person-no-factors = This person has no way to sign in yet.
person-sessions = Signed in
person-no-sessions = This person is signed in nowhere.
person-device = Browser
person-unknown-device = unknown
person-session-began = Since
person-session-last = Last seen
person-end-session = End
person-end-sessions = End all sessions and tokens
person-suspended = The account is suspended. Its sessions and tokens have ended.
person-resumed = The account may be used again.
person-unlocked = Failed sign-ins are forgotten, and a lock has ended.
person-session-ended = The session has ended.
person-sessions-ended = All sessions and tokens have ended.
person-roles-changed = The roles are changed.
person-above = This would touch or give more than your own roles allow. Ask an owner.
person-own-account = Nobody does this to their own account. Ask another owner.
person-break-glass = This is the account for emergencies. Only the declaration changes it.
person-last-owner = The organisation would be left without an active owner. Name another owner first.
person-changed = Somebody changed the account meanwhile. Look at it again, and then decide.
person-reset-factor = Remove
person-factor-link = Mail a link to set up a second factor
person-reset-mail = Mail a link for a new password
person-factor-reset = It is removed. The person's sessions and tokens have ended, and they are told by mail.
person-token = Token
person-token-ends = Ends
person-revoke-token = Revoke
person-token-revoked = The token is revoked.
person-factor-link-sent = A link is on its way to the person's mailbox. It works once.
person-reset-sent = A link for a new password is on its way to the person's mailbox. Until they use it, nothing changes.
person-has-factor = This person has a second factor already. Remove it first.
person-no-password = The sign-in policy has no passwords for this person.
person-mailed-enough = So many mails went to this address of late that it gets none now. Try again later.
console-policy = Sign-in policy
policy-lead = These rules hold for everybody in your organisation, at each sign-in and each use of a session. Try a change before you save it.
policy-saved = The policy is saved, and holds from now on.
policy-faults = Nothing was saved: some fields hold what cannot be taken.
policy-changed = Somebody changed the policy meanwhile. Open this page anew, and then decide.
policy-locks-out-owners = Nothing was saved: with this policy no owner could sign in any more.
policy-locks-out-caller = Nothing was saved: with this policy you could not administer the organisation as you do now. If you mean it, say so below and save again.
policy-accept = I mean it, though it keeps me out
policy-tried = What this would have changed in the last 30 days
policy-sign-ins = Sign-ins looked at:
policy-locked-out = { $count ->
    [0] Nobody would have been locked out.
    [one] One person would have been locked out.
   *[other] { $count } people would have been locked out.
 }
policy-effect = Effect
policy-is-locked-out = locked out
policy-is-affected = affected
policy-refused = Refused
policy-second = One factor more
policy-rules = Rules
policy-joining = Joining
policy-registration = Who may get an account
policy-registration-invite = People who are invited
policy-registration-domain = Also people with an address of these domains
policy-registration-closed = Nobody new
policy-registration-hint = What the operator declares stands beside it.
policy-domains = Domains for sign-up
policy-domains-hint = One on a line, such as acme.example. A domain within another one is a domain of its own.
policy-methods = Ways to sign in
policy-methods-hint = What is not ticked does not count. One of password, passkey and link by mail is needed.
policy-method-password = Password
policy-method-passkey = Passkey
policy-method-totp = Authenticator app
policy-method-magic-link = Link by mail
policy-method-email-code = Code by mail
policy-mfa = Two factors
policy-mfa-hint = A passkey counts as two. Whoever has an authenticator is asked for it in any case.
policy-everybody = Everybody
policy-outside = Whoever is outside the trusted networks
policy-grace = Not before
policy-grace-hint = Until then, people without a second factor get in without one and are led to set one up. Such as 2027-01-31T00:00:00Z; empty for at once.
policy-networks = Networks
policy-networks-hint = One on a line, such as 203.0.113.0/24. An empty field is no rule; without trusted networks, none is trusted.
policy-sign-in = Where people may sign in
policy-administration = Where people may administer
policy-trusted = Trusted networks
policy-times = Passwords, sessions and tokens
policy-length = Fewest characters of a new password (12 to 64)
policy-idle = A session ends without use after
policy-absolute = A session ends in any case after
policy-time-hint = Such as 30m, 8h or 7d. Empty for the usual time.
policy-access = An access token lives at most
policy-access-hint = 1m to 1h. Empty leaves it to the application.
policy-devices = Days for which a device may be remembered
policy-devices-hint = 1 to 30. There, people who asked for it prove no second factor again; never in this console, nor for changes of their account. Empty for never.
policy-guests = Guests
policy-guests-hint = People with an account of another organisation, who accepted an invitation. Their own organisation keeps their address and their profile, and can take the account away at any time.
policy-guests-allowed = Guests come in
policy-home-factors = What they proved at their own organisation counts here; otherwise each sets up a second factor here
policy-try = Try it
policy-save = Save
policy-reads = Owners and people who look after security save the policy.
policy-fault-registration = Joining by domain needs at least one domain.
policy-fault-domains = Domains for sign-up: each must be a domain such as acme.example, and stand there once.
policy-fault-methods = Ways to sign in: one of password, passkey and link by mail is needed.
policy-fault-grace = Two factors, not before: it must be a time such as 2027-01-31T00:00:00Z.
policy-fault-sign-in = Where people may sign in: each must be a network such as 203.0.113.0/24, and stand there once.
policy-fault-administration = Where people may administer: each must be a network such as 203.0.113.0/24, and stand there once.
policy-fault-trusted = Trusted networks: each must be a network such as 203.0.113.0/24, and stand there once.
policy-fault-length = A new password must have a number of characters from 12 to 64.
policy-fault-session = Sessions: times such as 30m, 8h or 7d, and without use no longer than in any case.
policy-fault-access = Access tokens: a time from 1m to 1h.
policy-fault-devices = Remembered devices: a number of days from 1 to 30, or nothing.

## Mails

mail-sent-by = Sent automatically by { $deployment }.
mail-when = When
mail-address = From the address
mail-device = With
mail-life-minutes = The link or code works once, for { $count ->
    [one] one minute
   *[other] { $count } minutes
 }.
mail-life-hours = The link works once, for { $count ->
    [one] one hour
   *[other] { $count } hours
 }.
mail-life-days = The link works once, for { $count ->
    [one] one day
   *[other] { $count } days
 }.
mail-link-hint = If the button does not work, copy this address into your browser:
mail-unasked = If you did not ask for this, ignore this mail: without the link nothing happens.
mail-sign-in-title = Sign in to { $tenant }
mail-sign-in-lead = Open this link to sign in to { $tenant }.
mail-sign-in-button = Sign in
mail-verify-title = Confirm your e-mail address
mail-verify-lead = Confirm that this is the address of your account at { $tenant }.
mail-verify-button = Confirm the address
mail-change-title = Confirm your new e-mail address
mail-change-lead = Your account at { $tenant } is to have this address from now on. Confirm that it is yours; until then the account keeps the old one.
mail-change-button = Confirm the new address
mail-reset-title = Set a new password
mail-reset-lead = Somebody asked to set a new password for your account at { $tenant }. Open this link to choose one.
mail-reset-button = Set a new password
mail-factor-link-title = Set up a second way to prove that it is you
mail-factor-link-lead = { $tenant } asks for a second proof when you sign in. An administrator sent you this link: open it, sign in as usual, and set up an authenticator app or a passkey.
mail-factor-link-button = Set it up
mail-code-title = Your code for { $tenant }
mail-code-lead = Enter this code on the page where you sign in to { $tenant }:
mail-code-secret = Tell it to nobody, not even to people who say that they are from { $tenant }.
mail-code-unasked = If you are not signing in just now, somebody else knows part of what it takes: change your password.
mail-invitation-title = Invitation to { $tenant }
mail-invitation-lead = { $inviter } invites you to join { $tenant }.
mail-invitation-lead-nobody = You are invited to join { $tenant }.
mail-invitation-button = Accept the invitation
mail-invitation-unasked = If you do not expect it, ignore this mail: nothing happens unless you accept.
mail-not-you = If that was not you, sign in, end the sessions you do not know and change your password, and tell your administrator.
mail-account-exists-title = You already have an account at { $tenant }
mail-account-exists-lead = Somebody asked to sign up at { $tenant } with this address, which has an account there.
mail-account-exists-advice = If it was you, sign in with this address; the page of the password can set a new one. If it was not, you need not do anything: nobody came in.
mail-email-change-asked-title = Your account is to have another e-mail address
mail-email-change-asked-lead = Somebody who is signed in to your account at { $tenant } wants to change its e-mail address. It keeps this one until the new one is confirmed.
mail-email-changed-title = The e-mail address of your account has changed
mail-email-changed-lead = Your account at { $tenant } has another e-mail address now. This one gets no more mail about it.
mail-new-device-title = New sign-in to your account at { $tenant }
mail-new-device-lead = Somebody signed in to your account at { $tenant } with a browser that was not seen before.
mail-factor-added-title = There is a new way to sign in to your account
mail-factor-added-lead = Added to your account at { $tenant }: { $factor }.
mail-factor-removed-title = A way to sign in to your account was removed
mail-factor-removed-lead = Removed from your account at { $tenant }: { $factor }.
mail-factor-password = a password
mail-factor-passkey = a passkey
mail-factor-totp = an authenticator app
mail-factor-recovery-code = recovery codes
mail-factor-magic-link = links by mail
mail-factor-email-code = codes by mail
mail-factor-connection = an account of another provider
mail-factor-home = your own organisation
mail-password-changed-title = Your password was changed
mail-password-changed-lead = The password of your account at { $tenant } is another now.
mail-token-made-title = A personal access token was made
mail-token-made-lead = A personal access token was made for your account at { $tenant }: { $name }. Whoever has it acts in your name.
mail-recovery-used-title = A recovery code was used
mail-recovery-used-lead = { $count ->
    [0] Somebody signed in to your account at { $tenant } with a recovery code. It was the last one: make new ones.
    [one] Somebody signed in to your account at { $tenant } with a recovery code. One is left: make new ones.
   *[other] Somebody signed in to your account at { $tenant } with a recovery code. { $count } are left.
 }
mail-account-locked-title = Your account at { $tenant } is locked for a while
mail-account-locked-lead = After too many wrong tries your account takes no password and no code for { $count ->
    [one] one minute
   *[other] { $count } minutes
 }. A passkey still works.
mail-account-locked-advice = If it was not you who tried, somebody is guessing. They have not come in; you need not do anything. Your administrator can end the lock earlier.
mail-break-glass-title = The emergency account of { $tenant } was used
mail-break-glass-lead = { $person } signed in to { $tenant } with the account for emergencies, past the rules that hold for everybody else.
mail-break-glass-advice = If no emergency is known to you, ask now, and have the account suspended.
