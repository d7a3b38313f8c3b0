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
