home-title = Sign-in service
home-lead = This is where people sign in to the applications of their organisation.
home-start = Open the application that you want to use; it brings you here when it needs to know who you are.
home-sign-in = Sign in
home-accounts = Accounts in this browser
home-account = Your account
home-add = Sign in with another account
home-sign-out = Sign out
