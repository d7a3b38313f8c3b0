code-missing = Geben Sie den Code ein.
code-other = Auf andere Weise anmelden
totp-code-title = Code aus der App eingeben
totp-code-lead = Öffnen Sie Ihre Authenticator-App und geben Sie die sechs Ziffern ein, die sie anzeigt.
totp-code-label = Code
totp-code-wrong = Der Code stimmt nicht oder wurde schon benutzt. Warten Sie auf den nächsten und versuchen Sie es noch einmal.
recovery-code-title = Wiederherstellungscode eingeben
recovery-code-lead = Verwenden Sie einen der Codes, die Sie aufbewahrt haben. Jeder gilt einmal. Richten Sie danach einen neuen Weg zum Anmelden ein.
recovery-code-label = Wiederherstellungscode
recovery-code-wrong = Der Code stimmt nicht oder wurde schon benutzt. Prüfen Sie ihn oder verwenden Sie einen anderen.
email-code-ask = Code per E-Mail anfordern
email-code-title = Code aus der E-Mail eingeben
email-code-lead = Wir senden einen Code an Ihre E-Mail-Adresse. Geben Sie ihn hier ein, in diesem Browser.
email-code-sent = Ein Code ist auf dem Weg an Ihre E-Mail-Adresse. Er gilt einmal, und zwar { $minutes ->
    [one] eine Minute
   *[other] { $minutes } Minuten
 } lang.
email-code-label = Code
email-code-send = Code senden
email-code-again = Neuen Code senden
email-code-wrong = Der Code stimmt nicht, ist abgelaufen oder wurde schon benutzt. Nur der neueste gilt: Prüfen Sie ihn oder fordern Sie einen neuen an.
code-mailed-enough = Im Augenblick kann kein weiterer Code gesendet werden. Verwenden Sie den neuesten oder versuchen Sie es in einigen Minuten noch einmal.
code-remember = Auf diesem Gerät { $days ->
    [one] einen Tag
   *[other] { $days } Tage
 } lang nicht nach einem zweiten Faktor fragen
