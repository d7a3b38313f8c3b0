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
