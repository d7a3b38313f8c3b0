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
accounts-title = Choose an account
accounts-other = Use another account
