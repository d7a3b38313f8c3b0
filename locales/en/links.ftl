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
