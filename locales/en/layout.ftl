title-problem = Error:
continue = Continue
cancel = Cancel
client-policy = Privacy policy
client-tos = Terms of service
new-tab = (opens in a new tab)
guest = Guest
