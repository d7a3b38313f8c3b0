logout-title = Sign out?
logout-lead = You will have to sign in again to use your applications in this browser.
logout-confirm = Sign out
logout-cancel = Stay signed in
logged-out-title = You are signed out
logged-out-lead = You can close this window. On a shared computer, close the browser too.
logged-out-others = Still signed in in this browser
