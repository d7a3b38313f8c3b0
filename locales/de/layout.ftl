title-problem = Fehler:
continue = Weiter
cancel = Abbrechen
client-policy = Datenschutz
client-tos = Nutzungsbedingungen
new-tab = (öffnet in einem neuen Tab)
guest = Gast
