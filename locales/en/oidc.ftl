form-post-title = One moment
form-post-lead = You are on your way back to { $client }. If nothing happens, press the button.
